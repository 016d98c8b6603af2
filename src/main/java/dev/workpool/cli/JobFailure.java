package dev.workpool.cli;

/**
 * A job failed in a way that its message explains, perhaps with a result all the same: a command that exits with status 1
 * has written something.
 */
final class JobFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Result result;

    JobFailure(String message) {
        this(message, null, null);
    }

    /**
     * Has no stack trace: nobody would see it, and a run may have a million of these.
     *
     * @param result what there is to report besides the message; null if there is nothing
     */
    JobFailure(String message, Result result, Throwable cause) {
        super(message, cause, false, false);
        this.result = result;
    }

    /** What there is to report besides the message; null if there is nothing. */
    Result result() {
        return result;
    }
}
