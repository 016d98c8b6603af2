package dev.workpool.internal.batch;

import dev.workpool.internal.collector.Ledger;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.PagedList;

/** A batch that is not complete: its jobs are all known. Of the dispatcher's thread. */
public final class BatchEntry<J, R> extends OpenBatch<J, R> {
    private final PagedList<J> jobs;

    /** One past the last job that is the pool's to run. */
    private final int last;

    private int next;

    public BatchEntry(Slice.BatchRef<R> batch, BatchSubmission<J, R> submission, Ledger<R> ledger) {
        super(batch, submission, ledger, submission.progress());
        this.jobs = submission.takeJobs();
        this.last = submission.open();
    }

    @Override
    public boolean isComplete() {
        return progress.pending() == 0;
    }

    @Override
    public boolean hasWindow() {
        return false;
    }

    @Override
    public long fresh() {
        return (long) last - next;
    }

    @Override
    public Slice<R> takeFresh(int max) {
        int start = PagedList.pageStart(next);
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
    public Slice<R> again(long index, int attempt) {
        int start = PagedList.pageStart((int) index);
        int offset = (int) index - start;
        return new Slice<>(batch, start, jobs.page((int) index), offset, offset + 1, attempt);
    }
}
