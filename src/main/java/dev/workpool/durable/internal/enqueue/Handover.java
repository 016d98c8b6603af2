package dev.workpool.durable.internal.enqueue;

import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.durable.internal.store.SegmentRow;
import java.util.List;
import java.util.Optional;

/**
 * Somebody in this process who works on the queue and has room: jobs that are enqueued here are leased to it
 * in the transaction that writes them, and it need not look for them. Thread-safe.
 */
public interface Handover {
    /**
     * Asks for somebody who takes segments. Whoever does is to be told what came of it, by {@link #handOver}.
     *
     * @param jobs how many there are in them
     * @return empty if nobody does
     */
    Optional<Taker> offer(int segments, long jobs);

    /**
     * Hands over what was written for a taker; nothing, if it was not written.
     *
     * @param sinceNs a time before the lease began
     * @param blocks the encoded jobs of each
     */
    void handOver(Taker taker, long sinceNs, List<SegmentRow> taken, List<byte[]> blocks);
}
