package dev.workpool.metrics;

import dev.workpool.job.TimeDistribution;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Narrows the times that were measured since a pool has started to those of the last minute or two, so that percentiles
 * tell what is rather than what was. Thread-safe.
 *
 * <p>It keeps what had been measured at two moments, at least a minute apart. So it covers more than two minutes if
 * nobody asks for that long.
 */
final class RecentTimes {
    private static final long STEP_NS = TimeUnit.MINUTES.toNanos(1);

    private record Mark(TimeDistribution times, long atNs) {}

    private final Supplier<TimeDistribution> all;
    private final LongSupplier clock;
    private Mark older;
    private Mark newer;

    /**
     * From now on.
     *
     * @param all what was measured so far
     * @param clock in nanoseconds
     */
    RecentTimes(Supplier<TimeDistribution> all, LongSupplier clock) {
        this.all = all;
        this.clock = clock;
        this.newer = new Mark(all.get(), clock.getAsLong());
        this.older = newer;
    }

    synchronized TimeDistribution get() {
        Mark now = new Mark(all.get(), clock.getAsLong());
        if (now.atNs - newer.atNs >= STEP_NS) {
            older = newer;
            newer = now;
        }
        return now.times.since(older.times);
    }
}
