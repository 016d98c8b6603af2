package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.Limits.Leased;
import dev.workpool.durable.internal.store.SlotTimes;
import dev.workpool.settings.RateLimit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How many jobs of a queue may begin in this process, by its part of the queue's limits: never more at a time than its
 * share, and never more than there are moments for. Guarded by this: the actor leases, and the feeder takes. Pure; times
 * are readings of a clock in nanoseconds.
 */
final class Throttle {
    /** A moment that came while jobs waited is not lost to a timer that is late. */
    private static final long LATEST_TIMER_NS = 100_000_000;

    /** More moments are leased when those that are left are so near. */
    private static final long NEAR_NS = 300_000_000;

    private int workers;

    /** Any thread reads it, so that queues without limits pay nothing. */
    private volatile boolean isLimited;

    private int allowed;
    private long allowedUntilNs;
    private boolean hasShare;
    private Optional<RateLimit> rate = Optional.empty();
    private final Deque<Slots> slots = new ArrayDeque<>();
    private int begunSinceLease;

    /** Moments that are left of those leased together. */
    private static final class Slots {
        private final long firstNs;
        private final double everyNs;
        private final long validNs;
        private int from;
        private final int to;

        Slots(long firstNs, double everyNs, long validNs, int count) {
            this.firstNs = firstNs;
            this.everyNs = everyNs;
            this.validNs = validNs;
            this.to = count;
        }

        long timeNs(int slot) {
            return firstNs + (long) (slot * everyNs);
        }

        void dropLost(long nowNs) {
            while (from < to && timeNs(from) + validNs < nowNs) {
                from++;
            }
        }
    }

    /** No limits are known. */
    Throttle(int workers) {
        setWorkers(workers);
    }

    boolean isLimited() {
        return isLimited;
    }

    /** How many workers the pool has; 0 if it is about to start, which bounds nothing. */
    final synchronized void setWorkers(int number) {
        workers = number == 0 ? Integer.MAX_VALUE : number;
    }

    synchronized int workers() {
        return workers;
    }

    /**
     * There are limits, which are not known yet: nothing begins until they are.
     *
     * @return whether that is new
     */
    synchronized boolean begin(long untilNs) {
        if (isLimited) {
            return false;
        }
        hasShare = true;
        allowed = 0;
        allowedUntilNs = untilNs;
        isLimited = true;
        return true;
    }

    /**
     * Tells the part of this process.
     *
     * @param untilNs until when its share is kept
     * @return whether jobs that the pool was given may be too many now
     */
    synchronized boolean lease(Leased leased, long untilNs, long nowNs) {
        boolean wasFree = isFree();
        int before = allowed;
        hasShare = leased.concurrency().isPresent();
        allowed = leased.concurrency().map(given -> given.allowed()).orElse(Integer.MAX_VALUE);
        allowedUntilNs = untilNs;
        if (!leased.rate().equals(rate)) {
            rate = leased.rate();
            slots.clear();
        }
        if (leased.slots() != null && leased.slots().count() > 0) {
            add(leased.slots(), leased.nowMs(), rate.orElseThrow().burst(), nowNs);
        }
        begunSinceLease = 0;
        isLimited = leased.isLimited();
        return !isFree() && (wasFree || allowed < before);
    }

    private void add(SlotTimes times, double nowMs, int burst, long nowNs) {
        double everyNs = times.everyMs() * 1e6;
        slots.add(new Slots(
                nowNs + (long) ((times.first() - nowMs) * 1e6),
                everyNs,
                (long) Math.min(burst * everyNs, 4e18) + LATEST_TIMER_NS,
                times.count()));
    }

    /** Whether the pool may have all jobs at once. */
    private boolean isFree() {
        return !isLimited || (rate.isEmpty() && allowed >= workers);
    }

    /**
     * Takes permits for jobs that begin now.
     *
     * @param most how many are there
     * @param running how many the pool has
     * @return how many may begin
     */
    synchronized int take(int most, int running, long nowNs) {
        int room = roomForJobs(most, running, nowNs);
        if (rate.isEmpty() || room == 0) {
            return room;
        }
        int taken = 0;
        dropLost(nowNs);
        while (taken < room && !slots.isEmpty() && slots.peek().timeNs(slots.peek().from) <= nowNs) {
            taken++;
            slots.peek().from++;
            dropLost(nowNs);
        }
        begunSinceLease += taken;
        return taken;
    }

    private int roomForJobs(int most, int running, long nowNs) {
        if (!hasShare || !isLimited) {
            return most;
        } else if (nowNs - allowedUntilNs > 0) {
            return 0;
        }
        return allowed >= workers ? most : Math.max(0, Math.min(most, allowed - running));
    }

    private void dropLost(long nowNs) {
        while (!slots.isEmpty()) {
            Slots first = slots.peek();
            first.dropLost(nowNs);
            if (first.from < first.to) {
                return;
            }
            slots.poll();
        }
    }

    /** When the next job may begin by the rate, on the caller's clock; {@link Long#MAX_VALUE} if that is not known. */
    synchronized long nextNs(long nowNs) {
        dropLost(nowNs);
        return slots.isEmpty() ? Long.MAX_VALUE : slots.peek().timeNs(slots.peek().from);
    }

    /** How many moments to ask for, when so many jobs wait; 0 if there are enough. */
    synchronized int wantedSlots(int waiting, long nowNs) {
        dropLost(nowNs);
        if (!slots.isEmpty() && slots.peekLast().timeNs(slots.peekLast().to - 1) - nowNs > NEAR_NS) {
            return 0;
        }
        // Not many more than are used up, since others may want them.
        return Math.min(waiting, Math.min(waiting, workers) + 2 * begunSinceLease);
    }

    synchronized boolean hasNoSlot(long nowNs) {
        dropLost(nowNs);
        return slots.isEmpty();
    }

    synchronized boolean hasRate() {
        return rate.isPresent();
    }

    /** Up to how many jobs of the queue may run here, by its share alone. */
    synchronized int share() {
        return isLimited && hasShare ? Math.min(allowed, workers) : workers;
    }

    /** How many jobs may be running now or before the next lease, if the pool has so many. */
    synchronized int holds(int running) {
        return Math.min(workers, Math.max(running, isLimited && hasShare ? Math.min(allowed, workers) : running));
    }

    /** Whether others may soon be given what this process was. */
    synchronized boolean isOverdue(long nowNs) {
        return isLimited && hasShare && nowNs - allowedUntilNs > 0;
    }
}
