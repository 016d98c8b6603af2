package dev.workpool;

import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.pool.RunningPool;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.worker.GuardedFuture;
import dev.workpool.job.BatchFailedException;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Cancellable;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WhenFull;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongConsumer;

/**
 * A handle on jobs that were submitted together. Thread-safe; none of its methods blocks.
 *
 * @param <R> type of a successful job's result
 */
public final class Batch<R> implements Cancellable {
    private final String pool;
    private final GuardedFuture.Stage<BatchResult<R>> result;
    private final BatchSubmission<?, R> submission;
    private final Consumer<Boolean> canceller;
    private final LongConsumer jobCanceller;
    private final FirstSuccess<R> firstSuccess;

    /** What running jobs have reported. */
    private final DoubleSupplier partlyDone;

    private Batch(
            String pool,
            GuardedFuture.Stage<BatchResult<R>> result,
            BatchSubmission<?, R> submission,
            Consumer<Boolean> canceller,
            LongConsumer jobCanceller,
            FirstSuccess<R> firstSuccess,
            DoubleSupplier partlyDone) {
        this.pool = pool;
        this.result = result;
        this.submission = submission;
        this.canceller = canceller;
        this.jobCanceller = jobCanceller;
        this.firstSuccess = firstSuccess;
        this.partlyDone = partlyDone;
    }

    static <J, R> Batch<R> of(
            GuardedFuture.Stage<BatchResult<R>> result, BatchSubmission<J, R> submission, RunningPool<J, R> pool) {
        RequestQueue<J, R> requestQueue = pool.requestQueue();
        Consumer<Boolean> canceller = running -> requestQueue.offer(new Submission.Cancel<>(submission, running));
        return new Batch<>(
                pool.settings().name(),
                result,
                submission,
                canceller,
                index -> requestQueue.offer(new Submission.CancelJob<>(submission, index)),
                new FirstSuccess<>(result, submission, pool, () -> canceller.accept(true)),
                () -> pool.runningJobs().partlyDone(submission.label()));
    }

    /**
     * Returns the number by which logs name the batch, and {@link WorkerPool#batch} finds it while it runs.
     *
     * @return 1 or more, unique in this JVM; later batches have greater ids
     */
    public long id() {
        return submission.label().id();
    }

    /**
     * The batch's name.
     *
     * @return what {@link BatchOptions#withName} was given, or an empty string
     */
    public String name() {
        return submission.label().name();
    }

    /**
     * Returns all outcomes. The stage always completes normally, exactly once, on the pool's callback executor.
     * Failures, cancellations and rejections of jobs are outcomes, not exceptions.
     *
     * @return a stage of the result; completing or cancelling its {@code toCompletableFuture} has no effect on the
     *     batch. Waiting for it (get, join) in a handler of the same pool throws an {@link IllegalStateException}.
     */
    public CompletionStage<BatchResult<R>> result() {
        return result;
    }

    /**
     * Returns the result of the job that succeeds first, and {@linkplain #cancel cancels} the others then. The stage
     * completes at once, whereas {@link #result} completes when the others have ended. If several jobs have already
     * succeeded when this is called, it is the first of those in input order.
     *
     * @return the same stage at each call. It completes exactly once, on the pool's callback executor. If no job
     *     succeeds, it fails when all have ended, with a {@link BatchFailedException} that has their failures, or with
     *     a {@link java.util.NoSuchElementException} if there are no jobs. Waiting for it (get, join) in a handler of
     *     the same pool throws an {@link IllegalStateException}.
     */
    public CompletionStage<R> firstSuccess() {
        return firstSuccess.stage();
    }

    /**
     * Returns how far the batch is. A job counts once its outcome has reached the collector: within some milliseconds.
     * What running jobs report by {@link JobContext#progress} is {@link BatchProgress#partlyDone}.
     *
     * @return a snapshot
     */
    public BatchProgress progress() {
        BatchProgress counts = submission.progress();
        if (counts.pending() == 0) {
            return counts;
        }
        return new BatchProgress(
                counts.total(),
                counts.succeeded(),
                counts.failed(),
                counts.timedOut(),
                counts.cancelled(),
                counts.rejected(),
                Math.min((double) counts.pending(), partlyDone.getAsDouble()));
    }

    /**
     * Tells whether the pool has rejected the batch. Its jobs are {@link Outcome.Rejected} then, except those that
     * their submitter ran (see {@link WhenFull#CALLER_RUNS}). If the queue is full, or the pool is closed or was told
     * to end before, this is known when {@code submitAll} returns, so a service can answer at once whether it has taken
     * the work. It becomes true later only for a batch that came as the pool ended, or that was larger than a queue
     * which drops its oldest jobs. A batch without jobs is never rejected.
     *
     * @return true once that is certain, and from then on; {@link #progress} then counts the jobs as rejected
     */
    public boolean isRejected() {
        return submission.isRejected();
    }

    /**
     * Cancels the batch: none of its jobs starts any more, waiting ones become {@link Outcome.Cancelled}, and running
     * ones are told to stop. The result completes when they have stopped, or after {@code cancel-grace} without them.
     * Has no effect when repeated or when the batch is complete.
     */
    @Override
    public void cancel() {
        canceller.accept(true);
    }

    /**
     * Cancels the jobs that have not begun. Running jobs finish and are not tried again if they fail. The result
     * completes when they have ended. {@link #cancel} may still follow. Has no effect when repeated or when the batch
     * is complete.
     */
    public void cancelUnstarted() {
        canceller.accept(false);
    }

    /**
     * Cancels one job and leaves the others alone: it becomes {@link Outcome.Cancelled} without having begun, or is told to
     * stop if it runs, and has its outcome then, or after {@code cancel-grace} without it. It is not tried again. Has no effect
     * when repeated, when the job has its outcome, or when the pool rejected it.
     *
     * @param index the job's place among those that were submitted, 0 or more
     * @throws IndexOutOfBoundsException if the batch has no such job
     */
    public void cancel(int index) {
        jobCanceller.accept(Objects.checkIndex(index, submission.size()));
    }

    /** {@return the batch's id, its name if it has one, its pool, and how many of its jobs have ended, and how} */
    @Override
    public String toString() {
        return "Batch(" + submission.label().idAndName() + " of pool '" + pool + "', "
                + EndedJobs.text(submission.progress()) + ")";
    }
}
