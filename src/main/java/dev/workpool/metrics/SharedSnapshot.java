package dev.workpool.metrics;

import dev.workpool.job.PoolSnapshot;
import java.util.function.Supplier;

/**
 * Takes one snapshot for all meters that are read together, so that the numbers of a scrape belong together. Thread-safe:
 * of two threads that come at the same moment each may take one.
 */
final class SharedSnapshot {
    /** A scrape reads all meters within less. */
    private static final long FRESH_NS = 10_000_000;

    private record Taken(PoolSnapshot snapshot, long atNs) {}

    private final Supplier<PoolSnapshot> pool;
    private volatile Taken last;

    SharedSnapshot(Supplier<PoolSnapshot> pool) {
        this.pool = pool;
    }

    PoolSnapshot get() {
        Taken taken = last;
        if (taken == null || System.nanoTime() - taken.atNs >= FRESH_NS) {
            taken = new Taken(pool.get(), System.nanoTime());
            last = taken;
        }
        return taken.snapshot;
    }
}
