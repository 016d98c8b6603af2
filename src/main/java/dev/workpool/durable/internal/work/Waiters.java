package dev.workpool.durable.internal.work;

import java.util.Collection;

/** Those who wait for outcomes of batches, or of single jobs. Thread-safe. */
public interface Waiters {
    /** Jobs of a batch were settled here, and others are left. */
    void settled(long batch);

    /** Batches have ended. */
    void ended(Collection<Long> batches);

    /** Whether somebody here waits for a single job of a batch, while others may run. */
    boolean areForJobsOf(long batch);
}
