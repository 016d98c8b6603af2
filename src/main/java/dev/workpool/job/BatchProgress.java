package dev.workpool.job;

/**
 * Counts how many of a batch's jobs have ended, and how. An immutable snapshot: while the batch runs, a later one may
 * differ. As JSON, made by Jackson or another that takes a record's components and getters, it has {@code done}, {@code
 * pending} and {@code fraction} beside the counts; whoever reads that as this type ignores these three.
 *
 * @param total jobs submitted in the batch
 * @param succeeded jobs that ended as {@link Outcome.Succeeded}
 * @param failed jobs that ended as {@link Outcome.Failed}
 * @param timedOut jobs that ended as {@link Outcome.TimedOut}
 * @param cancelled jobs that ended as {@link Outcome.Cancelled}
 * @param rejected jobs that ended as {@link Outcome.Rejected}
 * @param partlyDone what running jobs have done so far: the sum of the {@linkplain JobProgress#fraction fractions} that
 *     they have reported by {@link JobContext#progress}. 0 to pending; 0 if none reports, and where there is nothing
 *     but counts of outcomes, as in a {@link BatchResult} or of a stream
 */
public record BatchProgress(
        long total, long succeeded, long failed, long timedOut, long cancelled, long rejected, double partlyDone) {

    /**
     * Counts of outcomes alone; nothing is partly done.
     *
     * @param total jobs submitted in the batch
     * @param succeeded jobs that ended as {@link Outcome.Succeeded}
     * @param failed jobs that ended as {@link Outcome.Failed}
     * @param timedOut jobs that ended as {@link Outcome.TimedOut}
     * @param cancelled jobs that ended as {@link Outcome.Cancelled}
     * @param rejected jobs that ended as {@link Outcome.Rejected}
     */
    public BatchProgress(long total, long succeeded, long failed, long timedOut, long cancelled, long rejected) {
        this(total, succeeded, failed, timedOut, cancelled, rejected, 0);
    }

    /**
     * Jobs that have their outcome.
     *
     * @return the sum of the five counts
     */
    public long done() {
        return succeeded + failed + timedOut + cancelled + rejected;
    }

    /**
     * The same as {@link #done}, for what turns properties into JSON.
     *
     * @return the sum of the five counts
     */
    public long getDone() {
        return done();
    }

    /**
     * The same as {@link #pending}, for what turns properties into JSON.
     *
     * @return total − done
     */
    public long getPending() {
        return pending();
    }

    /**
     * The same as {@link #fraction}, for what turns properties into JSON.
     *
     * @return from 0 to 1
     */
    public double getFraction() {
        return fraction();
    }

    /**
     * Jobs that are queued or running.
     *
     * @return total − done
     */
    public long pending() {
        return total - done();
    }

    /**
     * How far all jobs are together, for a progress bar. A job that has just ended may be missing for some
     * milliseconds, until its outcome is counted.
     *
     * @return (done + partlyDone) / total, from 0 to 1; 1 if there are no jobs
     */
    public double fraction() {
        return total == 0 ? 1 : (done() + partlyDone) / total;
    }
}
