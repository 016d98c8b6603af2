/**
 * The command line: {@code workpool run} and {@code workpool tune}. {@link dev.workpool.cli.Main} is where to start.
 */
package dev.workpool.cli;
