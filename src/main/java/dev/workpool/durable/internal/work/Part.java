package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.segment.OutcomeCounts;
import dev.workpool.durable.internal.segment.StoredOutcome;
import dev.workpool.durable.internal.store.SegmentRow;
import dev.workpool.durable.internal.store.Settling.Dead;
import dev.workpool.durable.internal.store.Settling.Retry;
import dev.workpool.durable.internal.store.Settling.Settlement;
import java.util.List;

/**
 * What has become of some jobs of a held segment, ready to be written.
 *
 * @param jobs all of them
 * @param lowest the lowest of those that have their outcome
 * @param counts of those
 * @param outcomes of those, as far as they are needed
 * @param retries those that are tried again later
 * @param released those that others may have
 * @param releasedInMs when they may
 * @param dead those that have failed for good
 * @param hasHalted whether the pool has cancelled jobs by a policy of their batch
 */
record Part(
        JobSet jobs,
        long lowest,
        OutcomeCounts counts,
        List<StoredOutcome> outcomes,
        List<Retry> retries,
        List<JobSet> released,
        long releasedInMs,
        List<Dead> dead,
        boolean hasHalted) {

    Settlement of(long queue, SegmentRow segment, boolean hasDone) {
        return new Settlement(
                queue, segment, jobs, lowest, counts, outcomes, retries, released, releasedInMs, dead, hasDone);
    }
}
