package dev.workpool.internal.dispatcher;

import dev.workpool.internal.batch.Single;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.queue.BatchSource;
import dev.workpool.internal.queue.QueuedJobs;
import dev.workpool.internal.slice.Slice;
import dev.workpool.job.Outcome;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes room in a full queue by rejecting the job that has been queued longest. Confined to the dispatcher's thread.
 */
final class Overflow<R> {
    /**
     * The batches that may have jobs queued, the oldest first; no streams. One that has none is found out when its turn
     * has come.
     */
    private final Map<Long, BatchSource<R>> byAge = new TreeMap<>();

    /** A source has jobs queued that had none. */
    void queued(BatchSource<R> source) {
        if (source.id() != Backlog.SINGLES && !source.hasWindow()) {
            byAge.put(source.id(), source);
        }
    }

    /** A batch is complete. */
    void forget(long batchId) {
        byAge.remove(batchId);
    }

    /**
     * Rejects the oldest job.
     *
     * @param singles single jobs
     * @param queued where all are queued
     * @param reason why, for a person
     * @return false if none is queued
     */
    boolean dropOldest(SingleJobs<?, R> singles, QueuedJobs<R> queued, String reason) {
        BatchSource<R> oldest = oldest(singles);
        if (oldest == null) {
            return false;
        }
        if (oldest == singles.source() && oldest.returned().isEmpty()) {
            singles.dropOldest(reason);
            return true;
        }
        long before = oldest.queued();
        Slice<R> slice = oldest.take(1);
        queued.changed(oldest, before);
        boolean begun = slice.attempt() > 1; // then it was accepted for good, and only is not tried again
        slice.batch()
                .collector()
                .tell(
                        begun
                                ? new Collector.GiveUp<>(slice.first())
                                : new Collector.Settle<>(slice.first(), 1, new Outcome.Rejected<>(reason)));
        return true;
    }

    private BatchSource<R> oldest(SingleJobs<?, R> singles) {
        BatchSource<R> source = singles.source();
        if (!source.returned().isEmpty()) {
            return source;
        }
        Single<?, R> single = singles.oldest();
        BatchSource<R> batch = oldestBatch();
        boolean isBatch = batch != null && (single == null || batch.id() <= single.batchesBefore);
        return isBatch ? batch : single == null ? null : source;
    }

    private BatchSource<R> oldestBatch() {
        for (var each = byAge.values().iterator(); each.hasNext(); ) {
            BatchSource<R> batch = each.next();
            if (batch.queued() > 0 && batch.stopped == null) {
                return batch;
            }
            each.remove();
        }
        return null;
    }
}
