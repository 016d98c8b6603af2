package dev.workpool.cluster.internal.wire;

/** What a fleet asks of a station. */
public sealed interface StationCommand {

    /**
     * Stops the jobs of a batch, those too that have not arrived yet.
     *
     * @param batchId the batch
     * @param timeoutNs the time-out that has ended them, in nanoseconds; −1 if they were cancelled
     * @param running whether those that run, too
     */
    record Stop(long batchId, long timeoutNs, boolean running) implements StationCommand {}

    /**
     * Cancels one job.
     *
     * @param batchId its batch
     * @param index its index in the batch
     * @param grants up to which grant it may be in
     */
    record CancelJob(long batchId, long index, long grants) implements StationCommand {}

    /**
     * Asks for jobs back that have not begun.
     *
     * @param most how many at most
     * @param all whether also those that are handed out to workers, as in a pause
     */
    record Recall(long most, boolean all) implements StationCommand {}

    /** The grace of handlers that were told to stop is over. */
    record GraceIsOver() implements StationCommand {}

    /**
     * Outcomes have been taken.
     *
     * @param frames of this session, in all
     */
    record Acknowledged(long frames) implements StationCommand {}

    /**
     * The lease is renewed.
     *
     * @param renewal the number of what asked for it
     * @param frames sent in this session, in all
     * @param limit how many jobs of the session may run at a time
     */
    record Renewed(long renewal, long frames, int limit) implements StationCommand {}

    /** The session is over: what is left of it is not wanted. */
    record Close() implements StationCommand {}
}
