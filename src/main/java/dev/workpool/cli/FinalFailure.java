package dev.workpool.cli;

/** A failure that no further attempt can mend: the input itself is no good, or can be read only once. */
final class FinalFailure extends JobFailure {
    private static final long serialVersionUID = 1L;

    FinalFailure(String message) {
        super(message);
    }
}
