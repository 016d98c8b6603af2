package dev.workpool.job;

/**
 * Statistics of a pool: a snapshot that is consistent in itself. At every moment
 *
 * <pre>accepted = succeeded + failed + timedOut + cancelled + queued + running</pre>
 *
 * @param name the pool's name
 * @param workers how many workers it has, which is the most handlers that run at a time; if their number is adaptive,
 *     how many there are at the moment. Workers that found no thread to run on, because threads are limited, are not
 *     counted.
 * @param accepted jobs accepted since the pool started, except those that were dropped for later ones
 * @param succeeded jobs that ended as {@link Outcome.Succeeded}
 * @param failed jobs that ended as {@link Outcome.Failed}
 * @param timedOut jobs that ended as {@link Outcome.TimedOut}
 * @param cancelled jobs that ended as {@link Outcome.Cancelled}
 * @param queued jobs accepted and not yet begun, those among them that wait for a retry or a delay, or done and on the
 *     way to their collector
 * @param running jobs whose handler runs
 * @param rejected jobs that were not accepted, which are in no other count; those that came after the end are not
 *     counted
 * @param abandoned handlers that still run although their job was settled: they ignored their cancellation; once the
 *     pool has ended, those that ran then
 */
public record PoolStats(
        String name,
        int workers,
        long accepted,
        long succeeded,
        long failed,
        long timedOut,
        long cancelled,
        long queued,
        long running,
        long rejected,
        long abandoned) {

    /**
     * Accepted jobs that have their outcome.
     *
     * @return the sum of the four counts of outcomes
     */
    public long done() {
        return succeeded + failed + timedOut + cancelled;
    }
}
