package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.settings.KeptOutcomes;

/**
 * Jobs of a batch that have no outcome, as a row of the table.
 *
 * @param batch its batch
 * @param jobs which of the batch's jobs
 * @param lane of a keyed queue, 0 or more; otherwise −1
 * @param priority of the batch; a greater one first
 * @param kept which outcomes of its batch are kept
 * @param codec with what the jobs are encoded
 * @param part where the encoded jobs are
 * @param firstJob the index of the first job in the block of encoded jobs
 * @param runAt when they are due; null if that is when they were enqueued, and is not known here
 * @param attempts how often each of the jobs has been tried and has failed
 * @param lost how many leases on it ran out
 * @param strikes how many of these while it ran alone
 * @param token of the lease
 */
public record SegmentRow(
        long batch,
        JobSet jobs,
        int lane,
        int priority,
        KeptOutcomes kept,
        long codec,
        int part,
        long firstJob,
        Long runAt,
        int attempts,
        int lost,
        int strikes,
        long token) {

    /** How many leases run out before a job is suspected to have ended its process. */
    private static final int SUSPECTED_FROM = 2;

    /** Whether it is to run while nothing else runs, to find out whether it ends its process. */
    public boolean isSuspect() {
        return lost >= SUSPECTED_FROM && jobs.size() == 1;
    }

    /** A part of it, under the same lease. */
    public SegmentRow with(JobSet some) {
        return new SegmentRow(
                batch, some, lane, priority, kept, codec, part, firstJob, runAt, attempts, lost, strikes, token);
    }

    /** The same jobs of a batch of which such outcomes are kept. */
    SegmentRow keeping(KeptOutcomes newKept) {
        return new SegmentRow(
                batch, jobs, lane, priority, newKept, codec, part, firstJob, runAt, attempts, lost, strikes, token);
    }

    /** The same jobs after a lease on them ran out. */
    SegmentRow afterLoss(boolean wasAlone) {
        return new SegmentRow(
                batch,
                jobs,
                lane,
                priority,
                kept,
                codec,
                part,
                firstJob,
                runAt,
                attempts,
                lost + 1,
                strikes + (wasAlone ? 1 : 0),
                token);
    }

    /** The same jobs under another lease. */
    SegmentRow leasedBy(long newToken) {
        return new SegmentRow(
                batch, jobs, lane, priority, kept, codec, part, firstJob, runAt, attempts, lost, strikes, newToken);
    }

    /** The same jobs, due after a delay. */
    SegmentRow dueLater() {
        return new SegmentRow(
                batch, jobs, lane, priority, kept, codec, part, firstJob, null, attempts, lost, strikes, token);
    }

    /** Some of its jobs after attempts that have failed; that a lease was lost is forgiven. */
    SegmentRow afterAttempts(JobSet some, int newAttempts) {
        return new SegmentRow(batch, some, lane, priority, kept, codec, part, firstJob, null, newAttempts, 0, 0, token);
    }
}
