package dev.workpool.job;

/**
 * User code that turns a job into a result, on a thread that is its worker's own; it may block and may throw anything.
 *
 * <p>Called by up to N workers at a time, so it has to be thread-safe. A cancelled job's thread is interrupted while its
 * handler runs, and only then. A handler that neither returns nor throws within the settings' {@code cancel-grace}
 * afterwards is abandoned.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
@FunctionalInterface
public interface JobHandler<J, R> {
    /**
     * Runs one job.
     *
     * @param job the job, never null
     * @param context this attempt's context
     * @return the result; may be null
     * @throws Exception any failure; it becomes the job's {@link Outcome.Failed}
     */
    R handle(J job, JobContext context) throws Exception;

    /**
     * A handler that needs no context, and so costs the pool a little less.
     *
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    @FunctionalInterface
    interface Simple<J, R> {
        /**
         * Runs one job.
         *
         * @param job the job, never null
         * @return the result; may be null
         * @throws Exception any failure; it becomes the job's {@link Outcome.Failed}
         */
        R handle(J job) throws Exception;
    }
}
