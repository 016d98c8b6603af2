package dev.workpool.durable;

import dev.workpool.codec.JobCodec;
import dev.workpool.job.Outcome;
import java.util.concurrent.CompletionStage;

/**
 * A job that was enqueued by itself. Thread-safe; none of its methods blocks.
 *
 * <p>Jobs that are enqueued at about the same time are stored together, as one batch.
 */
public final class DurableJob {
    private final DurableBatch batch;
    private final long index;
    private final boolean isNew;

    DurableJob(DurableBatch batch, long index, boolean isNew) {
        this.batch = batch;
        this.index = index;
        this.isNew = isNew;
    }

    /**
     * Returns the batch that it is stored in, with jobs of other callers: to cancel it cancels those, too.
     *
     * @return the batch
     */
    public DurableBatch batch() {
        return batch;
    }

    /** {@return its index in that batch, 0 or more} */
    public long index() {
        return index;
    }

    /** {@return whether it was enqueued by this call; false if there was one by its key already} */
    public boolean isNew() {
        return isNew;
    }

    /**
     * Returns how the job ends.
     *
     * @return completes when the outcomes of its batch are known: all of the jobs that were stored together. The value is
     *     null in any case
     */
    public CompletionStage<Outcome<Void>> outcome() {
        return batch.outcome(index, null);
    }

    /**
     * Returns how the job ends, with its result.
     *
     * @param codec decodes results
     * @param <R> type of the result
     * @return as {@link #outcome()}; the value is null unless results are kept
     */
    public <R> CompletionStage<Outcome<R>> outcome(JobCodec<R> codec) {
        return batch.outcome(index, codec);
    }

    @Override
    public String toString() {
        return "DurableJob(" + index + " of " + batch + ")";
    }
}
