package dev.workpool.actor;

/** Jobs of one batch that are queued: those that were granted and came back, then those that never were. */
abstract class BatchSource<R> implements JobQueue.Source<Slice<R>> {
    private final Turns.Place<Slice<R>> place = new Turns.Place<>(this);
    private final Pending<R> returned = new Pending<>();

    /** Why none of its jobs is to start any more; null as long as they are. */
    StopReason stopped;

    /** Jobs that were never granted. */
    abstract long fresh();

    /** A job that was granted before, for another attempt; null if it has its outcome. Only where the policy has retries. */
    abstract Slice<R> again(long index, int attempt);

    /** The next jobs that were never granted: 1 to {@code max} of them. */
    abstract Slice<R> takeFresh(int max);

    @Override
    public final long queued() {
        return returned.jobs() + fresh();
    }

    @Override
    public final Slice<R> take(int max) {
        return returned.isEmpty() ? takeFresh(max) : returned.take(max);
    }

    @Override
    public final Turns.Place<Slice<R>> place() {
        return place;
    }

    final Pending<R> returned() {
        return returned;
    }
}
