package dev.workpool.actor;

/** When batches have to be over, those that have to. Of the dispatcher's thread. */
final class Deadlines<J, R> {
    private final Timeline<OpenBatch<J, R>> batches = new Timeline<>();

    void accepted(OpenBatch<J, R> batch, long nowNs) {
        batch.submission()
                .options()
                .timeout()
                .ifPresent(timeout -> batch.deadline = batches.add(batch, nowNs + timeout.toNanos()));
    }

    /** A batch is complete, or is known to be late: nobody is told of it any more. */
    void completed(OpenBatch<J, R> batch) {
        if (batch.deadline != null) {
            batches.remove(batch.deadline);
        }
    }

    /** A batch whose time is over; null if there is none. */
    OpenBatch<J, R> late(long nowNs) {
        return batches.isDue(nowNs) ? batches.first() : null;
    }

    long nextDueNs() {
        return batches.nextDueNs();
    }
}
