package dev.workpool.internal.gauge;

import dev.workpool.internal.gauge.PublishedNumbers.Reading;
import dev.workpool.job.PoolSnapshot;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Holds the numbers that a pool's actors publish, each once for every message that it has handled. Each actor writes
 * its own; any thread may take a snapshot.
 */
public final class PoolGauges {
    /** Where nothing runs, or nothing is held. */
    public static final long NOTHING = Long.MIN_VALUE;

    /** What the dispatcher knows. */
    public enum OfDispatcher {
        ACCEPTED,
        SUCCEEDED,
        FAILED,
        TIMED_OUT,
        CANCELLED,
        /** By the dispatcher, not by a submitter. */
        REJECTED,
        /** Jobs that wait for a time: of a retry, or of a start that is delayed. */
        WAITING,
        RETRIES,
        /** 1 in a pause. */
        PAUSED,
        /** Until when nothing begins, on the pool's clock; {@link #NOTHING} if anything may. */
        HELD_UNTIL_NS
    }

    /** What the router knows. */
    public enum OfRouter {
        WORKERS,
        FEWEST_WORKERS,
        MOST_WORKERS,
        ABANDONED,
        /** Those of them that keep their worker busy. */
        HELD,
        REPLACED,
        /**
         * Workers that are at a job, and for how long all of them were until the next number, which is on the pool's
         * clock.
         */
        BUSY,
        BUSY_NS,
        BUSY_SINCE_NS,
        /** When the chunk was begun that has been run for longest; {@link #NOTHING} if none runs. */
        OLDEST_BEGUN_NS
    }

    public final PublishedNumbers<OfDispatcher> dispatcher = new PublishedNumbers<>(OfDispatcher.class);
    public final PublishedNumbers<OfRouter> router = new PublishedNumbers<>(OfRouter.class);
    public final JobTimes times;

    private final LongSupplier clock;

    private final AtomicLong mostBusyNs = new AtomicLong();

    /**
     * Those of a pool whose actors have published nothing yet.
     *
     * @param fewestWorkers how many workers there will be at least
     * @param mostWorkers how many at most
     * @param clock the pool's
     */
    public PoolGauges(int fewestWorkers, int mostWorkers, LongSupplier clock) {
        this.clock = clock;
        this.times = new JobTimes(clock);
        dispatcher.begin();
        dispatcher.set(OfDispatcher.HELD_UNTIL_NS, NOTHING);
        dispatcher.end();
        router.begin();
        router.set(OfRouter.FEWEST_WORKERS, fewestWorkers);
        router.set(OfRouter.MOST_WORKERS, mostWorkers);
        router.set(OfRouter.OLDEST_BEGUN_NS, NOTHING);
        router.end();
    }

    /**
     * What the pool has done and is doing.
     *
     * @param name the pool's
     * @param rejectedBySubmitters jobs that found no room, and the dispatcher has not seen
     * @param queueCapacity how many jobs may wait
     * @return a snapshot in which the numbers of jobs add up, whatever the two actors are at
     */
    public PoolSnapshot snapshot(String name, long rejectedBySubmitters, long queueCapacity) {
        Reading<OfRouter> workers = router.read();
        Reading<OfDispatcher> jobs = dispatcher.read();
        long nowNs = clock.getAsLong();
        long open = jobs.get(OfDispatcher.ACCEPTED)
                - jobs.get(OfDispatcher.SUCCEEDED)
                - jobs.get(OfDispatcher.FAILED)
                - jobs.get(OfDispatcher.TIMED_OUT)
                - jobs.get(OfDispatcher.CANCELLED);
        long waiting = Math.min(open, jobs.get(OfDispatcher.WAITING));
        long busy = workers.get(OfRouter.BUSY);
        long atOpenJobs = Math.max(0, busy - workers.get(OfRouter.HELD));
        long running =
                Math.min(open - waiting, atOpenJobs); // who reports a job now may have been counted with the outcome
        return new PoolSnapshot(
                name,
                jobs.get(OfDispatcher.ACCEPTED),
                jobs.get(OfDispatcher.SUCCEEDED),
                jobs.get(OfDispatcher.FAILED),
                jobs.get(OfDispatcher.TIMED_OUT),
                jobs.get(OfDispatcher.CANCELLED),
                open - waiting - running,
                waiting,
                running,
                jobs.get(OfDispatcher.REJECTED) + rejectedBySubmitters,
                queueCapacity,
                jobs.get(OfDispatcher.RETRIES),
                workers.get(OfRouter.ABANDONED),
                (int) workers.get(OfRouter.WORKERS),
                (int) workers.get(OfRouter.FEWEST_WORKERS),
                (int) workers.get(OfRouter.MOST_WORKERS),
                workers.get(OfRouter.REPLACED),
                jobs.get(OfDispatcher.PAUSED) == 1,
                left(jobs.get(OfDispatcher.HELD_UNTIL_NS), nowNs),
                passed(workers.get(OfRouter.OLDEST_BEGUN_NS), nowNs),
                Duration.ofNanos(busyNs(workers, busy, nowNs)),
                times.durations(),
                times.waits());
    }

    /**
     * As if all who were at work still were; of those who have ended meanwhile that is a little too much, which the
     * next snapshot must not take back.
     */
    private long busyNs(Reading<OfRouter> workers, long busy, long nowNs) {
        long sinceNs = Math.max(0, nowNs - workers.get(OfRouter.BUSY_SINCE_NS));
        return mostBusyNs.accumulateAndGet(workers.get(OfRouter.BUSY_NS) + sinceNs * busy, Math::max);
    }

    private static Duration left(long untilNs, long nowNs) {
        return untilNs == NOTHING ? Duration.ZERO : Duration.ofNanos(Math.max(0, untilNs - nowNs));
    }

    private static Duration passed(long sinceNs, long nowNs) {
        return sinceNs == NOTHING ? Duration.ZERO : Duration.ofNanos(Math.max(0, nowNs - sinceNs));
    }
}
