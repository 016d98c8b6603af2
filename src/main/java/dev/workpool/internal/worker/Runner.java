package dev.workpool.internal.worker;

import java.util.Collection;
import java.util.List;

/**
 * Runs chunks for one worker, one after another, and reports each. Never lets a {@code Throwable} of a handler out.
 *
 * <p>All methods but {@link #doing} may be called from any actor's thread and return at once.
 */
public interface Runner<J, R> {

    /**
     * Queues a chunk.
     *
     * @param task not run before
     * @throws ThreadStarts.NoThread if there is no thread for it now; then none of its jobs will be begun
     */
    void run(Task<J, R> task);

    /**
     * Tells the handler of a job that it is to stop; perhaps once more, if it runs on. Does nothing if the handler has
     * returned. For the router, once it has stopped the job.
     *
     * @param notice which job of a chunk that this runner runs
     */
    void tell(Notice<J, R> notice);

    /**
     * Runs a chunk for the calling thread, which is no worker's, and on it if the handler blocks. Reports when it is
     * done, perhaps later.
     *
     * @param task not run before
     */
    void runHere(Task<J, R> task);

    /** Takes no more chunks: the runner ends, and lets go of its thread, once it has reported those it has begun. */
    void shutdown();

    /** Whether {@link #look} has to be called from time to time while it runs a chunk. */
    default boolean needsLooks() {
        return false;
    }

    /** Makes it check whether a job has ended unnoticed. */
    default void look() {}

    /** Whether it has a thread of its own, which ends with it. */
    boolean hasThread();

    /**
     * Lets go of a handler that ignores its cancellation.
     *
     * @param replaced whether nobody waits for this runner any more, since another has its place
     */
    void abandon(boolean replaced);

    /**
     * What the runner is at. For any thread.
     *
     * @return null if it is at nothing; perhaps a chunk that has just ended
     */
    At<J, R> at();

    /**
     * What a runner is at.
     *
     * @param task the chunk
     * @param workerIndex which worker it is for
     * @param thread runs the handler, or calls it if it is asynchronous; null once that has returned its stage
     * @param context of the job that runs, or of the one before; null if handlers get none
     */
    record At<J, R>(Task<J, R> task, int workerIndex, Thread thread, AttemptContext<J, R> context) {}

    /**
     * What the runner is doing, for a log, with a stack where there is a thread. For any thread but an actor's: a stack
     * may take long.
     *
     * @return a text of one line or more
     */
    String doing();

    /**
     * Where a runner reports to. Implementations are thread-safe, and wait for nothing but memory, if there is none.
     */
    interface Reports<J, R> {
        /**
         * A chunk's jobs have all ended or been recalled.
         *
         * @param task the chunk; its first {@code chunk.end()} outcomes are set
         * @param elapsedNs how long the runner was at it
         */
        void done(Task<J, R> task, long elapsedNs);

        /**
         * The runner itself failed, which no handler can bring about.
         *
         * @param fault why
         */
        void broken(Throwable fault);
    }

    /** Makes the runners of a pool's workers. */
    @FunctionalInterface
    interface Factory<J, R> {
        /**
         * Makes one.
         *
         * @param workerIndex which worker it is for
         * @param reports where it reports to
         * @return a runner that has not begun
         */
        Runner<J, R> create(int workerIndex, Reports<J, R> reports);

        /**
         * {@return the runners that may be at something, for any thread: those of the workers, those that run jobs for
         * their submitters, and those of abandoned handlers}
         */
        default Collection<? extends Runner<J, R>> runners() {
            return List.of();
        }

        /**
         * Tells each handler once more that was told to stop and runs on, those that were abandoned too, and also when
         * the pool is gone. For any thread. Does nothing for asynchronous handlers, which nothing can be told twice.
         */
        default void tellAgain() {}

        /** The pool is gone: its router tells nobody any more. */
        default void poolIsGone() {}
    }
}
