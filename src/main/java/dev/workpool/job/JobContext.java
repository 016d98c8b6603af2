package dev.workpool.job;

import dev.workpool.WorkerPool;
import dev.workpool.settings.WhenFull;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * What a handler can know about the job it runs. One per attempt; thread-safe, so it may be handed to other threads.
 *
 * <p>None of its methods blocks.
 */
public interface JobContext {

    /**
     * Which attempt at the job this is.
     *
     * @return 1 for the first
     */
    int attempt();

    /**
     * When the attempt has to be over: at the end of the job's time-out or, if that is sooner, of the batch's. Pass it on to what takes a
     * time-out itself: an attempt that fails when its time is over is {@link Outcome.TimedOut}, whoever noticed that first. So is one
     * that fails with a time-out a little before, within a tenth of the time-out, at least 1 ms and at most 100 ms. A time-out is an error
     * of which the class, or one it extends, has a name that ends with {@code Timeout}, {@code TimedOut}, {@code TimeoutExceeded}, {@code
     * DeadlineExceeded} or {@code TimeoutCancellation}, with or without {@code Exception} or {@code Error} behind it ({@link
     * java.util.concurrent.TimeoutException}, {@link java.net.SocketTimeoutException}, {@code SQLTimeoutException}), an {@link
     * java.io.InterruptedIOException}, or an error that has one of these among its causes.
     *
     * @return a time on the wall clock, the same at each call, though somebody may set that clock; empty if there is no time-out
     */
    Optional<Instant> deadline();

    /**
     * Which of the pool's workers runs the job.
     *
     * @return 0 to workers − 1; no two handlers that run at a time see the same index, abandoned ones apart. −1 where the submitter's
     *     thread runs the job, see {@link WhenFull#CALLER_RUNS}.
     */
    int workerIndex();

    /**
     * Whether the job has been cancelled or has timed out, so that its result is no longer wanted. Poll it in long computations.
     *
     * @return true once the job, its batch or its pool was cancelled, or time is over
     */
    boolean isCancelled();

    /** What is to be done if a job is cancelled, see {@link #onCancel}. */
    @FunctionalInterface
    interface CancelAction {
        /**
         * Does it.
         *
         * @throws Exception any failure; it is logged and changes nothing
         */
        void run() throws Exception;
    }

    /**
     * Registers an action for the case that the job is cancelled or times out while its handler runs: close a socket, cancel a statement, destroy a
     * process. Runs at most once, on the pool's callback executor, or at once on the calling thread if the job is already
     * cancelled. Registered actions run in order, whatever those before have thrown. Once the job has ended they are dropped. What they throw is logged:
     * the first at once, and those of the second after it as one line for the pool, with their number.
     *
     * @param action what to do, such as {@code statement::cancel}
     */
    void onCancel(CancelAction action);

    /**
     * Makes work that the handler has started a part of its job: it is cancelled when the job is cancelled or times out, as by {@link #onCancel}, and
     * also when this attempt ends in any other way and leaves it behind, since the handler has failed, say, or does not wait for it. So nothing
     * that was started for a job outlives it:
     *
     * <pre>{@code
     * WorkerPool.startAsync(system, "orders", (order, context) ->
     *     context.child(lines.submitAll(order.lines())).result().thenApply(result -> total(result.values())));
     * }</pre>
     *
     * <p>It should be another pool's: jobs of one pool that wait for each other may hold all of its workers.
     *
     * @param work a batch or a stream of another pool, or anything else that can be cancelled; at once, if the attempt has ended
     * @param <C> its type
     * @return the same
     */
    default <C extends Cancellable> C child(C work) {
        onCancel(work::cancel);
        return work;
    }

    /**
     * Makes a future a part of the job, such as that of a job of another pool, as above.
     *
     * @param future cancelled with the job, or at the end of the attempt if it is not complete then
     * @param <F> its type
     * @return the same
     */
    default <F extends Future<?>> F child(F future) {
        child((Cancellable) () -> future.cancel(true));
        return future;
    }

    /**
     * Reports that what the job waits for has had enough, as an HTTP server does with status 429 or 503 and a {@code Retry-After}. For
     * so long, nothing new begins in the pool. What runs goes on, this job too: it ends as its handler ends it. Jobs that their submitters run, see {@link
     * WhenFull#CALLER_RUNS}, begin all the same.
     *
     * <p>Counted from when the pool hears of it, which is some microseconds later, and cut off at {@code max-slow-down}. Of several
     * reports the one that ends last counts; none shortens another, and {@link WorkerPool#resume} ends none. In a pool with an
     * adaptive number of workers the report also counts as a drop, which makes the number smaller: once for all reports that
     * come as close together as the jobs that run.
     *
     * @param retryAfter 0 or more, however long; 0 lets jobs begin, and makes an adaptive number smaller all the same
     * @throws NullPointerException if it is null
     * @throws IllegalArgumentException if it is negative
     */
    void slowDown(Duration retryAfter);
}
