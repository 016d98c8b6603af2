package dev.workpool.durable.job;

/**
 * What one process has done for a durable queue since it began. All but leases are numbers of jobs.
 *
 * @param claimed leased to this process; those that were released and claimed again count again
 * @param succeeded jobs that have succeeded
 * @param failed jobs that have failed for good
 * @param timedOut jobs that have timed out for good
 * @param cancelled jobs that were cancelled
 * @param retried failed attempts that are followed by others, after a wait in the store
 * @param released jobs that were given back without an outcome
 * @param dead jobs that became dead letters
 * @param lostLeases leases that went to other processes, since they were not renewed in time
 * @param reapedLeases leases of other processes that had run out and were taken over
 * @param fenced outcomes that were refused and not told, since the lease had gone to another process
 */
public record WorkStats(
        long claimed,
        long succeeded,
        long failed,
        long timedOut,
        long cancelled,
        long retried,
        long released,
        long dead,
        long lostLeases,
        long reapedLeases,
        long fenced) {
    /** Nothing done. */
    public static final WorkStats NONE = new WorkStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * Adds what another work has done.
     *
     * @param other the other
     * @return the sums
     */
    public WorkStats plus(WorkStats other) {
        return new WorkStats(
                claimed + other.claimed,
                succeeded + other.succeeded,
                failed + other.failed,
                timedOut + other.timedOut,
                cancelled + other.cancelled,
                retried + other.retried,
                released + other.released,
                dead + other.dead,
                lostLeases + other.lostLeases,
                reapedLeases + other.reapedLeases,
                fenced + other.fenced);
    }
}
