package dev.workpool.metrics;

import java.util.function.Supplier;

/**
 * Takes one snapshot for all meters that are read together, so that the numbers of a scrape belong together. Thread-safe:
 * of two threads that come at the same moment each may take one.
 *
 * @param <T> type of the snapshot
 */
final class SharedSnapshot<T> {
    /** A scrape reads all meters within less. */
    private static final long FRESH_NS = 10_000_000;

    private record Taken<T>(T snapshot, long atNs) {}

    private final Supplier<T> source;
    private volatile Taken<T> last;

    SharedSnapshot(Supplier<T> source) {
        this.source = source;
    }

    T get() {
        Taken<T> taken = last;
        if (taken == null || System.nanoTime() - taken.atNs >= FRESH_NS) {
            taken = new Taken<>(source.get(), System.nanoTime());
            last = taken;
        }
        return taken.snapshot;
    }
}
