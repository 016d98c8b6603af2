package dev.workpool.cli.options;

import dev.workpool.cli.operation.ShellCommand;
import dev.workpool.cli.text.Allowed;
import dev.workpool.cli.text.UsageException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** The option that says what runs the command of {@code --exec}. */
public final class ShellOption {
    /** A command that only a shell whose variables and quotes are those of {@code sh} answers with its argument. */
    private static final String PROBE = "WORKPOOL_INPUT=${1}; shift 1; printf '%s' \"${WORKPOOL_INPUT}\"";

    private static final String ARGUMENT = "a  b";
    private static final long PATIENCE_SECONDS = 10;

    @Option(
            names = "--shell",
            paramLabel = "PATH",
            description =
                    "What runs CMD: a shell that reads sh's language, such as bash, dash, ksh or zsh. Default: sh.")
    private String shell;

    /**
     * Checks that the shell is one. Runs it, since nothing else tells.
     *
     * @param command whether there is a command
     */
    public void check(boolean command) throws UsageException {
        if (shell == null) {
            return;
        }
        if (!command) {
            throw new UsageException("--shell is about what runs a command: give --exec CMD as well");
        }
        try {
            if (!shell.isEmpty() && answers()) {
                return;
            }
        } catch (IOException e) {
            throw notAllowed("cannot be run");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw notAllowed(shell.isEmpty() ? "an empty name" : "does not understand what sh does");
    }

    private boolean answers() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(shell, "-c", PROBE, shell, ARGUMENT)
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                return false;
            }
            byte[] answer = process.getInputStream().readNBytes(ARGUMENT.length() + 1);
            return new String(answer, StandardCharsets.ISO_8859_1).equals(ARGUMENT);
        } finally {
            process.destroyForcibly();
        }
    }

    private UsageException notAllowed(String why) {
        return new UsageException("--shell '" + shell + "': " + why + "; allowed: " + Allowed.after("--shell"));
    }

    public String shell() {
        return shell == null ? ShellCommand.SHELL : shell;
    }

    /** The option as the user gave it; empty if there is none. */
    String asOptions() {
        return shell == null ? "" : "--shell " + shell + " ";
    }
}
