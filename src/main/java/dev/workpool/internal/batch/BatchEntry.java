package dev.workpool.internal.batch;

import dev.workpool.internal.collector.Ledger;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.job.BatchProgress;

/** An incomplete batch whose jobs are all known. Confined to the dispatcher's thread. */
public final class BatchEntry<J, R> extends OpenBatch<J, R> {
    private final PagedList<J> jobs;

    /** One past the last job that is the pool's to run. */
    private final int last;

    private int next;

    /** One past the last job that may begin: of most batches, that is any. */
    private int released;

    /** Since when those that may begin have been queued; {@link PoolGauges#NOTHING} if nobody wants to know. */
    public long queuedNs = PoolGauges.NOTHING;

    /**
     * When more may begin, and how many have failed by then; see there. For the dispatcher's starts that are delayed.
     */
    public TimerQueue.Entry<BatchEntry<J, R>> release;

    public long failures;

    public BatchEntry(Slice.BatchRef<R> batch, BatchSubmission<J, R> submission, Ledger<R> ledger) {
        super(batch, submission, ledger, submission.progress());
        this.jobs = submission.takeJobs();
        this.last = submission.open();
        this.released = last;
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
        return (long) released - next;
    }

    /** None of the jobs may begin, until they are released. */
    public void withhold() {
        released = next;
    }

    /** So many more may begin, if there are as many. */
    public void release(long jobs) {
        released = (int) Math.min(last, released + jobs);
    }

    /** Whether any job may have begun. */
    public boolean hasReleased() {
        return released > 0;
    }

    /** How many jobs may not begin. */
    public int withheld() {
        return last - released;
    }

    @Override
    public BatchProgress settleAll() {
        released = last;
        return super.settleAll();
    }

    @Override
    public Slice<R> takeFresh(int max) {
        int start = PagedList.pageStart(next);
        int pageEnd = jobs.pageEnd(next);
        int end = (int) Math.min(Math.min(pageEnd, released), (long) next + max);
        Slice<R> slice = new Slice<>(batch, start, jobs.page(next), next - start, end - start, 1, queuedNs);
        if (end == pageEnd && !batch.policy().retries()) {
            jobs.setPage(next, null); // its slices hold it as long as they need it
        }
        next = end;
        return slice;
    }

    /** What comes before it is as if it had come back. */
    @Override
    public Slice<R> takeOut(long index) {
        while (next <= index && index < released) {
            returned().add(takeFresh(Integer.MAX_VALUE));
        }
        return super.takeOut(index);
    }

    @Override
    public Slice<R> again(long index, int attempt) {
        int start = PagedList.pageStart((int) index);
        int offset = (int) index - start;
        return new Slice<>(batch, start, jobs.page((int) index), offset, offset + 1, attempt);
    }
}
