package dev.workpool.internal.batch;

import dev.workpool.internal.util.TimerQueue;

/** Keeps the deadlines of the batches that have one. Confined to the dispatcher's thread. */
public final class Deadlines<J, R> {
    private final TimerQueue<OpenBatch<J, R>> batches = new TimerQueue<>();

    public void accepted(OpenBatch<J, R> batch, long nowNs) {
        batch.submission()
                .options()
                .timeout()
                .ifPresent(timeout -> batch.deadline = batches.add(batch, nowNs + timeout.toNanos()));
    }

    /** A batch is complete, or is known to be late: nobody is told of it any more. */
    public void completed(OpenBatch<J, R> batch) {
        if (batch.deadline != null) {
            batches.remove(batch.deadline);
        }
    }

    /** A batch whose time is over; null if there is none. */
    public OpenBatch<J, R> late(long nowNs) {
        return batches.isDue(nowNs) ? batches.first() : null;
    }

    public long nextDueNs() {
        return batches.nextDueNs();
    }
}
