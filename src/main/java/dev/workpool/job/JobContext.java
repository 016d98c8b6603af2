package dev.workpool.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Tells a handler about the job it runs. One per attempt; thread-safe, so it may be passed to other threads.
 *
 * <p>None of its methods blocks.
 */
public interface JobContext {

    /**
     * Returns the number of this attempt at the job.
     *
     * @return 1 for the first
     */
    int attempt();

    /**
     * Returns when the attempt has to be over: at the end of the job's time-out or, if that is sooner, of the batch's.
     * Pass it on to calls that take a time-out themselves. An attempt that fails when its time is over is {@link
     * Outcome.TimedOut}, whoever noticed that first. So is one that fails with a time-out a little before, within a
     * tenth of the time-out, at least 1 ms and at most 100 ms. A time-out is an error whose class, or a superclass of
     * it, has a name that ends with {@code Timeout}, {@code TimedOut}, {@code TimeoutExceeded}, {@code
     * DeadlineExceeded} or {@code TimeoutCancellation}, with or without a following {@code Exception} or {@code Error}
     * ({@link java.util.concurrent.TimeoutException}, {@link java.net.SocketTimeoutException}, {@code
     * SQLTimeoutException}), an {@link java.io.InterruptedIOException}, or an error that has one of these among its
     * causes.
     *
     * @return a time on the wall clock, the same at each call even if that clock is set; empty if there is no time-out
     */
    Optional<Instant> deadline();

    /**
     * Returns which of the pool's workers runs the job.
     *
     * @return 0 to workers − 1; no two handlers that run at a time see the same index, except abandoned ones. −1 if the
     *     submitter's thread runs the job, see {@link dev.workpool.settings.WhenFull#CALLER_RUNS}.
     */
    int workerIndex();

    /**
     * Tells whether the job has been cancelled or has timed out, so that its result is no longer wanted. Poll it in
     * long computations.
     *
     * @return true once the job, its batch or its pool was cancelled, or time is over
     */
    boolean isCancelled();

    /** An action to run if a job is cancelled, see {@link #onCancel}. */
    @FunctionalInterface
    interface CancelAction {
        /**
         * Runs the action.
         *
         * @throws Exception any failure; it is logged and changes nothing
         */
        void run() throws Exception;
    }

    /**
     * Registers an action to run if the job is cancelled or times out while its handler runs: close a socket, cancel a
     * statement, destroy a process. It runs at most once, on the pool's callback executor, or at once on the calling
     * thread if the job is already cancelled. Actions run in the order of registration, even if earlier ones have
     * thrown. Once the job has ended they are dropped. Their exceptions are logged: the first at once, and those of the
     * second after it as one line for the pool, with their number.
     *
     * @param action what to do, such as {@code statement::cancel}
     */
    void onCancel(CancelAction action);

    /**
     * Makes work that the handler has started a child of its job. It is cancelled when the job is cancelled or times
     * out, as by {@link #onCancel}. It is also cancelled when this attempt ends in any other way and leaves it behind,
     * for example because the handler has failed or does not wait for it. So nothing that was started for a job
     * outlives it:
     *
     * <pre>{@code
     * WorkerPool.startAsync(system, "orders", (order, context) ->
     *     context.child(lines.submitAll(order.lines())).result().thenApply(result -> total(result.values())));
     * }</pre>
     *
     * <p>It should belong to another pool: jobs of one pool that wait for each other may hold all of its workers.
     *
     * @param work a batch or a stream of another pool, or anything else that can be cancelled; cancelled at once if the
     *     attempt has ended
     * @param <C> its type
     * @return the same
     */
    default <C extends Cancellable> C child(C work) {
        onCancel(work::cancel);
        return work;
    }

    /**
     * Makes a future a child of the job, as above: that of a single job of another pool. Only that future itself
     * reaches its job, not one that was made of it, such as by {@code thenApply}.
     *
     * @param future cancelled with the job, or at the end of the attempt if it is not complete then
     * @param <T> type of its result
     * @return the same
     */
    default <T> CompletableFuture<T> child(CompletableFuture<T> future) {
        Objects.requireNonNull(future, "future");
        child((Cancellable) () -> future.cancel(true));
        return future;
    }

    /**
     * Reports that a downstream service is overloaded, for example by HTTP status 429 or 503 with a {@code
     * Retry-After}. For that time no job begins in the pool. Running jobs go on, this one too: it ends as its handler
     * ends it. Jobs that their submitters run, see {@link dev.workpool.settings.WhenFull#CALLER_RUNS}, still begin.
     *
     * <p>The time begins when the pool hears of the report, some microseconds later, and is cut off at {@code
     * max-slow-down}. Of several reports the one that ends last counts; none shortens another, and {@link
     * dev.workpool.WorkerPool#resume} ends none. In a pool with an adaptive number of workers the report also counts as a drop,
     * which reduces the number: once for all reports that come as close together as the jobs that run.
     *
     * @param retryAfter 0 or more, of any length; 0 lets jobs begin, but still reduces an adaptive number of workers
     * @throws NullPointerException if it is null
     * @throws IllegalArgumentException if it is negative
     */
    void slowDown(Duration retryAfter);

    /**
     * Reports how far the job is. The last report is seen in {@link dev.workpool.WorkerPool#runningJobs} and, as a fraction of the
     * job, in {@link dev.workpool.Batch#progress}. It is kept only while this attempt runs. Costs some nanoseconds, so
     * it may be called often. Ignored once the attempt has ended, or its job was cancelled or has timed out. An
     * implementation that nobody looks at, such as one of a test, may do nothing.
     *
     * @param done what is done, in any unit: 0 or more. More than the total counts as all
     * @param total all there is to do, in the same unit: 0 or more, 0 if it is not known
     * @param note what is being done, for people; may be empty
     * @throws NullPointerException if the note is null
     * @throws IllegalArgumentException if a number is negative
     */
    default void progress(long done, long total, String note) {}
}
