package dev.workpool.cli.job;

/** A failure that no further attempt can mend: the input itself is no good, or can be read only once. */
public final class FinalFailure extends JobFailure {
    private static final long serialVersionUID = 1L;

    public FinalFailure(String message) {
        super(message);
    }
}
