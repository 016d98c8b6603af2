package dev.workpool.cli.options;

import dev.workpool.cli.operation.DryRunOperation;
import dev.workpool.cli.operation.ExecOperation;
import dev.workpool.cli.operation.GetOperation;
import dev.workpool.cli.operation.Operation;
import dev.workpool.cli.operation.Sha256Operation;
import dev.workpool.cli.operation.ShellCommand;
import dev.workpool.cli.text.UsageException;
import java.io.InputStream;
import picocli.CommandLine.Option;

/** The options that say what to do with each input, of which there is one at most. */
public final class OperationChoice {
    @Option(names = "--sha256", description = "Hash files, as sha256sum does (default).")
    @SuppressWarnings("UnusedVariable") // it is what there is without the others; here to exclude them
    private boolean sha256;

    @Option(names = "--exec", paramLabel = "CMD", description = "Run a shell command.")
    private String exec;

    @Option(names = "--get", description = "Fetch URLs.")
    private boolean get;

    /** Checks the command. */
    public void check() throws UsageException {
        if (exec != null && exec.isBlank()) {
            throw new UsageException("--exec '" + exec + "': CMD is empty; allowed: a command for sh");
        }
    }

    /** Whether it is a command. */
    public boolean isCommand() {
        return exec != null;
    }

    /** Whether an input may be standard input. */
    public boolean takesStandardInput() {
        return exec == null && !get;
    }

    /**
     * The operation.
     *
     * @param in standard input; null if an operation must not read it
     * @param shell what runs a command
     * @param inputs what it is done with
     * @param output what is shown of a command; null if nothing is
     */
    public Operation operation(InputStream in, ShellOption shell, InputOptions inputs, OutputOptions output)
            throws UsageException {
        if (exec == null) {
            return get ? new GetOperation() : new Sha256Operation(in);
        }
        ShellCommand command = command(shell, inputs);
        boolean tag = output != null && output.tag();
        return output != null && output.dryRun() ? new DryRunOperation(command, tag) : new ExecOperation(command, tag);
    }

    private ShellCommand command(ShellOption shell, InputOptions inputs) throws UsageException {
        String options = inputs.asOptions() + shell.asOptions();
        try {
            return new ShellCommand(exec, shell.shell(), inputs.values(), options);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--exec '" + exec + "': " + e.getMessage());
        }
    }
}
