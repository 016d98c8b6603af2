package dev.workpool.internal.dispatcher;

import dev.workpool.internal.slice.Slice;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * Jobs of open batches and streams that were cancelled by themselves: each is settled wherever it turns up next. Confined
 * to the dispatcher's thread.
 */
final class CancelledJobs {
    private final Map<Long, NavigableSet<Long>> byBatch = new HashMap<>();

    void add(long batchId, long index) {
        byBatch.computeIfAbsent(batchId, id -> new TreeSet<>()).add(index);
    }

    /** Whether jobs of a slice are among them. */
    boolean areIn(Slice<?> slice) {
        if (byBatch.isEmpty()) {
            return false;
        }
        NavigableSet<Long> jobs = byBatch.get(slice.batch().id());
        Long first = jobs == null ? null : jobs.ceiling(slice.first());
        return first != null && first < slice.first() + slice.size();
    }

    /** Shows those of a slice. */
    void forEachIn(Slice<?> slice, LongConsumer visitor) {
        byBatch.get(slice.batch().id())
                .subSet(slice.first(), slice.first() + slice.size())
                .forEach(visitor::accept);
    }

    /** A batch is complete. */
    void forget(long batchId) {
        byBatch.remove(batchId);
    }
}
