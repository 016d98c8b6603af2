package dev.workpool.durable.internal.segment;

/** How many jobs ended in which way. */
public record OutcomeCounts(long succeeded, long failed, long timedOut, long cancelled) {
    public static final OutcomeCounts NONE = new OutcomeCounts(0, 0, 0, 0);

    public OutcomeCounts plus(OutcomeCounts other) {
        return new OutcomeCounts(
                succeeded + other.succeeded,
                failed + other.failed,
                timedOut + other.timedOut,
                cancelled + other.cancelled);
    }

    public long total() {
        return succeeded + failed + timedOut + cancelled;
    }
}
