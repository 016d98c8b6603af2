package dev.workpool.internal.gauge;

import dev.workpool.job.TimeDistribution;
import java.time.Duration;

/** The distribution that a {@link TimeHistogram} has recorded. Immutable: nobody else has its arrays. */
final class MeasuredTimes implements TimeDistribution {
    private final long[][] rows;
    private final double totalNs;
    private final long maxNs;
    private final long count;

    MeasuredTimes(long[][] rows, double totalNs, long maxNs) {
        this.rows = rows;
        this.totalNs = totalNs;
        this.maxNs = maxNs;
        long sum = 0;
        for (long[] row : rows) {
            for (int i = 0; row != null && i < row.length; i++) {
                sum += row[i];
            }
        }
        this.count = sum;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public Duration total() {
        return Duration.ofNanos((long) totalNs);
    }

    @Override
    public Duration max() {
        return Duration.ofNanos(maxNs);
    }

    /** The nearest rank, as in R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", 1996, type 1. */
    @Override
    public Duration percentile(double phi) {
        if (!(phi >= 0 && phi <= 1)) {
            throw new IllegalArgumentException("phi = " + phi + "; allowed: 0 to 1, as 0.99 for the 99th percentile");
        }
        long rank = Math.max(1, (long) Math.ceil(phi * count));
        long seen = 0;
        for (int row = 0; row < rows.length; row++) {
            for (int i = 0; rows[row] != null && i < rows[row].length; i++) {
                seen += rows[row][i];
                if (seen >= rank) {
                    return Duration.ofNanos(Math.min(maxNs, TimeHistogram.middleNs(row, i)));
                }
            }
        }
        return Duration.ZERO;
    }

    @Override
    public TimeDistribution since(TimeDistribution earlier) {
        if (!(earlier instanceof MeasuredTimes before)) {
            throw new IllegalArgumentException(
                    "earlier = " + earlier + "; allowed: what an earlier snapshot of the same pool has");
        }
        long[][] rest = new long[rows.length][];
        long longestNs = 0;
        for (int row = 0; row < rows.length; row++) {
            rest[row] = difference(rows[row], before.rows[row]);
            for (int i = 0; rest[row] != null && i < rest[row].length; i++) {
                if (rest[row][i] < 0) {
                    throw new IllegalArgumentException("earlier = " + earlier + "; allowed: what is in " + this);
                }
                longestNs = rest[row][i] > 0 ? TimeHistogram.middleNs(row, i) : longestNs;
            }
        }
        return new MeasuredTimes(rest, Math.max(0, totalNs - before.totalNs), Math.min(maxNs, longestNs));
    }

    private static long[] difference(long[] row, long[] before) {
        if (before == null) {
            return row;
        }
        long[] rest = row == null ? new long[before.length] : row.clone();
        for (int i = 0; i < rest.length; i++) {
            rest[i] -= before[i];
        }
        return rest;
    }

    @Override
    public String toString() {
        return "TimeDistribution[count=" + count + ", mean=" + mean() + ", p50=" + p50() + ", p95=" + p95() + ", p99="
                + p99() + ", max=" + max() + "]";
    }
}
