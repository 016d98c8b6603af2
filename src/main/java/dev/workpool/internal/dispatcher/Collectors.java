package dev.workpool.internal.dispatcher;

import dev.workpool.internal.collector.Ledger;
import dev.workpool.internal.event.BatchEvents;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;

/** Makes the collectors of batches. */
@FunctionalInterface
public interface Collectors<R> {
    /**
     * Makes one.
     *
     * @param batchId unique in the pool
     * @param ledger what it keeps
     * @param policy how the batch's jobs are run
     * @param events tell what happens to it
     * @return what a router has to know of the batch
     */
    Slice.BatchRef<R> spawn(long batchId, Ledger<R> ledger, JobPolicy policy, BatchEvents events);
}
