package dev.workpool;

/**
 * Not all jobs of a batch succeeded, and somebody asked for all their values.
 *
 * <p>The cause is the first failure in input order, or a {@link java.util.concurrent.CancellationException} where no job
 * failed; the other failures are suppressed exceptions of this one.
 */
public final class BatchFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BatchFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
