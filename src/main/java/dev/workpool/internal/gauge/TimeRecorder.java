package dev.workpool.internal.gauge;

/** Records how long the jobs of one runner take and wait. One thread at a time records. */
public final class TimeRecorder {
    final TimeHistogram durations = new TimeHistogram();
    final TimeHistogram waits = new TimeHistogram();

    /** Only {@link JobTimes} makes one. */
    TimeRecorder() {}

    /**
     * A job has run.
     *
     * @param ns for how long
     * @param jobs how many it stands for
     */
    public void ran(long ns, int jobs) {
        durations.record(ns, jobs);
    }

    /**
     * Jobs have waited before they began.
     *
     * @param ns for how long
     * @param jobs how many
     */
    public void waited(long ns, int jobs) {
        waits.record(ns, jobs);
    }
}
