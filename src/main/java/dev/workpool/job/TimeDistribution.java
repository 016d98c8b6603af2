package dev.workpool.job;

import java.time.Duration;

/**
 * How long something took, over all the times that it was measured. Immutable.
 *
 * <p>Percentiles are exact to 1.6 %, count, total and maximum are those of what was measured. Where only a part is
 * measured, each measurement stands for several, and count and total are estimates.
 */
public interface TimeDistribution {

    /**
     * How many there were.
     *
     * @return 0 if nothing was measured
     */
    long count();

    /**
     * The sum of all.
     *
     * @return zero if nothing was measured
     */
    Duration total();

    /**
     * The longest that was measured.
     *
     * @return zero if nothing was measured
     */
    Duration max();

    /**
     * The time that a part of all do not exceed.
     *
     * @param phi the part, from 0 to 1: 0.99 for the 99th percentile
     * @return zero if nothing was measured
     * @throws IllegalArgumentException if {@code phi} is not from 0 to 1
     */
    Duration percentile(double phi);

    /**
     * What was measured after an earlier distribution had been taken.
     *
     * @param earlier of the same pool and the same times
     * @return the difference, whose maximum is as exact as its percentiles
     * @throws IllegalArgumentException if {@code earlier} has what this has not
     */
    TimeDistribution since(TimeDistribution earlier);

    /**
     * The average.
     *
     * @return zero if nothing was measured
     */
    default Duration mean() {
        return count() == 0 ? Duration.ZERO : total().dividedBy(count());
    }

    /**
     * The median.
     *
     * @return {@code percentile(0.5)}
     */
    default Duration p50() {
        return percentile(0.5);
    }

    /**
     * The 95th percentile.
     *
     * @return {@code percentile(0.95)}
     */
    default Duration p95() {
        return percentile(0.95);
    }

    /**
     * The 99th percentile.
     *
     * @return {@code percentile(0.99)}
     */
    default Duration p99() {
        return percentile(0.99);
    }
}
