package dev.workpool.internal.gauge;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts times by their length, in an array of logarithmic rows of linear buckets, as HdrHistogram does. A power of two
 * has 32 buckets, so the middle of one is at most 1.6 % off.
 *
 * <p>One thread at a time records, any may read meanwhile: what it sees of a record may be a part. Recording is two
 * plain additions, and takes no lock. Rows are made when a time first falls into them, since most of what a worker does
 * takes similar times.
 */
final class TimeHistogram {
    private static final VarHandle ROW = MethodHandles.arrayElementVarHandle(long[][].class);
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle TOTAL_NS;
    private static final VarHandle MAX_NS;

    static {
        try {
            TOTAL_NS = MethodHandles.lookup().findVarHandle(TimeHistogram.class, "totalNs", double.class);
            MAX_NS = MethodHandles.lookup().findVarHandle(TimeHistogram.class, "maxNs", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static final int BUCKET_BITS = 5;
    static final int BUCKETS = 1 << BUCKET_BITS;

    /** The first row has the times below 32 ns one by one; each other has those of a power of two. */
    static final int ROWS = Long.SIZE - BUCKET_BITS;

    private final long[][] rows = new long[ROWS][];

    /** A long would overflow after some years of many workers. */
    private double totalNs;

    private long maxNs;

    /**
     * Counts a time. For one thread at a time.
     *
     * @param ns a negative one, which a clock should not bring about, counts as 0
     * @param weight how many it stands for
     */
    void record(long ns, long weight) {
        long time = Math.max(0, ns);
        int row = row(time);
        long[] counts = rows[row];
        if (counts == null) {
            counts = new long[BUCKETS];
            ROW.setRelease(rows, row, counts);
        }
        int bucket = bucket(time, row);
        COUNT.setOpaque(counts, bucket, (long) COUNT.get(counts, bucket) + weight);
        TOTAL_NS.setOpaque(this, totalNs + (double) time * weight);
        if (time > maxNs) {
            MAX_NS.setOpaque(this, time);
        }
    }

    /** Adds what has been recorded. For any thread. */
    void addTo(TimeHistogram sum) {
        for (int row = 0; row < ROWS; row++) {
            long[] counts = (long[]) ROW.getAcquire(rows, row);
            if (counts != null) {
                long[] sums = sum.rows[row] == null ? new long[BUCKETS] : sum.rows[row];
                for (int i = 0; i < BUCKETS; i++) {
                    sums[i] += (long) COUNT.getOpaque(counts, i);
                }
                ROW.setRelease(sum.rows, row, sums);
            }
        }
        sum.totalNs += (double) TOTAL_NS.getOpaque(this);
        sum.maxNs = Math.max(sum.maxNs, (long) MAX_NS.getOpaque(this));
    }

    /** {@return what has been recorded, if nobody records any more} */
    MeasuredTimes toDistribution() {
        return new MeasuredTimes(rows, totalNs, maxNs);
    }

    private static int row(long time) {
        return Math.max(0, Long.SIZE - BUCKET_BITS - Long.numberOfLeadingZeros(time));
    }

    private static int bucket(long time, int row) {
        return (int) (row == 0 ? time : (time >>> (row - 1)) & (BUCKETS - 1));
    }

    /** The time in the middle of a bucket. */
    static long middleNs(int row, int bucket) {
        if (row == 0) {
            return bucket;
        }
        long width = 1L << (row - 1);
        return ((long) BUCKETS + bucket) * width + width / 2;
    }
}
