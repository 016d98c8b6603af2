/**
 * Finds how many workers a pool should have: {@link dev.workpool.tune.Tuner} runs real jobs with several numbers of
 * workers, and {@link dev.workpool.tune.TuneReport} has the result.
 *
 * <p>Needs {@code org.hdrhistogram:HdrHistogram} on the class path, and {@link dev.workpool.tune.TunePage} {@code
 * org.webjars.npm:uplot} besides; both are optional dependencies of the library.
 */
package dev.workpool.tune;
