package dev.workpool.internal.dispatcher;

/**
 * Limits how many jobs may begin, by a token bucket for the whole pool. It starts full.
 *
 * <p>Permits come smoothly, at the rate. While nothing waits for them, the bucket holds a burst of them and the rest is
 * lost. While jobs wait, it also holds the permits of the time that a timer may be late. Without that, the rate would
 * fall short by the lateness of every tick. Time is a reading of any clock that does not go back. Used by one thread.
 */
final class RateLimiter {
    private static final double SECOND_NS = 1e9;

    /** Timers tick at 10 ms, and later where the machine is busy. */
    private static final long LATEST_TIMER_NS = 100_000_000;

    /** Sums of fractions are a little less than a whole. A permit must not wait for the next tick because of that. */
    private static final double ROUNDING = 1e-9;

    /**
     * The greatest distance of a time that is compared by difference, with room for the time that passes until then.
     */
    private static final long FURTHEST_NS = Long.MAX_VALUE / 2;

    private double permitsPerSecond;
    private double burst;
    private boolean waiting;

    /** Permits at the moment sinceNs, less all that were taken after it: below 0 if those came after it as well. */
    private double permits;

    private long sinceNs;

    RateLimiter(double permitsPerSecond, int burst, long nowNs) {
        set(permitsPerSecond, burst);
        this.permits = burst;
        this.sinceNs = nowNs;
    }

    private void set(double newPermitsPerSecond, int newBurst) {
        boolean allowed = newPermitsPerSecond > 0 && newPermitsPerSecond < Double.POSITIVE_INFINITY;
        if (!allowed) {
            throw new IllegalArgumentException(
                    "permits per second = " + newPermitsPerSecond + "; allowed: above 0, and finite");
        }
        if (newBurst < 1) {
            throw new IllegalArgumentException("burst = " + newBurst + "; allowed: 1 or more");
        }
        permitsPerSecond = newPermitsPerSecond;
        burst = newBurst;
    }

    /** Changes the rate from now on. Permits that are there stay, as far as the new burst has room for them. */
    void setRate(double newPermitsPerSecond, int newBurst, long nowNs) {
        settle(nowNs);
        set(newPermitsPerSecond, newBurst);
    }

    /** From now on jobs wait, for permits and for nothing else. */
    void waiting(long nowNs) {
        settle(nowNs);
        waiting = true;
    }

    /** From now on no job waits for a permit. */
    void idle(long nowNs) {
        settle(nowNs);
        waiting = false;
    }

    /** Permits that may be taken now. */
    long available(long nowNs) {
        // What is less than a permit is left to add up: rounded at every look, it could come to nothing.
        if (accrued(nowNs) >= 1 || permits + accrued(nowNs) > cap()) {
            settle(nowNs);
        }
        return Math.max(0, (long) Math.floor(permits + accrued(nowNs) + ROUNDING));
    }

    /** Takes permits; those that are not there yet are missing later. */
    void take(long n) {
        permits -= n;
    }

    /** Returns permits that were taken and not used. */
    void giveBack(long n) {
        permits += n;
    }

    /** When the next permit will be there, on the caller's clock; {@code nowNs} if there is one. */
    long nextNs(long nowNs) {
        if (available(nowNs) > 0) {
            return nowNs;
        }
        double fromSinceNs = Math.ceil((1 - permits) * SECOND_NS / permitsPerSecond);
        return sinceNs + Math.min((long) fromSinceNs, FURTHEST_NS);
    }

    private double cap() {
        return waiting ? burst + permitsPerSecond * LATEST_TIMER_NS / SECOND_NS : burst;
    }

    private double accrued(long nowNs) {
        return (double) Math.max(0, nowNs - sinceNs) * permitsPerSecond / SECOND_NS;
    }

    /** What the bucket has no room for is lost here and only here; no look sees it before. */
    private void settle(long nowNs) {
        permits = Math.min(cap(), permits + accrued(nowNs));
        sinceNs += Math.max(0, nowNs - sinceNs);
    }
}
