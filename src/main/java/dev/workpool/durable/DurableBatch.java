package dev.workpool.durable;

import akka.Done;
import dev.workpool.codec.JobCodec;
import dev.workpool.durable.internal.segment.OutcomeCounts;
import dev.workpool.durable.internal.segment.StoredOutcome;
import dev.workpool.durable.internal.store.Batches;
import dev.workpool.durable.internal.work.OpenQueue;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.KeptOutcomes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A handle on jobs that were enqueued together, in this process or another. Thread-safe; only {@link #await} blocks. Its
 * stages fail with a {@link java.sql.SQLException} if the store does not answer within {@code store-timeout}, and with a
 * {@link NoSuchElementException} once the batch has been forgotten, see {@code retention}.
 */
public final class DurableBatch {
    private final StoreRuntime store;
    private final OpenQueue<?> queue;
    private final long queueId;
    private final long id;
    private final Optional<String> key;
    private final long jobs;
    private final boolean isNew;

    DurableBatch(
            StoreRuntime store,
            OpenQueue<?> queue,
            long queueId,
            long id,
            Optional<String> key,
            long jobs,
            boolean isNew) {
        this.store = store;
        this.queue = queue;
        this.queueId = queueId;
        this.id = id;
        this.key = key;
        this.jobs = jobs;
        this.isNew = isNew;
    }

    /** {@return the batch's number, unique in the store} */
    public long id() {
        return id;
    }

    /** {@return the key that it was enqueued under; empty if there is none} */
    public Optional<String> key() {
        return key;
    }

    /** {@return how many jobs it has} */
    public long jobs() {
        return jobs;
    }

    /** {@return whether it was enqueued by the call that returned it; false if there was one by its key already} */
    public boolean isNew() {
        return isNew;
    }

    private Batches batches() {
        return new Batches(queue.database().names());
    }

    private CompletableFuture<Batches.Row> row() {
        return queue.database()
                .transactions()
                .patiently(
                        queue.settings().storeTimeout(), connection -> batches().find(connection, queueId, id))
                .thenApply(row -> row.orElseThrow(
                        () -> new NoSuchElementException(this + " is not in the store any more; its retention of "
                                + queue.settings().retention() + " is over")));
    }

    /**
     * Returns how far the batch is.
     *
     * @return the counts as the store has them
     */
    public CompletionStage<BatchProgress> progress() {
        return row().thenApply(DurableBatch::progress);
    }

    private static BatchProgress progress(Batches.Row row) {
        OutcomeCounts counts = row.counts();
        return new BatchProgress(
                row.jobs(), counts.succeeded(), counts.failed(), counts.timedOut(), counts.cancelled(), 0);
    }

    /**
     * Tells when each job has its outcome.
     *
     * @return completes then, with the counts
     */
    public CompletionStage<BatchProgress> ended() {
        return endedRow().thenApply(DurableBatch::progress);
    }

    private CompletableFuture<Batches.Row> endedRow() {
        return row().thenCompose(row -> row.hasEnded()
                ? CompletableFuture.completedFuture(row)
                : store.watch().ended(id).thenCompose(done -> row()));
    }

    /**
     * Waits until each job has its outcome.
     *
     * @param timeout for how long
     * @return the counts
     * @throws TimeoutException if they have not
     * @throws InterruptedException if the thread is interrupted
     */
    public BatchProgress await(Duration timeout) throws TimeoutException, InterruptedException {
        try {
            return ended().toCompletableFuture().get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
    }

    /**
     * Returns how each job has ended, without results.
     *
     * @return completes when all have ended; fails with an {@link IllegalStateException} if there are jobs that did not
     *     succeed, and it is not kept which
     */
    public CompletionStage<BatchResult<Void>> result() {
        return this.<Void>outcomes(null).thenApply(BatchResult::of);
    }

    /**
     * Returns how each job has ended, with its result.
     *
     * @param codec decodes results
     * @param <R> type of the results
     * @return as {@link #result()}; values are null where no results are kept
     */
    public <R> CompletionStage<BatchResult<R>> result(JobCodec<R> codec) {
        return outcomes(codec).thenApply(BatchResult::of);
    }

    private <R> CompletableFuture<List<Outcome<R>>> outcomes(JobCodec<R> codec) {
        return endedRow().thenCompose(row -> {
            OutcomeCounts counts = row.counts();
            if (row.kept() == KeptOutcomes.NONE && counts.total() > counts.succeeded()) {
                throw notKept("of " + this + " " + (counts.total() - counts.succeeded())
                        + " jobs did not succeed, and it is not kept which");
            }
            return queue.database().transactions().patiently(queue.settings().storeTimeout(), connection -> {
                List<Outcome<R>> outcomes =
                        new ArrayList<>(Collections.nCopies(Math.toIntExact(jobs), new Outcome.Succeeded<>(null, 1)));
                batches().readOutcomes(connection, row, block -> {
                    for (StoredOutcome each : block) {
                        put(outcomes, (int) each.index(), decode(each, codec));
                    }
                });
                return outcomes;
            });
        });
    }

    /** Of jobs that were enqueued singly, some may be missing among the indices. */
    private static <R> void put(List<Outcome<R>> outcomes, int index, Outcome<R> outcome) {
        while (outcomes.size() <= index) {
            outcomes.add(new Outcome.Succeeded<>(null, 1));
        }
        outcomes.set(index, outcome);
    }

    IllegalStateException notKept(String what) {
        return new IllegalStateException(
                what + "; set workpool.durable.queues." + queue.name() + ".kept-outcomes to failures or all");
    }

    static <R> Outcome<R> decode(StoredOutcome stored, JobCodec<R> codec) {
        return switch (stored.kind()) {
            case SUCCEEDED -> new Outcome.Succeeded<>(value(stored, codec), stored.attempts());
            case FAILED -> new Outcome.Failed<>(stored.error(), stored.attempts());
            case TIMED_OUT -> new Outcome.TimedOut<>(stored.timeout(), stored.attempts());
            case CANCELLED -> new Outcome.Cancelled<>(stored.attempts());
        };
    }

    private static <R> R value(StoredOutcome stored, JobCodec<R> codec) {
        if (codec == null || stored.value() == null) {
            return null;
        }
        try {
            return codec.decode(codec.version(), stored.value());
        } catch (Exception e) {
            throw new IllegalStateException(
                    "the result of job " + stored.index() + " cannot be decoded by " + codec, e);
        }
    }

    /**
     * Cancels the batch, in all processes. Jobs that no process has claimed are cancelled with that. Others hear of it
     * within some milliseconds, half a second at most: from then on they begin no job of the batch, and tell those that
     * run to stop. {@link #cancelled} tells when that is so everywhere. Jobs that have ended keep their outcome.
     *
     * @return completes when the cancellation is stored, so that it will not be lost; jobs that were claimed before may
     *     still begin after that
     */
    public CompletionStage<Done> cancel() {
        return queue.database()
                .transactions()
                .patiently(queue.settings().storeTimeout(), connection -> {
                    batches().cancel(connection, id);
                    return Done.getInstance();
                })
                .thenCompose(done -> {
                    store.batchCancelled(id);
                    return cancelWaiting();
                })
                .thenCompose(done -> queue.database()
                        .transactions()
                        .patiently(
                                queue.settings().storeTimeout(),
                                connection -> batches().finish(connection, List.of(id))))
                .thenApply(ended -> {
                    store.ended(ended);
                    return Done.getInstance();
                });
    }

    /**
     * Tells whether the batch was cancelled, by whomever and in whichever process.
     *
     * @return whether it was, also if it has ended since
     */
    public CompletionStage<Boolean> isCancelled() {
        return row().thenApply(Batches.Row::isCancelled);
    }

    /**
     * Tells when a cancellation of the batch has reached all processes, whoever has cancelled it. From the completion of
     * the stage on no job of the batch begins, in any process, nor is one tried again; those that run are being told to
     * stop, and may still run. A job begins when its worker has asked for the last time whether it may.
     *
     * <p>It takes some milliseconds. A process that does not answer, such as one that is stopped or cut off from the
     * database, holds it up until its {@code lease} has run out, after which it begins none of the jobs either. Jobs on
     * the nodes of a pool over a cluster hold it up until they have ended.
     *
     * @return completes then, or when each job has its outcome; not before the batch is cancelled or has ended
     */
    public CompletionStage<Done> cancelled() {
        return row().thenCompose(row -> row.hasEnded()
                        ? CompletableFuture.<Void>completedFuture(null)
                        : store.cancelWatch().cancelled(id))
                .thenApply(done -> Done.getInstance());
    }

    private CompletableFuture<Done> cancelWaiting() {
        return queue.database()
                .transactions()
                .patiently(
                        queue.settings().storeTimeout(), connection -> batches().cancelWaiting(connection, id))
                .thenCompose(more -> more ? cancelWaiting() : CompletableFuture.completedFuture(Done.getInstance()));
    }

    @Override
    public String toString() {
        return "DurableBatch(" + key.map(name -> "'" + name + "', ").orElse("") + "number " + id + " of queue '"
                + queue.name() + "', " + jobs + " jobs)";
    }
}
