package dev.workpool.cli.options;

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

    /** Whether an input may be standard input. */
    public boolean takesStandardInput() {
        return exec == null && !get;
    }

    /**
     * The operation.
     *
     * @param in standard input; null if an operation must not read it
     */
    public Operation operation(InputStream in) {
        if (exec != null) {
            return new ExecOperation(new ShellCommand(exec));
        }
        return get ? new GetOperation() : new Sha256Operation(in);
    }
}
