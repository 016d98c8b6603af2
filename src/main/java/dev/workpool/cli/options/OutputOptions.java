package dev.workpool.cli.options;

import dev.workpool.cli.text.UsageException;
import picocli.CommandLine.Option;

/** The options about what is shown of commands. */
public final class OutputOptions {
    @Option(names = "--tag", description = "Begin each line of a command's output with its input and a tab.")
    private boolean tag;

    @Option(
            names = {"--line-buffer", "--lb"},
            description =
                    "Show each line of a command's output as soon as it is written, not all when the command ends.")
    private boolean lineBuffer;

    @Option(
            names = {"--dry-run", "--dryrun"},
            description = "Show the commands in the order of the inputs, and run none.")
    private boolean dryRun;

    @Option(
            names = "--quiet",
            description = "Leave out progress and the line that sums up. Messages about failures stay.")
    private boolean quiet;

    /**
     * Checks what the options demand of others.
     *
     * @param command whether there is a command
     * @param text whether its output is shown as it is
     */
    public void check(boolean command, boolean text) throws UsageException {
        String given = tag ? "--tag" : lineBuffer ? "--line-buffer" : dryRun ? "--dry-run" : null;
        if (given != null && !command) {
            throw new UsageException(given + " is about commands: give --exec CMD as well");
        }
        if ((tag || lineBuffer) && !text) {
            throw new UsageException(given
                    + " is about lines of text, and not for --format ndjson, which tells the input of each output");
        }
    }

    public boolean tag() {
        return tag;
    }

    public boolean lineBuffer() {
        return lineBuffer;
    }

    public boolean quiet() {
        return quiet;
    }

    public boolean dryRun() {
        return dryRun;
    }
}
