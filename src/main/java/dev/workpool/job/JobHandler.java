package dev.workpool.job;

/**
 * Turns a job into a result, on the worker's own thread. User code that may block and may throw anything.
 *
 * <p>Called by up to N workers at a time, so it has to be thread-safe. A cancelled job's thread is interrupted while
 * its handler runs, and only then. A handler that neither returns nor throws within the settings' {@code cancel-grace}
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
     * <p>It is a handler that ignores its context. So where both kinds are taken, an overloaded method reference that
     * would do for either, such as {@code Integer::parseInt}, means this one.
     *
     * @param <J> type of the jobs
     * @param <R> type of the results
     */
    @FunctionalInterface
    interface Simple<J, R> extends JobHandler<J, R> {
        /**
         * Runs one job.
         *
         * @param job the job, never null
         * @return the result; may be null
         * @throws Exception any failure; it becomes the job's {@link Outcome.Failed}
         */
        R handle(J job) throws Exception;

        /**
         * Runs one job, and ignores the context.
         *
         * @param job the job, never null
         * @param context not used
         * @return the result; may be null
         * @throws Exception any failure; it becomes the job's {@link Outcome.Failed}
         */
        @Override
        default R handle(J job, JobContext context) throws Exception {
            return handle(job);
        }
    }
}
