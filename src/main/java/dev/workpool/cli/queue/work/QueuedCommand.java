package dev.workpool.cli.queue.work;

import dev.workpool.cli.job.Input;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.operation.ShellCommand;

/**
 * A command line with its input, as a job of a queue. Immutable but for what becomes of its job in this process, which is thread-safe.
 *
 * @param command with its replacement strings
 * @param values how many values an input has; −1 if that is not known
 * @param options other options that decide what is run, each with a blank behind it; empty if there are none
 * @param job the input, and what has become of it here
 */
public record QueuedCommand(String command, int values, String options, Job job) {
    /** A command that has not run here. */
    public static QueuedCommand of(String command, int values, String options, Input input) {
        return new QueuedCommand(command, values, options, new Job(input, 0, options + "--exec " + command));
    }

    /**
     * The command with a shell that runs it.
     *
     * @throws IllegalArgumentException with a message for the user, if it has an unknown replacement string
     */
    ShellCommand forShell(String shell) {
        return new ShellCommand(command, shell, values, options);
    }

    /** The command for its input as a user would type it, in a message. */
    public String shown() {
        try {
            return forShell(ShellCommand.SHELL).shown(job.input(), 1);
        } catch (IllegalArgumentException e) {
            return command;
        }
    }
}
