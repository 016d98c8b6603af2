package dev.workpool.durable.job;

import java.time.Duration;

/**
 * What is in a durable queue, for all processes. A snapshot.
 *
 * @param paused whether no process claims jobs
 * @param waiting jobs that are due and that nobody has claimed
 * @param scheduled jobs that are not due yet, those that wait for another attempt among them
 * @param claimed jobs that processes hold under a lease; they run, or are about to
 * @param oldestWaiting for how long the oldest of the waiting jobs has been due
 * @param dead dead letters
 */
public record QueueStats(
        boolean paused, long waiting, long scheduled, long claimed, Duration oldestWaiting, long dead) {
    /** {@return jobs that have no outcome yet} */
    public long depth() {
        return waiting + scheduled + claimed;
    }
}
