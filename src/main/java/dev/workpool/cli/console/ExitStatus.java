package dev.workpool.cli.console;

/** The exit statuses of the command line, as its help lists them. */
public final class ExitStatus {
    /** Every job succeeded. */
    public static final int OK = 0;

    /** Some job did not succeed, or the run itself failed. */
    public static final int FAILED = 1;

    /** The command line is wrong; nothing ran. */
    public static final int USAGE = 2;

    /** Somebody closed standard output: what a shell shows for a tool that SIGPIPE ended. */
    public static final int BROKEN_PIPE = 128 + 13;

    private ExitStatus() {}

    /** What a shell shows for a tool that a signal ended. */
    public static int ofSignal(int number) {
        return 128 + number;
    }
}
