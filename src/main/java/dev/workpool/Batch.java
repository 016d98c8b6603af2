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
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WhenFull;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

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
    private final FirstSuccess<R> firstSuccess;

    private Batch(
            String pool,
            GuardedFuture.Stage<BatchResult<R>> result,
            BatchSubmission<?, R> submission,
            Consumer<Boolean> canceller,
            FirstSuccess<R> firstSuccess) {
        this.pool = pool;
        this.result = result;
        this.submission = submission;
        this.canceller = canceller;
        this.firstSuccess = firstSuccess;
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
                new FirstSuccess<>(result, submission, pool, () -> canceller.accept(true)));
    }

    /**
     * Which batch it is: logs call it so.
     *
     * @return 1 or more, unlike that of any other batch in this JVM; later ones have greater ids
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
     * All outcomes. Always completes, exactly once, normally, and on the pool's callback executor: what jobs did, and also that
     * they were cancelled or rejected, is in the outcomes.
     *
     * @return a stage of the result; completing or cancelling what {@code toCompletableFuture} makes of it has no effect on the
     *     batch. To wait for it (get, join) in a handler of the same pool throws an {@link IllegalStateException}.
     */
    public CompletionStage<BatchResult<R>> result() {
        return result;
    }

    /**
     * The result of the job that succeeds first; with it the others are {@linkplain #cancel cancelled}. It is known at once, whereas {@link #result} completes
     * when the others have ended. If several had succeeded by the time that this is called, it is the first of those in input order.
     *
     * @return the same stage at each call. Completes on the pool's callback executor, exactly once: if no job succeeds, when all have ended, with a {@link
     *     BatchFailedException} that has their failures, or with a {@link java.util.NoSuchElementException} if there are no jobs. To
     *     wait for it (get, join) in a handler of the same pool throws an {@link IllegalStateException}.
     */
    public CompletionStage<R> firstSuccess() {
        return firstSuccess.stage();
    }

    /**
     * How far the batch is. Jobs count once their outcomes have reached the collector: within some milliseconds.
     *
     * @return a snapshot
     */
    public BatchProgress progress() {
        return submission.progress();
    }

    /**
     * Whether the pool has not accepted the batch, so that its jobs are {@link Outcome.Rejected}, but for those that their submitter ran (see
     * {@link WhenFull#CALLER_RUNS}). Known when {@code submitAll} returns: of a full queue, and of a pool that is closed or was told to end
     * before. So a service can answer at once whether it has taken the work. Later this becomes true only for a batch that
     * came as the pool ended, or that was larger than a queue which drops its oldest jobs.
     *
     * @return true once that is certain, and from then on; {@link #progress} then counts the jobs as rejected
     */
    public boolean isRejected() {
        return submission.isRejected();
    }

    /**
     * Cancels the batch: none of its jobs starts any more, those that wait become {@link Outcome.Cancelled}, and those that run
     * are told to stop. The result completes when they have, or after {@code cancel-grace} without them. Harmless when repeated
     * or when the batch is complete.
     */
    @Override
    public void cancel() {
        canceller.accept(true);
    }

    /**
     * Cancels the jobs that have not begun. Those that run finish, and what fails of them is not tried again. The result completes when
     * they have ended; {@link #cancel} may still follow. Harmless when repeated or when the batch is complete.
     */
    public void cancelUnstarted() {
        canceller.accept(false);
    }

    /** {@return the batch's id, its name if it has one, its pool, and how far it is} */
    @Override
    public String toString() {
        BatchProgress progress = progress();
        return "Batch(" + submission.label().idAndName() + " of pool '" + pool + "', " + progress.done() + " of "
                + progress.total() + " jobs done)";
    }
}
