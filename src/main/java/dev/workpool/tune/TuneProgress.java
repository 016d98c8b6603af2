package dev.workpool.tune;

import java.time.Duration;

/**
 * How far tuning is, after one more round. Immutable.
 *
 * @param rounds how many have been measured
 * @param workers how many there were in the last one
 * @param throughput jobs that succeeded in it, per second
 * @param elapsed the time it has taken so far
 * @param duration the time it takes at most, except for the last jobs
 */
public record TuneProgress(int rounds, int workers, double throughput, Duration elapsed, Duration duration) {}
