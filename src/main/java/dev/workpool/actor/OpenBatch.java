package dev.workpool.actor;

import dev.workpool.BatchProgress;
import dev.workpool.Outcome;

/** A batch or a stream that is not complete, as the dispatcher knows it. Of the dispatcher's thread. */
abstract class OpenBatch<J, R> extends BatchSource<R> {
    final Slice.BatchRef<R> batch;
    final Ledger<R> ledger;
    private final Submission submission;

    /** What the collector last told. */
    BatchProgress progress;

    /** Where it waits for the end of its time, if that is limited. */
    Timeline.Entry<OpenBatch<J, R>> deadline;

    OpenBatch(Slice.BatchRef<R> batch, Submission submission, Ledger<R> ledger, BatchProgress progress) {
        this.batch = batch;
        this.submission = submission;
        this.ledger = ledger;
        this.progress = progress;
    }

    final Submission submission() {
        return submission;
    }

    /** Whether its policy ends it early at this point, which it has not before. */
    final boolean isToHalt() {
        return stopped == null && submission.options().halt().isReached(progress);
    }

    /** Whether every job has its outcome, and there will be no others. */
    abstract boolean isComplete();

    @Override
    public final int priority() {
        return submission.options().priority();
    }

    @Override
    public final int weight() {
        return submission.options().weight();
    }

    /**
     * Completes it without its collector, whose actor is gone: what was queued was certainly not begun, of the rest nobody
     * knows.
     */
    BatchProgress settleAll() {
        while (queued() > 0) {
            Slice<R> slice = take(Integer.MAX_VALUE);
            ledger.settle(slice.first(), slice.size(), StopReason.CANCELLED.ofUnstarted(slice));
        }
        ledger.settleRest(new Outcome.Cancelled<>(1));
        return ledger.progress();
    }
}
