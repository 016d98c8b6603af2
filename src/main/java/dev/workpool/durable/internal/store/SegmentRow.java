package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.settings.KeptOutcomes;

/**
 * Jobs of a batch that have no outcome, as a row of the table.
 *
 * @param origin where they come from
 * @param jobs which of the batch's jobs
 * @param runAt when they are due; null if that is when they were enqueued, and is not known here
 * @param attempts how often each of the jobs has been tried and has failed
 * @param lost how many leases on it ran out
 * @param strikes how many of these while it ran alone
 * @param isShared whether somebody gave it back, so that others may take some of it, too
 * @param token of the lease
 */
public record SegmentRow(
        Origin origin, JobSet jobs, Long runAt, int attempts, int lost, int strikes, boolean isShared, long token) {

    /** How many leases run out before a job is suspected to have ended its process. */
    private static final int SUSPECTED_FROM = 2;

    /**
     * Where jobs come from, which never changes.
     *
     * @param batch their batch
     * @param lane of a keyed queue, 0 or more; otherwise −1
     * @param priority of the batch; a greater one first
     * @param kept which outcomes of the batch are kept
     * @param codec with what the jobs are encoded
     * @param part where the encoded jobs are
     * @param firstJob the number of the first job in the block of encoded jobs
     */
    public record Origin(long batch, int lane, int priority, KeptOutcomes kept, long codec, int part, long firstJob) {}

    /** Jobs that nobody has tried yet. */
    static SegmentRow fresh(Origin origin, JobSet jobs, Long runAt, long token) {
        return new SegmentRow(origin, jobs, runAt, 0, 0, 0, false, token);
    }

    public long batch() {
        return origin.batch();
    }

    public int lane() {
        return origin.lane();
    }

    public int priority() {
        return origin.priority();
    }

    public KeptOutcomes kept() {
        return origin.kept();
    }

    public long codec() {
        return origin.codec();
    }

    public int part() {
        return origin.part();
    }

    public long firstJob() {
        return origin.firstJob();
    }

    /** Whether it is to run while nothing else runs, to find out whether it ends its process. */
    public boolean isSuspect() {
        return lost >= SUSPECTED_FROM && jobs.size() == 1;
    }

    /** A part of it, under the same lease. */
    public SegmentRow with(JobSet some) {
        return new SegmentRow(origin, some, runAt, attempts, lost, strikes, isShared, token);
    }

    /** The same jobs of a batch of which such outcomes are kept. */
    SegmentRow keeping(KeptOutcomes kept) {
        Origin known = new Origin(batch(), lane(), priority(), kept, codec(), part(), firstJob());
        return new SegmentRow(known, jobs, runAt, attempts, lost, strikes, isShared, token);
    }

    /** The same jobs after a lease on them ran out. */
    SegmentRow afterLoss(boolean wasAlone) {
        return new SegmentRow(origin, jobs, runAt, attempts, lost + 1, strikes + (wasAlone ? 1 : 0), isShared, token);
    }

    /** The same jobs under another lease. */
    SegmentRow leasedBy(long newToken) {
        return new SegmentRow(origin, jobs, runAt, attempts, lost, strikes, isShared, newToken);
    }

    /** Some of its jobs, given back; due when they were, or after a delay. */
    SegmentRow givenBack(JobSet some, boolean isDelayed) {
        return new SegmentRow(origin, some, isDelayed ? null : runAt, attempts, lost, strikes, true, token);
    }

    /** Some of its jobs after attempts that have failed; that a lease was lost is forgiven. */
    SegmentRow afterAttempts(JobSet some, int newAttempts) {
        return new SegmentRow(origin, some, null, newAttempts, 0, 0, false, token);
    }
}
