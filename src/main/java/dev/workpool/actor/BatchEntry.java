package dev.workpool.actor;

import dev.workpool.BatchProgress;
import dev.workpool.Outcome;

/** A batch that is not complete, as the dispatcher knows it. Of the dispatcher's thread. */
final class BatchEntry<J, R> extends BatchSource<R> {
    final Slice.BatchRef<R> batch;
    final BatchSubmission<J, R> submission;

    private final Ledger<R> ledger;
    private final Object[] jobs;
    private int next;

    /** What the collector last told. */
    BatchProgress progress;

    /** What comes back from the router is not queued again. */
    boolean cancelled;

    BatchEntry(Slice.BatchRef<R> batch, BatchSubmission<J, R> submission, Ledger<R> ledger) {
        this.batch = batch;
        this.submission = submission;
        this.ledger = ledger;
        this.jobs = submission.takeJobs();
        this.progress = submission.progress();
    }

    @Override
    long fresh() {
        return (long) jobs.length - next;
    }

    @Override
    Slice<R> takeFresh(int max) {
        int end = (int) Math.min(jobs.length, (long) next + max);
        Slice<R> slice = new Slice<>(batch, 0, jobs, next, end);
        next = end;
        return slice;
    }

    /**
     * Completes the batch without its collector, whose actor is gone: what was queued was certainly not begun, of the rest nobody
     * knows.
     */
    BatchProgress settleAll() {
        while (queued() > 0) {
            Slice<R> slice = take(Integer.MAX_VALUE);
            ledger.settle(slice.first(), slice.size(), new Outcome.Cancelled<>(0));
        }
        ledger.settleRest(new Outcome.Cancelled<>(1));
        return ledger.progress();
    }
}
