package dev.workpool.actor;

import dev.workpool.BatchProgress;
import dev.workpool.Outcome;

/** A batch that is not complete, as the dispatcher knows it. Of the dispatcher's thread. */
final class BatchEntry<J, R> extends BatchSource<R> {
    final Slice.BatchRef<R> batch;
    final BatchSubmission<J, R> submission;

    final Ledger<R> ledger;
    private final Pages<J> jobs;

    /** One past the last job that is the pool's to run. */
    private final int last;

    private int next;

    /** What the collector last told. */
    BatchProgress progress;

    BatchEntry(Slice.BatchRef<R> batch, BatchSubmission<J, R> submission, Ledger<R> ledger) {
        this.batch = batch;
        this.submission = submission;
        this.ledger = ledger;
        this.jobs = submission.takeJobs();
        this.last = submission.open();
        this.progress = submission.progress();
    }

    /** Whether its policy ends it early at this point, which it has not before. */
    boolean isToHalt() {
        return stopped == null && submission.options().halt().isReached(progress);
    }

    @Override
    public int priority() {
        return submission.options().priority();
    }

    @Override
    public int weight() {
        return submission.options().weight();
    }

    @Override
    long fresh() {
        return (long) last - next;
    }

    @Override
    Slice<R> takeFresh(int max) {
        int start = Pages.pageStart(next);
        int pageEnd = jobs.pageEnd(next);
        int end = (int) Math.min(Math.min(pageEnd, last), (long) next + max);
        Slice<R> slice = new Slice<>(batch, start, jobs.page(next), next - start, end - start, 1);
        if (end == pageEnd && !batch.policy().retries()) {
            jobs.setPage(next, null); // its slices hold it as long as they need it
        }
        next = end;
        return slice;
    }

    @Override
    Slice<R> again(long index, int attempt) {
        int start = Pages.pageStart((int) index);
        int offset = (int) index - start;
        return new Slice<>(batch, start, jobs.page((int) index), offset, offset + 1, attempt);
    }

    /**
     * Completes the batch without its collector, whose actor is gone: what was queued was certainly not begun, of the rest nobody
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
