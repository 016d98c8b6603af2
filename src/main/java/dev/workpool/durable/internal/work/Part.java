package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.segment.OutcomeCounts;
import dev.workpool.durable.internal.segment.StoredOutcome;
import dev.workpool.durable.internal.store.SegmentRow;
import dev.workpool.durable.internal.store.Settling.Dead;
import dev.workpool.durable.internal.store.Settling.Retry;
import dev.workpool.durable.internal.store.Settling.Settlement;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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

    /**
     * The same for a lane, whose segments run in the order of their first jobs: what is released does not reach past a job that
     * is not over, which may be of the same key.
     *
     * @param notOver all jobs of the segment that are not over
     */
    Part inOrder(JobSet notOver) {
        List<JobSet> cut =
                released.stream().flatMap(set -> set.cutAt(notOver).stream()).toList();
        return new Part(jobs, lowest, counts, outcomes, retries, cut, releasedInMs, dead, hasHalted);
    }

    /** Those of a set that this does not end; empty if there are none. */
    Optional<JobSet> notOver(JobSet before) {
        BitSet over = new BitSet();
        jobs.forEach(number -> over.set((int) (number - jobs.lowest())));
        Stream.concat(retries.stream().map(Retry::jobs), released.stream())
                .forEach(set -> set.forEach(number -> over.clear((int) (number - jobs.lowest()))));
        return over.isEmpty() ? Optional.of(before) : before.without(JobSet.of(jobs.lowest(), over));
    }

    Settlement of(long queue, SegmentRow segment, boolean hasDone) {
        return new Settlement(
                queue, segment, jobs, lowest, counts, outcomes, retries, released, releasedInMs, dead, hasDone);
    }
}
