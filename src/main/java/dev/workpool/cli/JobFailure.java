package dev.workpool.cli;

/** A job failed in a way that its message explains. */
class JobFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** Has no stack trace: nobody would see it, and a run may have a million of these. */
    JobFailure(String message) {
        super(message, null, false, false);
    }
}
