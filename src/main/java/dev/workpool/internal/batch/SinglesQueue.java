package dev.workpool.internal.batch;

import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.queue.BatchSource;
import dev.workpool.internal.slice.Slice;
import dev.workpool.settings.BatchOptions;
import java.util.ArrayDeque;

/** Queues the jobs that were submitted by themselves until they are granted. Confined to the dispatcher's thread. */
public final class SinglesQueue<J, R> extends BatchSource<R> {
    /** So many cancelled jobs may stay in the queue at least before it is cleaned up. */
    private static final int SWEEP_AT = 1024;

    private final Slice.BatchRef<R> batch;
    private final SinglesLedger<J, R> ledger;
    private final JobTimes times;

    /** Cancelled ones stay in here, without their job, until it is their turn or they outnumber the others. */
    private final ArrayDeque<Single<J, R>> singles = new ArrayDeque<>();

    private int queued;
    private long nextIndex;

    public SinglesQueue(Slice.BatchRef<R> batch, SinglesLedger<J, R> ledger, JobTimes times) {
        this.times = times;
        this.batch = batch;
        this.ledger = ledger;
    }

    public void add(Single<J, R> single) {
        single.state = Single.State.QUEUED;
        single.queuedNs = times.nowIfOnNs();
        singles.addLast(single);
        queued++;
    }

    /** Whether the job was still queued, and so is cancelled now. */
    public boolean cancel(Single<J, R> single) {
        if (single.state != Single.State.QUEUED) {
            return false;
        }
        single.state = Single.State.ENDED_UNGRANTED;
        single.takeJob();
        queued--;
        if (singles.size() - queued > queued + SWEEP_AT) {
            singles.removeIf(each -> each.state != Single.State.QUEUED);
        }
        return true;
    }

    /** All that are queued, and some that were cancelled. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    public Single<J, R>[] toArray() {
        return singles.toArray(new Single[0]);
    }

    /** The next queued job, which stays, or null. */
    public Single<J, R> peek() {
        Single<J, R> single;
        while ((single = singles.peekFirst()) != null && single.state != Single.State.QUEUED) {
            singles.removeFirst();
        }
        return single;
    }

    /** The next queued job, which will not be granted, or null. */
    public Single<J, R> poll() {
        return poll(Single.State.ENDED_UNGRANTED);
    }

    private Single<J, R> poll(Single.State next) {
        Single<J, R> single;
        while ((single = singles.pollFirst()) != null) {
            if (single.state == Single.State.QUEUED) {
                single.state = next;
                queued--;
                return single;
            }
        }
        return null;
    }

    @Override
    public int priority() {
        return BatchOptions.defaults().priority();
    }

    @Override
    public int weight() {
        return BatchOptions.defaults().weight();
    }

    @Override
    public long id() {
        return batch.id();
    }

    @Override
    public boolean hasWindow() {
        return false;
    }

    @Override
    public long fresh() {
        return queued;
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    public Slice<R> takeFresh(int max) {
        int count = Math.min(max, queued);
        Object[] jobs = new Object[count];
        Single<J, R>[] taken = new Single[count];
        for (int i = 0; i < count; i++) {
            Single<J, R> single = poll(Single.State.GRANTED);
            single.index = nextIndex + i;
            jobs[i] = batch.policy().retries() ? single.job() : single.takeJob();
            taken[i] = single;
        }
        ledger.open(nextIndex, taken);
        Slice<R> slice = new Slice<>(batch, nextIndex, jobs, 0, count, 1, taken[0].queuedNs);
        nextIndex += count;
        return slice;
    }

    @Override
    public Slice<R> again(long index, int attempt) {
        Single<J, R> single = ledger.at(index);
        return single == null ? null : new Slice<>(batch, index, new Object[] {single.job()}, 0, 1, attempt);
    }
}
