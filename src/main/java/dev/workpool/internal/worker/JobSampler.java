package dev.workpool.internal.worker;

/**
 * Decides which jobs of a runner are measured. Confined to the runner, one thread at a time.
 *
 * <p>Reading a clock takes some 25 ns. So every job is measured where jobs take 3 µs or more, which costs 1 %, and
 * otherwise one of 64 or more, which then stands for all of them. Which one it is moves on from one 64 to the next,
 * since jobs may have a rhythm of their own.
 */
final class JobSampler {
    /** From here on each job is measured. */
    private static final long WORTH_NS = 3_000;

    /** Of fewer jobs that come together each is measured: that costs little beside the message that brings them. */
    private static final int FEW = 8;

    /** Odd, so that every place has its turn. */
    private static final int MOVE = 37;

    /** Of how many cheap jobs one is measured; a power of two. */
    private final int sample;

    /** Whether the jobs before were cheap. */
    private boolean cheap;

    /** Whether only some jobs are measured. */
    private boolean samples;

    /** How many jobs are not measured before the next, where only some are. */
    private int unmeasured;

    /** The place of the next one that is measured among its 64. */
    private int place;

    JobSampler(int sample) {
        this.sample = sample;
    }

    /**
     * Jobs are about to begin that have come together. Gives how many are not measured before the first that is.
     *
     * @param jobs how many
     */
    int begins(int jobs) {
        samples = cheap && jobs >= FEW;
        return samples ? unmeasured : 0;
    }

    /** For how many jobs one that is measured stands. */
    int weight() {
        return samples ? sample : 1;
    }

    /** One has been measured. Gives how many are not before the next. */
    int skip() {
        if (!samples) {
            return 0;
        }
        int next = (place + MOVE) % sample;
        int skipped = sample - 1 - place + next;
        place = next;
        return skipped;
    }

    /**
     * Some jobs have been run, from which the next will hardly differ.
     *
     * @param elapsedNs how long they took together
     * @param jobs how many
     * @param left how many were still not to be measured
     */
    void ran(long elapsedNs, int jobs, int left) {
        boolean before = cheap;
        cheap = elapsedNs < WORTH_NS * jobs;
        if (samples) {
            unmeasured = left;
        }
        if (cheap && !before) {
            unmeasured = place;
        }
    }
}
