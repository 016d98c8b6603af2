package dev.workpool.durable.job;

/**
 * The error of a job as it was stored: its text, since its class may not be on the class path of whoever reads it.
 * Immutable. It has no stack trace of its own; {@link #original} has that of the error.
 */
public final class StoredFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The name of the error's class. */
    private final String type;

    /** The error's stack trace. */
    private final String original;

    /**
     * An error of which this is known.
     *
     * @param type the name of its class
     * @param message its message; may be empty
     * @param original its stack trace with its causes, as it would be printed; may be cut off, and may be empty
     */
    public StoredFailure(String type, String message, String original) {
        super(message.isEmpty() ? type : type + ": " + message, null, false, false);
        this.type = type;
        this.original = original;
    }

    /** {@return the name of the error's class} */
    public String type() {
        return type;
    }

    /** {@return the error's stack trace with its causes, as text of at most 8 000 characters} */
    public String original() {
        return original;
    }
}
