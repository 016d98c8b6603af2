package dev.workpool.job;

/**
 * Counts how many of a batch's jobs have ended, and how. An immutable snapshot: while the batch runs, a later one may
 * differ.
 *
 * @param total jobs submitted in the batch
 * @param succeeded jobs that ended as {@link Outcome.Succeeded}
 * @param failed jobs that ended as {@link Outcome.Failed}
 * @param timedOut jobs that ended as {@link Outcome.TimedOut}
 * @param cancelled jobs that ended as {@link Outcome.Cancelled}
 * @param rejected jobs that ended as {@link Outcome.Rejected}
 */
public record BatchProgress(long total, long succeeded, long failed, long timedOut, long cancelled, long rejected) {

    /**
     * Jobs that have their outcome.
     *
     * @return the sum of the five counts
     */
    public long done() {
        return succeeded + failed + timedOut + cancelled + rejected;
    }

    /**
     * Jobs that are queued or running.
     *
     * @return total − done
     */
    public long pending() {
        return total - done();
    }
}
