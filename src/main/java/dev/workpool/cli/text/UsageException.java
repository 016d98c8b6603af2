package dev.workpool.cli.text;

/** The command line is wrong in a way that picocli cannot see. The message is the one line that the user gets. */
public final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
