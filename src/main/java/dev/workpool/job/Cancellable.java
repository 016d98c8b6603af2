package dev.workpool.job;

/**
 * Work that can be cancelled, such as a {@link dev.workpool.Batch}. It can be made a child of a job, see {@link
 * JobContext#child}.
 */
@FunctionalInterface
public interface Cancellable {
    /** Cancels what has not ended. Does not block; harmless when repeated, and when all has ended. */
    void cancel();
}
