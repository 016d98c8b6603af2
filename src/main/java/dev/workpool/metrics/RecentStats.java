package dev.workpool.metrics;

import dev.workpool.durable.job.QueueStats;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Asks a store what is in a queue, at most once in five seconds and for all meters together. Whoever reads gets the last
 * answer, and never waits. Thread-safe.
 */
final class RecentStats {
    static final long EVERY_NS = TimeUnit.SECONDS.toNanos(5);

    /** What is older is not shown: the store does not answer, or nobody has looked. */
    static final long FRESH_NS = TimeUnit.SECONDS.toNanos(60);

    private record Answer(QueueStats stats, long atNs) {}

    private final Supplier<CompletionStage<QueueStats>> queue;
    private final LongSupplier clock;
    private final AtomicBoolean isAsking = new AtomicBoolean();

    /** Written by whoever is asking alone. */
    private volatile long askedNs;

    private volatile Optional<Answer> last = Optional.empty();

    RecentStats(Supplier<CompletionStage<QueueStats>> queue, LongSupplier clock) {
        this.queue = queue;
        this.clock = clock;
        this.askedNs = clock.getAsLong() - EVERY_NS;
    }

    /** The last answer; empty if there is none that is fresh. */
    Optional<QueueStats> get() {
        long nowNs = clock.getAsLong();
        if (nowNs - askedNs >= EVERY_NS && isAsking.compareAndSet(false, true)) {
            askedNs = nowNs;
            queue.get().whenComplete((stats, failure) -> {
                if (failure == null) {
                    last = Optional.of(new Answer(stats, clock.getAsLong()));
                }
                isAsking.set(false);
            });
        }
        return last.filter(answer -> nowNs - answer.atNs() < FRESH_NS).map(Answer::stats);
    }
}
