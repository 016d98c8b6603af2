package dev.workpool.actor;

/** Jobs of one batch that are queued: those that were granted and came back, then those that never were. */
abstract class BatchSource<R> implements JobQueue.Source<Slice<R>> {
    private final Pending<R> returned = new Pending<>();

    /** Jobs that were never granted. */
    abstract long fresh();

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

    final Pending<R> returned() {
        return returned;
    }
}
