package dev.workpool.internal.flight;

/** Shows the flight recorder the jobs of one runner that take long. Confined to the runner, one thread at a time. */
public interface JobRecorder {
    /** A job begins. */
    void begin();

    /**
     * It has ended.
     *
     * @param batchId of its batch; 0 for a job that was submitted by itself
     * @param index of the first job in its batch
     * @param jobs how many neighbours, if it is shown with others
     * @param attempt which attempt at it
     */
    void end(long batchId, long index, int jobs, int attempt);
}
