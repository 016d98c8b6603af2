/**
 * The command line: {@code workpool run} and what is to come beside it. {@link dev.workpool.cli.Main} is where to start.
 */
package dev.workpool.cli;
