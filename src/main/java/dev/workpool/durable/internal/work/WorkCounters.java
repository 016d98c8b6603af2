package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.Settling.Settlement;
import dev.workpool.durable.job.WorkStats;
import java.util.concurrent.atomic.LongAdder;

/** What a process has done for a queue. Any thread may count and read. */
public final class WorkCounters {
    public final LongAdder claimed = new LongAdder();
    public final LongAdder succeeded = new LongAdder();
    public final LongAdder failed = new LongAdder();
    public final LongAdder timedOut = new LongAdder();
    public final LongAdder cancelled = new LongAdder();
    public final LongAdder retried = new LongAdder();
    public final LongAdder released = new LongAdder();

    /** Jobs that became dead letters. */
    public final LongAdder dead = new LongAdder();

    /** Leases of this process that went to others. */
    public final LongAdder lostLeases = new LongAdder();

    /** Leases of others that had run out and were taken over. */
    public final LongAdder reaped = new LongAdder();

    /** Acknowledgements of jobs that were refused, since their lease had gone to others. */
    public final LongAdder fenced = new LongAdder();

    /** When the last lease was lost; means nothing if none was. */
    private volatile long lostNs;

    void leaseLost() {
        lostNs = System.nanoTime();
        lostLeases.increment();
    }

    /** What has become of jobs of a segment was written. */
    void settled(Settlement written) {
        succeeded.add(written.counts().succeeded());
        failed.add(written.counts().failed());
        timedOut.add(written.counts().timedOut());
        cancelled.add(written.counts().cancelled());
        dead.add(written.dead().size());
        written.retries().forEach(retry -> retried.add(retry.jobs().size()));
        written.released().forEach(given -> released.add(given.size()));
    }

    /** Whether a lease went to others in the last time. */
    public boolean hasLostLeaseFor(long ns) {
        return lostLeases.sum() > 0 && System.nanoTime() - lostNs < ns;
    }

    /** What they say now. */
    public WorkStats stats() {
        return new WorkStats(
                claimed.sum(),
                succeeded.sum(),
                failed.sum(),
                timedOut.sum(),
                cancelled.sum(),
                retried.sum(),
                released.sum(),
                dead.sum(),
                lostLeases.sum(),
                reaped.sum(),
                fenced.sum());
    }
}
