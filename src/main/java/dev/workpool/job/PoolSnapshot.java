package dev.workpool.job;

import java.time.Duration;

/**
 * What a pool has done and is doing, as any thread can read it at once. Always
 *
 * <pre>accepted = succeeded + failed + timedOut + cancelled + queued + waiting + running</pre>
 *
 * <p>The counts are those of the last message that the pool's actors have dealt with: they lag behind by microseconds, and, of cheap jobs, by the chunk
 * that their worker is at. None of those that only grow ever shrinks.
 *
 * @param name the pool's name
 * @param accepted jobs accepted since the pool started
 * @param succeeded jobs that ended as {@link Outcome.Succeeded}
 * @param failed jobs that ended as {@link Outcome.Failed}
 * @param timedOut jobs that ended as {@link Outcome.TimedOut}
 * @param cancelled jobs that ended as {@link Outcome.Cancelled}
 * @param queued jobs that wait for a worker, or whose outcome is on its way
 * @param waiting jobs that wait for a time: that of their next attempt, or of a start that is delayed
 * @param running jobs that workers are at
 * @param rejected jobs that were not accepted, which are in no other count; those that came after the end are not counted
 * @param retries attempts that were asked for after a first one
 * @param abandoned handlers that still run although their job was settled
 * @param workers how many workers there are at the moment; not those that found no thread to run on
 * @param fewestWorkers how many there are at least: fewer than most only where the number is adaptive
 * @param mostWorkers how many there are at most
 * @param replacedWorkers workers that were replaced, since their handler was abandoned or their actor has stopped
 * @param paused whether the pool is paused
 * @param slowedDownFor for how long nothing begins, since a job has asked for that; 0 if anything may
 * @param oldestRunning for how long the worker has been at its work that has been for longest; 0 if none is. Of a job that takes long, how long it runs
 * @param busy for how long workers were at work, all together, since the pool started
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
        long retries,
        long abandoned,
        int workers,
        int fewestWorkers,
        int mostWorkers,
        long replacedWorkers,
        boolean paused,
        Duration slowedDownFor,
        Duration oldestRunning,
        Duration busy) {

    /**
     * Accepted jobs that have their outcome.
     *
     * @return the sum of the four counts of outcomes
     */
    public long done() {
        return succeeded + failed + timedOut + cancelled;
    }
}
