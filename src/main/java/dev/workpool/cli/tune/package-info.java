/** {@code workpool tune}. Start with {@code TuneSetup}. */
package dev.workpool.cli.tune;
