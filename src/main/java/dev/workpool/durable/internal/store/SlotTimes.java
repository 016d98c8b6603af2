package dev.workpool.durable.internal.store;

import dev.workpool.settings.RateLimit;

/**
 * Moments at which jobs of a queue with a rate may begin: one each so many milliseconds, on one line of time for all
 * processes. Each moment is given away once, so that however many processes there are, no more jobs begin than one
 * process would begin. Pure; times are the database's, in milliseconds.
 *
 * @param first the first moment
 * @param everyMs between two of them
 * @param count how many
 */
public record SlotTimes(double first, double everyMs, int count) {
    /** How far ahead moments are given away. */
    private static final double AHEAD_MS = 1_000;

    /**
     * Takes moments off the line.
     *
     * @param next the first that was not given away
     * @param wanted how many at most
     * @param hasNone whether whoever asks has none left: then it gets one, however far ahead
     * @param asking how many want some
     */
    public static SlotTimes take(RateLimit rate, double next, double now, int wanted, boolean hasNone, int asking) {
        double everyMs = 1_000 / rate.perSecond();
        double first = Math.max(next, now - (rate.burst() - 1) * everyMs); // what is older is lost
        double inTime = Math.floor((now + AHEAD_MS - first) / everyMs) + 1;
        double part = Math.max(1, Math.max(rate.perSecond(), rate.burst()) / Math.max(1, asking));
        double count = Math.min(wanted, Math.min(part, Math.max(inTime, hasNone ? 1 : 0)));
        return new SlotTimes(first, everyMs, (int) Math.max(0, count));
    }

    /** The first moment after these. */
    public double next() {
        return first + count * everyMs;
    }
}
