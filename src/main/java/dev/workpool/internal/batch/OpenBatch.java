package dev.workpool.internal.batch;

import dev.workpool.internal.collector.Ledger;
import dev.workpool.internal.event.BatchEvents;
import dev.workpool.internal.queue.BatchSource;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;

/** An incomplete batch or stream, as the dispatcher sees it. Confined to the dispatcher's thread. */
public abstract class OpenBatch<J, R> extends BatchSource<R> {
    public final Slice.BatchRef<R> batch;
    public final Ledger<R> ledger;
    private final Submission submission;

    /** Tell what happens to it. Set by whoever opens it. */
    public BatchEvents events;

    /** What the collector last told. */
    public BatchProgress progress;

    /** Where it waits for the end of its time, if that is limited. */
    TimerQueue.Entry<OpenBatch<J, R>> deadline;

    public OpenBatch(Slice.BatchRef<R> batch, Submission submission, Ledger<R> ledger, BatchProgress progress) {
        this.batch = batch;
        this.submission = submission;
        this.ledger = ledger;
        this.progress = progress;
    }

    @Override
    public final long id() {
        return batch.id();
    }

    public final Submission submission() {
        return submission;
    }

    /** Whether its policy ends it early at this point, which it has not before. */
    public final boolean isToHalt() {
        return stopped == null && submission.options().halt().isReached(progress);
    }

    /** Whether every job has its outcome, and there will be no others. */
    public abstract boolean isComplete();

    /**
     * A job is to be cancelled.
     *
     * @param place how many jobs were submitted before it
     * @return its index; -1 if it has none so far, and is cancelled once it is granted
     */
    public long indexToCancel(long place) {
        return place;
    }

    /** Whether a job is known to have its outcome; of a batch that is not asked, since it is bounded. */
    public boolean hasOutcome(long index) {
        return false;
    }

    /** Takes one job out of those that are queued; null if it is not among them, or is not to be found so far. */
    public Slice<R> takeOut(long index) {
        return returned().removeJob(id(), index);
    }

    @Override
    public final int priority() {
        return submission.options().priority();
    }

    @Override
    public final int weight() {
        return submission.options().weight();
    }

    /**
     * Completes it without its collector, whose actor is gone: what was queued was certainly not begun, of the rest
     * nobody knows.
     */
    public BatchProgress settleAll() {
        while (queued() > 0) {
            Slice<R> slice = take(Integer.MAX_VALUE);
            ledger.settle(slice.first(), slice.size(), StopReason.CANCELLED.ofUnstarted(slice));
        }
        ledger.settleRest(new Outcome.Cancelled<>(1));
        return ledger.progress();
    }
}
