package dev.workpool;

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
     * Which of the pool's workers runs the job.
     *
     * @return 0 to workers − 1; no two handlers that run at a time see the same index, abandoned ones apart
     */
    int workerIndex();

    /**
     * Whether the job has been cancelled, so that its result is no longer wanted. Poll it in long computations.
     *
     * @return true once the job, its batch or its pool was cancelled
     */
    boolean isCancelled();

    /**
     * Registers an action for the case that the job is cancelled while its handler runs: close a socket, destroy a
     * process. Runs at most once, on the pool's callback executor, or at once on the calling thread if the job is already
     * cancelled. Registered actions run in order; what they throw is logged. Once the job has ended they are dropped.
     *
     * @param action what to do
     */
    void onCancel(Runnable action);
}
