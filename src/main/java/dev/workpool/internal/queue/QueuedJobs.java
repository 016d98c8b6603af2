package dev.workpool.internal.queue;

import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The job queue, and how many jobs wait in it. Confined to the dispatcher's thread. */
public final class QueuedJobs<R> {
    private final JobQueue<Slice<R>> queue;
    private final LongSupplier clock;
    private final Consumer<BatchSource<R>> onQueued;
    private long count;

    /**
     * An empty queue.
     *
     * @param ageingNs see {@link JobQueue}
     * @param clock nanoseconds from any origin
     * @param onQueued told of a source that had no jobs and now has some
     */
    public QueuedJobs(long ageingNs, LongSupplier clock, Consumer<BatchSource<R>> onQueued) {
        this.queue = new JobQueue<>(ageingNs);
        this.clock = clock;
        this.onQueued = onQueued;
    }

    public long count() {
        return count;
    }

    /**
     * Jobs were added to a source, or taken out of it. One that has none left leaves the queue: it would be held on to,
     * and its priority seem to wait. Nothing that was withdrawn changes anything any more.
     *
     * @param source which
     * @param before how many it had
     */
    public void changed(BatchSource<R> source, long before) {
        if (source.stopped != null) {
            return;
        }
        long now = source.queued();
        count += now - before;
        if (before == 0 && now > 0) {
            queue.add(source, clock.getAsLong());
            onQueued.accept(source);
        } else if (before > 0 && now == 0) {
            queue.remove(source);
        }
    }

    /**
     * None of a source's jobs is handed out any more, as it is stopped: they leave the queue at once, however many they
     * are.
     *
     * @param source not stopped until now
     * @param reason why it is
     */
    public void withdraw(BatchSource<R> source, StopReason reason) {
        long jobs = source.queued();
        count -= jobs;
        if (jobs > 0) {
            queue.remove(source);
        }
        source.stopped = reason;
    }

    /** See {@link JobQueue#weights}. */
    public long weights(int priority) {
        return queue.weights(priority);
    }

    /** The next jobs, at most so many, or null; see {@link StrideScheduler#next}. */
    public Slice<R> next(long wanted, int turn) {
        Slice<R> slice = queue.next(wanted, turn, clock.getAsLong());
        count -= slice == null ? 0 : slice.size();
        return slice;
    }
}
