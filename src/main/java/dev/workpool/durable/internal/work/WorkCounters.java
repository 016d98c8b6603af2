package dev.workpool.durable.internal.work;

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
}
