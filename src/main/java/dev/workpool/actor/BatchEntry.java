package dev.workpool.actor;

import dev.workpool.BatchProgress;
import dev.workpool.Outcome;

/** A batch that is not complete, as the dispatcher knows it. Of the dispatcher's thread. */
final class BatchEntry<J, R> implements JobQueue.Source<Slice<R>> {
    final Slice.BatchRef<R> batch;
    final BatchSubmission<J, R> submission;

    private final Ledger<R> ledger;
    private final Object[] jobs;
    private int next;

    /** What the collector last told. */
    BatchProgress progress;

    BatchEntry(Slice.BatchRef<R> batch, BatchSubmission<J, R> submission, Ledger<R> ledger) {
        this.batch = batch;
        this.submission = submission;
        this.ledger = ledger;
        this.jobs = submission.takeJobs();
        this.progress = submission.progress();
    }

    @Override
    public long queued() {
        return (long) jobs.length - next;
    }

    @Override
    public Slice<R> take(int max) {
        int end = Math.min(jobs.length, next + max);
        Slice<R> slice = new Slice<>(batch, 0, jobs, next, end);
        next = end;
        return slice;
    }

    /** All jobs that are left become cancelled; tells the collector. */
    void cancelQueued() {
        if (queued() > 0) {
            batch.collector().tell(new Collector.Settle<>(next, queued(), new Outcome.Cancelled<>(0)));
            next = jobs.length;
        }
    }

    /**
     * Completes the batch without its collector, whose actor is gone: what was not granted was certainly not begun, of the
     * rest nobody knows.
     */
    BatchProgress settleAll() {
        ledger.settle(next, queued(), new Outcome.Cancelled<>(0));
        ledger.settleRest(new Outcome.Cancelled<>(1));
        return ledger.progress();
    }
}
