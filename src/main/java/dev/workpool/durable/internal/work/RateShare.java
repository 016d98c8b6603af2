package dev.workpool.durable.internal.work;

import dev.workpool.settings.RateLimit;

/**
 * The part of a queue's rate that this process has: a token bucket with some of the {@code burst} units that the rate is
 * divided into. Each unit holds one token at most and refills at {@code perSecond / burst}. The buckets of all processes
 * and that of the store together have no more units than there are, so that in any interval no more jobs begin than {@code
 * burst + perSecond × seconds}, whatever processes and answers do meanwhile: a bucket that nobody looks at does not
 * overflow, and what was on its way is lost rather than had twice. Not thread-safe; times are readings of a clock in
 * nanoseconds. The bucket is that of J. S. Turner, New Directions in Communications, IEEE Communications Magazine 24,
 * 1986.
 */
final class RateShare {
    private RateLimit rate;
    private int units;
    private double tokens;
    private double surplus;
    private long filledNs;

    /** The rate of the queue; null if there is none. */
    RateLimit rate() {
        return rate;
    }

    int units() {
        return units;
    }

    /** The part is another one now. */
    void set(RateLimit newRate, int newUnits, double moreTokens, long nowNs) {
        if (newRate == null || !newRate.equals(rate)) {
            tokens = 0;
            surplus = 0;
        } else {
            fill(nowNs);
        }
        rate = newRate;
        units = newRate == null ? 0 : newUnits;
        filledNs = nowNs;
        tokens += moreTokens;
        if (tokens > units) {
            surplus += tokens - units;
            tokens = units;
        }
    }

    private double perUnitNs() {
        return rate.perSecond() / rate.burst() / 1e9;
    }

    private void fill(long nowNs) {
        long sinceNs = Math.max(0, nowNs - filledNs);
        tokens = Math.min(units, tokens + sinceNs * perUnitNs() * units);
        filledNs = Math.max(filledNs, nowNs);
    }

    /** Takes a token, if there is one. */
    boolean take(long nowNs) {
        fill(nowNs);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** How many tokens there are. */
    int available(long nowNs) {
        if (rate == null) {
            return Integer.MAX_VALUE;
        }
        fill(nowNs);
        return (int) tokens;
    }

    /** When there is the next token beyond some; {@link Long#MAX_VALUE} if there is none without more units. */
    long nextNs(int beyond, long nowNs) {
        if (rate == null || beyond + 1 > units) {
            return Long.MAX_VALUE;
        }
        fill(nowNs);
        double missing = beyond + 1 - tokens;
        return missing <= 0 ? nowNs : nowNs + (long) Math.ceil(missing / (perUnitNs() * units)) + 1;
    }

    /** All is others' now. */
    void forfeit() {
        units = 0;
        tokens = 0;
        surplus = 0;
    }

    /** How many jobs begin per second with all units. */
    double perSecond() {
        return rate == null ? 0 : rate.perSecond() * units / rate.burst();
    }

    /** Takes what the units that were given up had left, to be given to others. */
    double takeSurplus() {
        double given = surplus;
        surplus = 0;
        return given;
    }
}
