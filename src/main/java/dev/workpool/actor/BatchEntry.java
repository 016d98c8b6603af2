package dev.workpool.actor;

/** A batch that is not complete: its jobs are all known. Of the dispatcher's thread. */
final class BatchEntry<J, R> extends OpenBatch<J, R> {
    private final Pages<J> jobs;

    /** One past the last job that is the pool's to run. */
    private final int last;

    private int next;

    BatchEntry(Slice.BatchRef<R> batch, BatchSubmission<J, R> submission, Ledger<R> ledger) {
        super(batch, submission, ledger, submission.progress());
        this.jobs = submission.takeJobs();
        this.last = submission.open();
    }

    @Override
    boolean isComplete() {
        return progress.pending() == 0;
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
}
