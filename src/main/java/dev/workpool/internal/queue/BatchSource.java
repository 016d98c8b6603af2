package dev.workpool.internal.queue;

import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;

/** The queued jobs of one batch: first those that were granted and came back, then those that never were. */
public abstract class BatchSource<R> implements JobQueue.Source<Slice<R>> {
    private final StrideScheduler.Place<Slice<R>> place = new StrideScheduler.Place<>(this);
    private final Pending<R> returned = new Pending<>();

    /** Why none of its jobs is to start any more; null as long as they are. */
    public StopReason stopped;

    /** The batch's id in the pool: the higher, the later it came. */
    public abstract long id();

    /** Whether what is queued of it is bounded by a window of its own, and takes no place in the pool's queue. */
    public abstract boolean hasWindow();

    /** Jobs that were never granted. */
    public abstract long fresh();

    /**
     * A job that was granted before, for another attempt; null if it has its outcome. Only where the policy has
     * retries.
     */
    public abstract Slice<R> again(long index, int attempt);

    /** The next jobs that were never granted: 1 to {@code max} of them. */
    public abstract Slice<R> takeFresh(int max);

    @Override
    public final long queued() {
        return returned.jobs() + fresh();
    }

    @Override
    public final Slice<R> take(int max) {
        return returned.isEmpty() ? takeFresh(max) : returned.take(max);
    }

    @Override
    public final StrideScheduler.Place<Slice<R>> place() {
        return place;
    }

    public final Pending<R> returned() {
        return returned;
    }
}
