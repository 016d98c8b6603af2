package dev.workpool.internal.limit;

import dev.workpool.settings.WorkerPoolSettings;
import java.util.function.LongSupplier;

/** Makes the limit that a pool's settings ask for. */
public final class ConcurrencyLimits {
    private ConcurrencyLimits() {}

    /**
     * A limit as settings say. The class of adaptive ones is loaded only for a pool that is, since it needs a library
     * which others do without.
     *
     * @param settings of the pool
     * @param clock nanoseconds from any origin
     * @return a new one, which has heard nothing yet
     */
    public static ConcurrencyLimit of(WorkerPoolSettings settings, LongSupplier clock) {
        return settings.adaptiveWorkers()
                ? new AdaptiveLimit(
                        settings.minWorkers(),
                        settings.workers(),
                        Runtime.getRuntime().availableProcessors(),
                        clock)
                : new FixedLimit(settings.workers());
    }
}
