package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.enqueue.Handover;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.durable.internal.store.SegmentRow;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Those in this process who work on one queue. Thread-safe. */
public final class Works implements Handover {
    private final List<Reach> all = new CopyOnWriteArrayList<>();

    public void add(Reach work) {
        all.add(work);
    }

    public void remove(Reach work) {
        all.remove(work);
    }

    /** There may be jobs. */
    public void wake() {
        all.forEach(Reach::wake);
    }

    /** The queue is paused. */
    public void paused() {
        all.forEach(Reach::paused);
    }

    /** The limits of the queue are others now. */
    public void limitsChanged() {
        all.forEach(Reach::limitsChanged);
    }

    /** A batch was cancelled. */
    public void batchCancelled(long batch) {
        all.forEach(work -> work.batchCancelled(batch));
    }

    /** A job was cancelled by itself. */
    public void jobCancelled(long batch, long number) {
        all.forEach(work -> work.jobCancelled(batch, number));
    }

    @Override
    public Optional<Taker> offer(int segments, long jobs) {
        for (Reach work : all) {
            Optional<Taker> taker = work.offer(segments, jobs);
            if (taker.isPresent()) {
                return taker;
            }
        }
        return Optional.empty();
    }

    @Override
    public void handOver(Taker taker, long sinceNs, List<SegmentRow> taken, List<byte[]> blocks) {
        for (Reach work : all) {
            if (work.isOwner(taker)) {
                work.handOver(taker, sinceNs, taken, blocks);
                return;
            }
        }
        // It has ended meanwhile: the lease runs out.
    }
}
