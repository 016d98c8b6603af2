package dev.workpool.durable.internal.work;

/**
 * Decides how many jobs a process holds: those that its workers run in a time, by how many they have run lately. Pure;
 * times are nanoseconds.
 */
final class ClaimSize {
    /** How much a window weighs that is as long as this; one that is longer weighs more. */
    private static final double MEMORY_NS = 300e6;

    private static final long FEW_NS = 1_000_000_000L;

    private final double aheadNs;
    private final int most;
    private int workers;
    private double jobsPerNs;
    private long fewSinceNs = System.nanoTime() - FEW_NS;

    /**
     * Knows what a job costs from before, or not.
     *
     * @param aheadNs for how long the held jobs should last
     * @param workers of the pool
     * @param most jobs that are ever held
     * @param firstJobs held until something is known
     * @param costNs what a job costs a worker; 0 if it is not known
     */
    ClaimSize(long aheadNs, int workers, int most, int firstJobs, long costNs) {
        this.aheadNs = aheadNs;
        this.workers = workers;
        this.most = most;
        this.jobsPerNs = costNs > 0 ? (double) workers / costNs : firstJobs / (double) aheadNs;
    }

    /** The pool has so many now. */
    void setWorkers(int number) {
        workers = number;
    }

    private int fewest() {
        return (int) Math.min(most, 2L * workers);
    }

    /**
     * Tells what was done in a time.
     *
     * @param jobs how many were settled
     * @param elapsedNs in how long
     * @param wasShort whether the workers had nothing to do for a part of it; then they could have done more
     */
    void onWindow(long jobs, long elapsedNs, boolean wasShort) {
        double seen = (double) jobs / Math.max(1, elapsedNs);
        if (wasShort) {
            jobsPerNs = Math.max(jobsPerNs, 2 * seen);
            return;
        }
        double weight = elapsedNs / (elapsedNs + MEMORY_NS);
        jobsPerNs += weight * (seen - jobsPerNs);
    }

    /**
     * Jobs turn out to take long, or others want them: holds few, until it is seen that more are needed. That is given a
     * second each time.
     */
    void holdFew(long nowNs) {
        if (nowNs - fewSinceNs > FEW_NS) {
            fewSinceNs = nowNs;
            jobsPerNs = Math.min(jobsPerNs, fewest() / aheadNs);
        }
    }

    /** How many jobs to hold. */
    int target() {
        return target(workers);
    }

    /** How many jobs to hold, if only so many run at a time. */
    int target(int running) {
        return (int) Math.max((int) Math.min(fewest(), 2L * Math.max(1, running)), Math.min(most, jobsPerNs * aheadNs));
    }

    /** How many jobs, given now, begin within a time; at least as many as there are workers. */
    int begunWithin(long ns) {
        return (int) Math.max(workers, Math.min(most, jobsPerNs * ns));
    }

    /** What a job costs a worker, in nanoseconds; 0 if nothing was seen. */
    long costNs() {
        return jobsPerNs <= 0 ? 0 : (long) (workers / jobsPerNs);
    }
}
