package dev.workpool.durable.internal.work;

import dev.workpool.job.Outcome;
import java.util.function.IntPredicate;

/**
 * Whether the jobs of a piece may begin: by the lease of its segment, and by the queue's limits, of which the first
 * attempt of each job takes a permit. A worker asks on its own thread, as the last thing before the handler, so a permit
 * is used when a job begins and not while it waits for a worker. Once a job has lacked one, none after it begins: they
 * wait for permits together again, in their order. So do those of a piece that the pool was given before there were
 * limits.
 *
 * <p>{@code begun}, {@code running}, {@code lacking} and {@code taken} are guarded by this.
 */
final class PermitCheck implements IntPredicate {
    private final StartCheck lease;
    private final Throttle throttle;

    /** Whether the jobs that run are counted one by one: those of pieces from before the limits are not. */
    private final boolean counts;

    private int begun;
    private int running;
    private int lacking;
    private int taken;

    /** Written under the lock, read by any worker. */
    private volatile boolean hasLacked;

    PermitCheck(StartCheck lease, Throttle throttle) {
        this.lease = lease;
        this.throttle = throttle;
        this.counts = throttle.countsJobs();
    }

    @Override
    public boolean test(int attempt) {
        if (!lease.getAsBoolean()) {
            return false;
        }
        boolean isFree = attempt > 1 || (!counts && !throttle.isLimited() && !hasLacked);
        return isFree || takePermit();
    }

    private synchronized boolean takePermit() {
        if (counts && !hasLacked && throttle.begin(System.nanoTime())) {
            begun++;
            running++;
            return true;
        }
        hasLacked = true;
        lacking++;
        return false;
    }

    /** A job has its outcome. */
    synchronized void ended(Outcome<?> outcome) {
        if (running > 0 && outcome.attempts() > 0) { // else it had not begun
            running--;
            throttle.ended(1);
        }
    }

    /** All jobs have their outcomes. */
    synchronized void over() {
        throttle.ended(running);
        running = 0;
    }

    boolean hasLacked() {
        return hasLacked;
    }

    boolean counts() {
        return counts;
    }

    /** How many jobs have taken permits. */
    synchronized int begun() {
        return begun;
    }

    /** Takes one of the jobs that lacked a permit; false if there is none left. */
    synchronized boolean takeLacking() {
        if (taken == lacking) {
            return false;
        }
        taken++;
        return true;
    }
}
