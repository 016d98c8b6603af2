package dev.workpool.internal.dispatcher;

import dev.workpool.internal.batch.OpenBatch;
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
    /** So many of a batch are remembered before it is looked which have their outcome. */
    private static final int FEW = 1_000;

    private static final class OfBatch {
        final NavigableSet<Long> jobs = new TreeSet<>();

        /** A stream may have any number: no more are kept than twice those that were open when it was looked last. */
        int most = FEW;
    }

    private final Map<Long, OfBatch> byBatch = new HashMap<>();

    void add(OpenBatch<?, ?> batch, long index) {
        OfBatch of = byBatch.computeIfAbsent(batch.id(), id -> new OfBatch());
        of.jobs.add(index);
        if (of.jobs.size() > of.most) {
            of.jobs.removeIf(batch::hasOutcome);
            of.most = Math.max(FEW, 2 * of.jobs.size());
        }
    }

    /** How many are remembered. */
    int size(long batchId) {
        return byBatch.containsKey(batchId) ? byBatch.get(batchId).jobs.size() : 0;
    }

    /** Whether jobs of a slice are among them. */
    boolean areIn(Slice<?> slice) {
        if (byBatch.isEmpty()) {
            return false;
        }
        OfBatch of = byBatch.get(slice.batch().id());
        Long first = of == null ? null : of.jobs.ceiling(slice.first());
        return first != null && first < slice.first() + slice.size();
    }

    /** Shows those of a slice. */
    void forEachIn(Slice<?> slice, LongConsumer visitor) {
        byBatch.get(slice.batch().id())
                .jobs
                .subSet(slice.first(), slice.first() + slice.size())
                .forEach(visitor::accept);
    }

    /** A batch is complete. */
    void forget(long batchId) {
        byBatch.remove(batchId);
    }
}
