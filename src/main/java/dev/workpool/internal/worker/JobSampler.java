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

    /** Odd, so that every place has its turn. */
    private static final int MOVE = 37;

    /** Of how many cheap jobs one is measured; a power of two. */
    private final int sample;

    private boolean samples;

    /** Jobs until the next that is measured, and the place of that among its 64. */
    private int untilNext;

    private int place;

    JobSampler(int sample) {
        this.sample = sample;
    }

    /** Whether only some jobs are measured. */
    boolean samples() {
        return samples;
    }

    /** For how many jobs one that is measured stands. */
    int weight() {
        return samples ? sample : 1;
    }

    /** Whether the next job is measured. */
    boolean isNext() {
        if (!samples) {
            return true;
        }
        if (--untilNext > 0) {
            return false;
        }
        int next = (place + MOVE) % sample;
        untilNext = sample - place + next;
        place = next;
        return true;
    }

    /**
     * Some jobs have been run, from which the next will hardly differ.
     *
     * @param elapsedNs how long they took together
     * @param jobs how many
     */
    void ran(long elapsedNs, int jobs) {
        boolean worth = elapsedNs >= WORTH_NS * jobs;
        if (!worth && !samples) {
            untilNext = place + 1;
        }
        samples = !worth;
    }
}
