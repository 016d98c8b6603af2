package dev.workpool.durable;

import akka.Done;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.internal.store.Batches;
import dev.workpool.durable.internal.store.JobCancellations;
import dev.workpool.durable.internal.work.OpenQueue;
import dev.workpool.job.Outcome;
import dev.workpool.settings.KeptOutcomes;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A handle on a job that was enqueued by itself, in this process or another. Thread-safe; none of its methods blocks. Its
 * stages fail with a {@link java.sql.SQLException} if the store does not answer within {@code store-timeout}, and with a
 * {@link NoSuchElementException} once the job has been forgotten, see {@code retention}.
 *
 * <p>Jobs that are enqueued at about the same time are stored together, as one {@linkplain #batch batch}. That is for speed
 * alone: each has its outcome as soon as it has ended, and is cancelled alone.
 */
public final class DurableJob {
    private final StoreRuntime store;
    private final OpenQueue<?> queue;
    private final long queueId;
    private final DurableBatch batch;
    private final long index;
    private final boolean isNew;

    DurableJob(StoreRuntime store, OpenQueue<?> queue, long queueId, DurableBatch batch, long index, boolean isNew) {
        this.store = store;
        this.queue = queue;
        this.queueId = queueId;
        this.batch = batch;
        this.index = index;
        this.isNew = isNew;
    }

    /**
     * Returns the batch that it is stored in, with jobs of other callers. To cancel it cancels those, too, and it ends when
     * they all have.
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
     * @return completes when its outcome is stored, whatever becomes of the others of its batch: at once if it ended in this
     *     process, within half a second otherwise, and up to half a second later if jobs that were claimed with it take long.
     *     The value is null in any case. Where {@linkplain KeptOutcomes#NONE no outcomes are kept} it fails with an {@link
     *     IllegalStateException} if a job of the batch did not succeed
     */
    public CompletionStage<Outcome<Void>> outcome() {
        return outcome(null);
    }

    /**
     * Returns how the job ends, with its result.
     *
     * @param codec decodes results
     * @param <R> type of the result
     * @return as {@link #outcome()}; the value is null unless results are kept
     */
    public <R> CompletionStage<Outcome<R>> outcome(JobCodec<R> codec) {
        return store.jobWatch()
                .ended(queueId, batch.id(), index, queue.settings().storeTimeout())
                .thenApply(end -> {
                    if (end.outcome() == null) {
                        throw batch.notKept("it is not kept how " + this + " ended");
                    }
                    return DurableBatch.decode(end.outcome(), codec);
                });
    }

    /**
     * Cancels the job, and leaves the others of its batch alone. If no process has claimed it, it is cancelled with that. A
     * process that has hears of it within some milliseconds, half a second at most: it does not begin the job then, or tells
     * it to stop if it runs. It is not tried again. A job that has ended keeps its outcome; {@link #outcome()} tells which
     * it is.
     *
     * @return completes when the cancellation is stored, so that it will not be lost; a job that was claimed before may still
     *     begin after that
     */
    public CompletionStage<Done> cancel() {
        return queue.database()
                .transactions()
                .patiently(
                        queue.settings().storeTimeout(),
                        connection -> new JobCancellations(queue.database().names())
                                .cancel(
                                        connection,
                                        batch.id(),
                                        index,
                                        queue.lanes().areUsed()))
                .thenCompose(this::tell);
    }

    private CompletableFuture<Done> tell(OptionalLong number) {
        if (number.isPresent()) {
            store.jobCancelled(batch.id(), number.getAsLong());
            return CompletableFuture.completedFuture(Done.getInstance());
        }
        // It may have been the last of its batch.
        return queue.database()
                .transactions()
                .patiently(
                        queue.settings().storeTimeout(),
                        connection -> new Batches(queue.database().names()).finish(connection, List.of(batch.id())))
                .thenApply(ended -> {
                    store.ended(ended);
                    store.settled(batch.id());
                    return Done.getInstance();
                });
    }

    @Override
    public String toString() {
        return "DurableJob(" + index + " of " + batch + ")";
    }
}
