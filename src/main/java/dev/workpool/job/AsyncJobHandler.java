package dev.workpool.job;

import java.util.concurrent.CompletionStage;

/**
 * Starts a job and returns a stage of its result. User code that must not block.
 *
 * <p>A stage made of other jobs of the same pool keeps its worker while those jobs wait for workers of their own. If
 * all workers do so, they wait for ever. Run such jobs in another pool, or have more workers than such stages at a
 * time. Waiting for the pool (get, join, close, or for room in its queue) while this is called throws an {@link
 * IllegalStateException}.
 *
 * <p>Called on the pool's async executor by up to N workers at a time. The job occupies its worker until the stage
 * completes. A cancelled job's {@link JobContext#onCancel} actions run, and a {@link
 * java.util.concurrent.CompletableFuture} that it returned is cancelled. A stage that does not complete within the
 * settings' {@code cancel-grace} afterwards is abandoned.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
@FunctionalInterface
public interface AsyncJobHandler<J, R> {
    /**
     * Starts one job.
     *
     * @param job the job, never null
     * @param context this attempt's context
     * @return a stage of the result, which may be null; a null stage is a failure of the job
     * @throws Exception any failure; it becomes the job's {@link Outcome.Failed}
     */
    CompletionStage<R> handle(J job, JobContext context) throws Exception;
}
