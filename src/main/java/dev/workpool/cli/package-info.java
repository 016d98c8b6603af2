/**
 * The command line: {@code workpool run}, {@code tune}, {@code worker} and {@code queue}. {@link dev.workpool.cli.Main} is where to start. Its rooms use each other in the order text, console, job,
 * operation, input, output, joblog, options, run, tune, worker, queue, and of Workpool what anybody may use.
 */
package dev.workpool.cli;
