package dev.workpool.durable;

import dev.workpool.durable.internal.store.Inspection.Seen;
import dev.workpool.durable.internal.store.Inspection.Snapshot;
import dev.workpool.durable.job.QueueHolder;
import dev.workpool.durable.job.QueueStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Looks at all queues of a store, now and then: what is in them, who works on them, and from the second look on how many jobs came and
 * how many ended per second since the one before. Changes nothing. {@link JobStore#watch} returns one; whoever looks by a rhythm of
 * its own has its own. Thread-safe; looks do not block.
 */
public final class StoreWatch {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final StoreRuntime store;

    /** Null before the first look. Guarded by this. */
    private Snapshot last;

    StoreWatch(StoreRuntime store) {
        this.store = store;
    }

    /**
     * Looks at all queues.
     *
     * @return a stage of them, by name; empty if the store has no tables yet. Fails with an {@link java.sql.SQLException} if the store
     *     does not answer
     */
    public CompletionStage<List<QueueStatus>> look() {
        Snapshot before;
        synchronized (this) {
            before = last;
        }
        return store.inspect(
                        PATIENCE,
                        new Snapshot(0, 0, List.of()),
                        (inspection, connection) ->
                                inspection.look(connection, before == null ? Long.MAX_VALUE : before.lastBatch()))
                .thenApply(now -> {
                    synchronized (this) {
                        last = now;
                    }
                    return statuses(before, now);
                });
    }

    private static List<QueueStatus> statuses(Snapshot before, Snapshot now) {
        Map<Long, Seen> earlier = before == null
                ? Map.of()
                : before.queues().stream()
                        .collect(Collectors.toMap(each -> each.queue().id(), Function.identity()));
        double seconds = before == null ? 0 : (now.nowMs() - before.nowMs()) / 1e3;
        return now.queues().stream()
                .map(each -> status(each, earlier.get(each.queue().id()), before != null, seconds))
                .toList();
    }

    /** A queue that was not there at the look before was empty. */
    private static QueueStatus status(Seen now, Seen before, boolean hasRates, double seconds) {
        OptionalDouble in = OptionalDouble.empty();
        OptionalDouble out = OptionalDouble.empty();
        if (hasRates && seconds > 0) {
            long left = (before == null ? 0 : depth(before)) + now.enqueued() - depth(now);
            in = OptionalDouble.of(now.enqueued() / seconds);
            out = OptionalDouble.of(Math.max(0, left) / seconds);
        }
        return new QueueStatus(
                now.queue().name(),
                QueueAdmin.stats(now.contents()),
                in,
                out,
                now.holders().stream()
                        .map(each -> QueueHolder.of(each.owner(), each.jobs(), Duration.ofMillis(each.leaseMs())))
                        .toList(),
                List.copyOf(now.codecs()));
    }

    private static long depth(Seen queue) {
        return queue.contents().waiting()
                + queue.contents().scheduled()
                + queue.contents().claimed();
    }
}
