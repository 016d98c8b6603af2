package dev.workpool.job;

import java.time.Duration;

/**
 * Statistics of a pool that any thread can read at once. Always
 *
 * <pre>accepted = succeeded + failed + timedOut + cancelled + queued + waiting + running</pre>
 *
 * <p>The counts are those of the last message that the pool's actors have handled. They lag behind by microseconds and,
 * for cheap jobs, by the chunk that their worker is running. Counts that only grow never shrink, except that a job
 * which is dropped for a later one (see {@link dev.workpool.settings.WhenFull#DROP_OLDEST}) moves from those that were
 * accepted to those that were rejected.
 *
 * @param name the pool's name
 * @param accepted jobs accepted since the pool started, except those that were dropped for later ones
 * @param succeeded jobs that ended as {@link Outcome.Succeeded}
 * @param failed jobs that ended as {@link Outcome.Failed}
 * @param timedOut jobs that ended as {@link Outcome.TimedOut}
 * @param cancelled jobs that ended as {@link Outcome.Cancelled}
 * @param queued jobs that wait for a worker, or whose outcome is on its way
 * @param waiting jobs that wait for a time: that of their next attempt, or of a start that is delayed
 * @param running jobs that workers are running
 * @param rejected jobs that were not accepted, which are in no other count; those that came after the end are not
 *     counted
 * @param queueCapacity how many jobs may be queued or waiting, besides those that workers were handed in advance; {@link
 *     Long#MAX_VALUE} if that is unlimited
 * @param retries attempts after the first one that were asked for
 * @param abandoned handlers that still run although their job was settled
 * @param workers how many workers there are at the moment; not those that found no thread to run on
 * @param fewestWorkers the fewest workers: below the most only if the number is adaptive
 * @param mostWorkers the most workers
 * @param replacedWorkers workers that were replaced because their handler was abandoned or their actor has stopped
 * @param paused whether the pool is paused
 * @param slowedDownFor for how long no job begins, because a job has asked for that; 0 if jobs may begin
 * @param oldestRunning the longest time for which any worker has been at its current work; 0 if none is at work. For a
 *     long job, how long it has run
 * @param busy the total time for which workers were at work since the pool started
 * @param jobTime how long attempts took, since {@link dev.workpool.WorkerPool#measureTimes} was called: each of them if
 *     they take 3 µs or more, otherwise a sample of one in 64. Those that a submitter runs are not measured.
 * @param queueWait how long jobs waited in the queue before they began, since then; measured once for the jobs that a
 *     worker takes together. Retries and streams with keys are not measured.
 */
public record PoolSnapshot(
        String name,
        long accepted,
        long succeeded,
        long failed,
        long timedOut,
        long cancelled,
        long queued,
        long waiting,
        long running,
        long rejected,
        long queueCapacity,
        long retries,
        long abandoned,
        int workers,
        int fewestWorkers,
        int mostWorkers,
        long replacedWorkers,
        boolean paused,
        Duration slowedDownFor,
        Duration oldestRunning,
        Duration busy,
        TimeDistribution jobTime,
        TimeDistribution queueWait) {

    /**
     * Accepted jobs that have their outcome.
     *
     * @return the sum of the four counts of outcomes
     */
    public long done() {
        return succeeded + failed + timedOut + cancelled;
    }

    /**
     * How many more jobs the queue has room for. As many more are accepted as workers are idle.
     *
     * @return 0 or more; {@link Long#MAX_VALUE} if that is unlimited
     */
    public long queueRemaining() {
        return queueCapacity == Long.MAX_VALUE ? queueCapacity : Math.max(0, queueCapacity - queued - waiting);
    }
}
