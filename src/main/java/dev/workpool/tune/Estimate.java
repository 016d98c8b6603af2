package dev.workpool.tune;

import java.util.Arrays;

/**
 * A figure with its 95 % confidence interval. Immutable.
 *
 * <p>A figure of several rounds is their median. Its interval lies between two of the ordered rounds, the k-th from
 * below and the k-th from above, for the largest k with 1 − 2 P(B ≤ k − 1) ≥ 0.95, B being binomial with parameters n
 * and ½. It assumes no distribution, and an outlier or two move neither the figure nor, with nine rounds and more, its
 * interval. Source: J.-Y. Le Boudec, Performance Evaluation of Computer and Communication Systems, EPFL Press 2010,
 * theorem 2.1. With fewer than six rounds it reaches from the lowest to the highest and is surer of less: 94 % with
 * five, 88 % with four, 75 % with three.
 *
 * @param value the figure; NaN if it is not known
 * @param low the lower end of its interval
 * @param high the upper end
 */
public record Estimate(double value, double low, double high) {
    /** With so many rounds an interval is one of 95 %. */
    static final int ENOUGH = 6;

    private static final double CONFIDENCE = 0.95;
    private static final double Z = 1.959964; // of the normal distribution, for that confidence
    private static final Estimate UNKNOWN = new Estimate(Double.NaN, Double.NaN, Double.NaN);

    /**
     * Whether there is a figure at all: a machine may not tell.
     *
     * @return false if the value is NaN
     */
    public boolean isKnown() {
        return !Double.isNaN(value);
    }

    /** How far the interval reaches to either side, as a part of the value. */
    double relativeError() {
        return value == 0 ? 0 : (high - low) / 2 / value;
    }

    /** The median of the rounds that know it; unknown if none does. */
    static Estimate ofRounds(double... rounds) {
        double[] sorted = Arrays.stream(rounds)
                .filter(round -> !Double.isNaN(round))
                .sorted()
                .toArray();
        int n = sorted.length;
        if (n == 0) {
            return UNKNOWN;
        }
        double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        int k = rank(n);
        return new Estimate(median, sorted[k - 1], sorted[n - k]);
    }

    /** The largest k whose interval is sure enough, at least 1. */
    private static int rank(int n) {
        double term = Math.pow(0.5, n); // P(B = 0)
        double outside = term;
        int k = 0;
        while (1 - 2 * outside >= CONFIDENCE) {
            k++;
            term *= (n - k + 1.0) / k;
            outside += term;
        }
        return Math.max(1, k);
    }

    /**
     * The share of those that something is true of, with E. B. Wilson's interval (Probable inference, the law of
     * succession, and statistical inference, JASA 22, 1927), which is sensible for a share of 0 as well.
     */
    static Estimate ofShare(long hits, long all) {
        if (all == 0) {
            return UNKNOWN;
        }
        double share = (double) hits / all;
        double weight = Z * Z / all;
        double centre = (share + weight / 2) / (1 + weight);
        double reach = Z / (1 + weight) * Math.sqrt(share * (1 - share) / all + weight / all / 4);
        return new Estimate(share, hits == 0 ? 0 : centre - reach, hits == all ? 1 : centre + reach);
    }
}
