package dev.workpool.cli.job;

/** A job failed in a way that its message explains. */
public class JobFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** Has no stack trace: nobody would see it, and a run may have a million of these. */
    public JobFailure(String message) {
        super(message, null, false, false);
    }
}
