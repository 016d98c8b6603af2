package dev.workpool.settings;

/**
 * Limits how many jobs begin per second, and how many of them at once. Immutable and thread-safe.
 *
 * <p>The limit is smooth: after a burst, jobs begin evenly. Between any two moments no more than {@code burst +
 * perSecond × seconds} begin; a permit that came due while jobs waited is not lost to a timer that is late, which may
 * move a few jobs by some hundredths of a second. Jobs that are cancelled, or taken back from a worker unstarted, use
 * no permit.
 *
 * <p>The rate of a durable queue is divided among processes in as many units as the burst is. With fewer than two units
 * for each process, or fewer than come in a tenth of a second, a part of the rate is lost: a full unit gets no new permit until the one that it holds is used, and where there
 * are fewer units than processes, some wait for their turn.
 *
 * @param perSecond jobs per second: 0.001 to 1000000000
 * @param burst how many may begin at once after an idle time: 1 to 1000000000
 */
public record RateLimit(double perSecond, int burst) {
    static final double LOWEST = 0.001;
    static final double HIGHEST = 1e9;

    /** So many times a second can a burst be used up, by default; timers tick ten times as often. */
    private static final double BURSTS_PER_SECOND = 10;

    /**
     * Checks the values.
     *
     * @param perSecond jobs per second: 0.001 to 1000000000
     * @param burst how many may begin at once: 1 to 1000000000
     * @throws IllegalArgumentException if one is out of range
     */
    public RateLimit {
        boolean allowed = perSecond >= LOWEST && perSecond <= HIGHEST;
        if (!allowed) {
            throw new IllegalArgumentException(
                    "rate limit = " + perSecond + " jobs per second; allowed: 0.001 to 1000000000");
        }
        if (burst < 1 || burst > HIGHEST) {
            throw new IllegalArgumentException("burst of a rate limit = " + burst + "; allowed: 1 to 1000000000");
        }
    }

    /**
     * A limit with a burst of what comes in a tenth of a second, but 1 at least. Rates below 20 per second have a burst of 1,
     * which is too little for a durable queue that several processes work on.
     *
     * @param perSecond jobs per second: 0.001 to 1000000000
     * @return the limit
     * @throws IllegalArgumentException if the rate is out of range
     */
    public static RateLimit perSecond(double perSecond) {
        return new RateLimit(perSecond, (int) Math.max(1, perSecond / BURSTS_PER_SECOND));
    }

    /**
     * Sets how many jobs may begin at once after an idle time.
     *
     * @param newBurst 1 to 1000000000
     * @return a changed limit
     * @throws IllegalArgumentException if it is out of range
     */
    public RateLimit withBurst(int newBurst) {
        return new RateLimit(perSecond, newBurst);
    }
}
