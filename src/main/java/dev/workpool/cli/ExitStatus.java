package dev.workpool.cli;

/** The exit statuses of the command line, as its help lists them. */
final class ExitStatus {
    /** Every job succeeded. */
    static final int OK = 0;

    /** Some job did not succeed, or the run itself failed. */
    static final int FAILED = 1;

    /** The command line is wrong; nothing ran. */
    static final int USAGE = 2;

    /** Somebody closed standard output: what a shell shows for a tool that SIGPIPE ended. */
    static final int BROKEN_PIPE = 128 + 13;

    private ExitStatus() {}

    /** What a shell shows for a tool that a signal ended. */
    static int ofSignal(int number) {
        return 128 + number;
    }
}
