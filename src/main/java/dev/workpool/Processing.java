package dev.workpool;

import akka.annotation.InternalApi;
import dev.workpool.internal.stream.StreamSubmission;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Cancellable;
import dev.workpool.job.Outcome;
import java.util.concurrent.CompletionStage;

/** A handle on jobs that are taken from a source as there is room for them. Thread-safe; none of its methods blocks. */
public final class Processing implements Cancellable {
    private final StreamSubmission<?, ?> stream;

    /**
     * Internal: use {@link WorkerPool#process} or the flows of {@code dev.workpool.stream}.
     *
     * @param stream whose jobs they are
     */
    @InternalApi
    public Processing(StreamSubmission<?, ?> stream) {
        this.stream = stream;
    }

    /**
     * Returns the counts of the outcomes, once every job that was taken has its outcome and the consumer has had them
     * all. The stage always completes, exactly once, on the pool's callback executor.
     *
     * <p>It completes normally if the source is at its end, the stream was cancelled, or its halt policy has ended it.
     * It fails with an exception of the source or the consumer, with a {@link
     * java.util.concurrent.RejectedExecutionException} if the pool was closed before the source was at its end, and
     * with a {@link java.util.concurrent.TimeoutException} if the stream's time was over. In each case every job that
     * was taken has an outcome, and {@link #progress} has the counts.
     *
     * @return a stage of the counts; waiting for it (get, join) in a handler of the same pool throws an {@link
     *     IllegalStateException}
     */
    public CompletionStage<BatchProgress> result() {
        return stream.result();
    }

    /**
     * Returns how far the stream is. The total is the number of jobs taken from the source.
     *
     * @return a snapshot
     */
    public BatchProgress progress() {
        return stream.progress();
    }

    /**
     * Takes no more from the source, and cancels the jobs that have no outcome. The result completes when running jobs
     * have ended, or after {@code cancel-grace} without them. It does not wait for the source: a thread that is blocked
     * in there is interrupted. A job that the source hands over at that moment is dropped. Has no effect when repeated
     * or at the end.
     */
    @Override
    public void cancel() {
        stream.cancel();
    }

    /**
     * Takes no more from the source, and cancels the jobs that have not begun. Running jobs finish and are not tried
     * again if they fail. The result completes when they have ended. {@link #cancel} may still follow. Has no effect
     * when repeated or at the end.
     */
    public void cancelUnstarted() {
        stream.cancelUnstarted();
    }

    /**
     * Cancels one job and leaves the others alone: it becomes {@link Outcome.Cancelled} when its turn comes, also if it is
     * taken from the source later, and is told to stop if it runs. It is not tried again. Has no effect when it has its outcome.
     *
     * @param index how many jobs were taken from the source before it
     * @throws IllegalArgumentException if it is negative
     */
    public void cancel(long index) {
        if (index < 0) {
            throw new IllegalArgumentException("index is " + index + "; it must be 0 or more");
        }
        stream.cancel(index);
    }

    /** {@return the stream's id and its name, if it has one, as logs call it, and how many of its jobs have ended, and how} */
    @Override
    public String toString() {
        return "Processing(" + stream.label() + ", " + EndedJobs.text(progress()) + ")";
    }
}
