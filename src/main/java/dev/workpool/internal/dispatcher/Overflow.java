package dev.workpool.internal.dispatcher;

import dev.workpool.internal.batch.OpenBatch;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.queue.BatchSource;
import dev.workpool.internal.queue.QueuedJobs;
import dev.workpool.internal.slice.Slice;
import dev.workpool.job.Outcome;
import java.util.Collection;

/** Makes room in a full queue: the job that has been queued longest is rejected after all. Of the dispatcher's thread. */
final class Overflow {
    private Overflow() {}

    /**
     * Rejects it.
     *
     * @param singles single jobs
     * @param batches the batches, in the order in which they came; streams among them have their own bounds
     * @param queued where they are queued
     * @param reason why, for a person
     * @return false if none is queued
     */
    static <J, R> boolean dropOldest(
            SingleJobs<J, R> singles, Collection<OpenBatch<J, R>> batches, QueuedJobs<R> queued, String reason) {
        BatchSource<R> oldest = oldest(singles, batches);
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

    private static <J, R> BatchSource<R> oldest(SingleJobs<J, R> singles, Collection<OpenBatch<J, R>> batches) {
        BatchSource<R> source = singles.source();
        if (!source.returned().isEmpty()) {
            return source;
        }
        Single<J, R> single = singles.oldest();
        for (OpenBatch<J, R> entry : batches) {
            if (single != null && single.batchesBefore < entry.batch.id()) {
                return source;
            }
            if (!entry.hasWindow() && entry.queued() > 0) {
                return entry;
            }
        }
        return single == null ? null : source;
    }
}
