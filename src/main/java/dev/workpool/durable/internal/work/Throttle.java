package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.Limits.Leased;
import dev.workpool.durable.internal.store.Limits.RatePart;
import dev.workpool.durable.internal.store.Sharing.Given;
import dev.workpool.settings.RateLimit;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * How many jobs of a queue may begin in this process, by its part of the queue's limits: never more at a time than its
 * share, and each by a token of its part of the rate. Guarded by this: the actor leases, the feeder passes jobs on to the
 * pool, and workers begin them. Pure; times are readings of a clock in nanoseconds.
 */
final class Throttle {
    /** Whether workers ask right before a job begins; otherwise it counts as begun when the pool is given it. */
    private final boolean workersAsk;

    /** How many handlers run that nobody waits for any more. */
    private final IntSupplier abandoned;

    private int workers;

    /** Any thread reads it, so that queues without limits pay nothing. */
    private volatile boolean isLimited;

    private boolean hasShare;
    private int allowed;

    /** Jobs that have begun and have no outcome yet, as far as workers ask. */
    private int running;

    private long allowedUntilNs;
    private final RateShare rate = new RateShare();
    private long begunSinceLease;
    private long leasedNs;
    private boolean wasLeased;

    /**
     * No limits are known.
     *
     * @param workersAsk whether workers ask right before a job begins
     * @param abandoned how many handlers run although their jobs were given up
     */
    Throttle(int workers, boolean workersAsk, IntSupplier abandoned) {
        this.workersAsk = workersAsk;
        this.abandoned = abandoned;
        setWorkers(workers);
    }

    boolean isLimited() {
        return isLimited;
    }

    /** Whether jobs that the pool is given now are counted as they begin. */
    boolean countsJobs() {
        return isLimited && workersAsk;
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
    synchronized boolean begin() {
        if (isLimited) {
            return false;
        }
        hasShare = true;
        allowed = 0;
        wasLeased = false;
        isLimited = true;
        return true;
    }

    /**
     * Tells the part of this process.
     *
     * @param untilNs until when it is kept
     * @return whether jobs that the pool was given may be too many now
     */
    synchronized boolean lease(Leased leased, long untilNs, long nowNs) {
        boolean wasFree = isFree();
        int before = allowed;
        hasShare = leased.concurrency().isPresent();
        allowed = leased.concurrency().map(Given::allowed).orElse(Integer.MAX_VALUE);
        allowedUntilNs = untilNs;
        RatePart part = leased.rate().orElse(null);
        rate.set(
                part == null ? null : part.limit(),
                part == null ? 0 : part.units().allowed(),
                part == null ? 0 : part.tokens(),
                nowNs);
        begunSinceLease = 0;
        leasedNs = nowNs;
        wasLeased = true;
        isLimited = leased.isLimited();
        return !isFree() && (wasFree || allowed < before);
    }

    /** Whether the pool may have all jobs at once. */
    private boolean isFree() {
        return !isLimited || (rate.rate() == null && allowed >= workers);
    }

    /** A part that has run out may be others'. */
    private boolean isOver(long nowNs) {
        return !wasLeased || nowNs - allowedUntilNs > 0;
    }

    /**
     * How many jobs the pool may be given now. Those of a pool whose workers do not ask have begun with that.
     *
     * @param most how many are there
     * @param running how many the pool has
     * @param unbegun how many of these have not begun
     */
    synchronized int pass(int most, int running, int unbegun, long nowNs) {
        if (!isLimited) {
            return most;
        } else if (isOver(nowNs)) {
            return 0;
        }
        int room = Math.min(most, room(running));
        int permits = rate.available(nowNs);
        if (workersAsk) {
            return Math.max(0, Math.min(room, permits - unbegun));
        }
        int begin = Math.max(0, Math.min(room, permits));
        for (int i = 0; i < begin && rate.rate() != null; i++) {
            rate.take(nowNs);
        }
        begunSinceLease += begin;
        return begin;
    }

    private int room(int running) {
        if (!hasShare || (allowed >= workers && abandoned.getAsInt() == 0)) {
            return Integer.MAX_VALUE;
        }
        return Math.max(0, allowed - running - abandoned.getAsInt());
    }

    /** Whether a job may begin now, which the caller has its handler do at once. */
    synchronized boolean begin(long nowNs) {
        if (isLimited && (isOver(nowNs) || !hasPlace() || (rate.rate() != null && !rate.take(nowNs)))) {
            return false;
        }
        running++;
        begunSinceLease++;
        return true;
    }

    /** A pool that was given all jobs may have more workers by now, or handlers that it has abandoned. */
    private boolean hasPlace() {
        if (!hasShare || running + abandoned.getAsInt() < allowed) {
            return true;
        }
        if (workers <= allowed) {
            workers = allowed + 1; // until it is looked at: it is given no more than may begin
        }
        return false;
    }

    /** Jobs that had begun have their outcomes. */
    synchronized void ended(int jobs) {
        running -= jobs;
    }

    /** How many jobs have begun and have no outcome yet. */
    synchronized int running() {
        return running;
    }

    /**
     * When the pool may be given another job by the rate; {@link Long#MAX_VALUE} if that is not known.
     *
     * @param unbegun how many jobs it has that have not begun
     */
    synchronized long nextNs(int unbegun, long nowNs) {
        return rate.nextNs(workersAsk ? unbegun : 0, nowNs);
    }

    /**
     * How many units of the rate to ask for, when so many jobs wait. A process whose workers are all busy asks for fewer
     * than it could not use.
     */
    synchronized int wantedUnits(int waiting, int running, long nowNs) {
        RateLimit limit = rate.rate();
        if (limit == null) {
            return waiting; // it is not known how many there are
        }
        boolean isBusy = running >= workers;
        if (waiting == 0 || (isBusy && begunSinceLease == 0)) {
            return 0;
        }
        double could = rate.perSecond() * (nowNs - leasedNs) / 1e9;
        return isBusy && 2 * begunSinceLease < could ? Math.max(1, rate.units() / 2) : Math.min(waiting, limit.burst());
    }

    synchronized int units() {
        return rate.units();
    }

    /** How many units of the rate may be in use here now or before the next lease; none once the part is over. */
    synchronized int holdsUnits(long nowNs) {
        if (isLimited && isOver(nowNs)) {
            rate.forfeit();
        }
        return rate.units();
    }

    synchronized Optional<RateLimit> rate() {
        return Optional.ofNullable(rate.rate());
    }

    synchronized double takeSurplus() {
        return rate.takeSurplus();
    }

    /** Up to how many jobs of the queue may run here, by its share alone. */
    synchronized int share() {
        return isLimited && hasShare ? Math.min(allowed, workers) : workers;
    }

    /**
     * How many jobs may be running now or before the next lease, and no more begin by then. A part that is over begins
     * none; what it has begun counts until it has stopped.
     *
     * @param uncounted jobs that the pool has and that do not ask
     */
    synchronized int holds(int uncounted, long nowNs) {
        int now = running + uncounted + abandoned.getAsInt();
        if (!isLimited || !hasShare || isOver(nowNs)) {
            return now;
        }
        allowed = Math.min(allowed, Math.max(now, workers)); // others may be given the rest
        return Math.max(now, allowed);
    }

    /** Whether others may soon be given what this process was. */
    synchronized boolean isOverdue(long nowNs) {
        return isLimited && hasShare && wasLeased && isOver(nowNs);
    }
}
