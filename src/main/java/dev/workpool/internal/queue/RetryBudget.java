package dev.workpool.internal.queue;

/**
 * Limits the retries of the whole pool, so that they do not multiply an outage: for every job a share of a retry, which
 * can be spent for 10 s, and a minimum per second, which adds up for 10 s and is there however few jobs there are. In
 * the manner of Finagle's RetryBudget; but there, retries that were paid for by jobs can use up the minimum of the next
 * 10 s.
 *
 * <p>So from any moment to any later one, retries ≤ share × jobs of that time and the 10 s before + minimum × (that
 * time + 10 s). Starts with the minimum of 10 s. Time is a reading of any clock that does not go back. Used by one
 * thread.
 */
final class RetryBudget {
    private static final int MOST_RETRIES_PER_JOB = 1_000;
    private static final int SLICES = 10;
    private static final long SLICE_NS = 1_000_000_000; // a second

    /** Sums of shares come out a little short of a whole. */
    private static final double ONE = 1 - 1e-9;

    private final double ratio;
    private final double minPerSecond;
    private final double mostReserve;

    /** What the jobs of each of the last seconds have paid in and no retry has spent; a ring. */
    private final double[] paid = new double[SLICES];

    private int current;
    private long sliceNs; // since when it is the current one

    private double reserve;
    private long seenNs;

    /**
     * Makes a budget.
     *
     * @param ratio retries for each job: 0 to 1000
     * @param minPerSecond retries for each second besides: 0 or more; where it is above 0, one retry at least adds up
     * @param nowNs the time
     */
    RetryBudget(double ratio, double minPerSecond, long nowNs) {
        boolean ratioAllowed = ratio >= 0 && ratio <= MOST_RETRIES_PER_JOB;
        if (!ratioAllowed) {
            throw new IllegalArgumentException(
                    "retries per job = " + ratio + "; allowed: 0 to " + MOST_RETRIES_PER_JOB);
        }
        boolean minAllowed = minPerSecond >= 0;
        if (!minAllowed) {
            throw new IllegalArgumentException("min retries per second = " + minPerSecond + "; allowed: 0 or more");
        }
        this.ratio = ratio;
        this.minPerSecond = minPerSecond;
        this.mostReserve = minPerSecond > 0 ? Math.max(1, minPerSecond * SLICES) : 0;
        this.reserve = mostReserve;
        this.sliceNs = nowNs;
        this.seenNs = nowNs;
    }

    /** A budget that grants every retry: its reserve is infinite. */
    static RetryBudget unlimited() {
        return new RetryBudget(0, Double.POSITIVE_INFINITY, 0);
    }

    /** Takes in the share of jobs that have ended. */
    void deposit(long jobs, long nowNs) {
        advance(nowNs);
        paid[current] += ratio * jobs;
    }

    /** Whether one more retry may be made; if so, it is paid for. */
    boolean withdraw(long nowNs) {
        advance(nowNs);
        if (sum() >= ONE) {
            spendOldest();
            return true;
        }
        if (reserve >= ONE) {
            reserve -= 1;
            return true;
        }
        return false;
    }

    private double sum() {
        double sum = 0;
        for (double each : paid) {
            sum += each;
        }
        return sum;
    }

    private void spendOldest() {
        double left = 1;
        for (int age = SLICES - 1; age >= 0 && left > 0; age--) {
            int slice = Math.floorMod(current - age, SLICES);
            double spent = Math.min(left, paid[slice]);
            paid[slice] -= spent;
            left -= spent;
        }
    }

    private void advance(long nowNs) {
        long passedNs = Math.max(0, nowNs - seenNs);
        if (passedNs == 0) {
            return; // and an infinite minimum times 0 would be no number
        }
        seenNs += passedNs;
        reserve = Math.min(mostReserve, reserve + minPerSecond * passedNs / SLICE_NS);
        long slices = (seenNs - sliceNs) / SLICE_NS;
        for (int i = 0; i < Math.min(slices, SLICES); i++) {
            current = (current + 1) % SLICES;
            paid[current] = 0;
        }
        sliceNs += slices * SLICE_NS;
    }
}
