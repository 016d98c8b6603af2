package dev.workpool.tune;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Measures the jobs of one round. Thread-safe: any number of workers record, and the figures are read when all jobs
 * have ended.
 *
 * <p>Each job adds to the throughput the part of its run that lies within the round. So it matters neither where in a
 * job the round begins and ends, nor that jobs of equal length end together, and a round need not be long beside a job.
 * The times of jobs are those of all that begin within the round, also if they end after it: to take those that it
 * finds running would favour long ones.
 */
final class Gauge {
    private static final int DIGITS = 2; // significant ones: percentiles are exact to 1 %

    private final CompletableFuture<Boolean> firstJob = new CompletableFuture<>();
    private final Histogram times = new ConcurrentHistogram(DIGITS);
    private final DoubleAdder succeeded = new DoubleAdder();
    private final DoubleAdder all = new DoubleAdder();
    private final LongAdder busyNs = new LongAdder();
    private final LongAdder begun = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicReference<Throwable> firstFailure = new AtomicReference<>();
    private volatile boolean jobsCame;
    private volatile boolean open = true;

    /** When the round is; null as long as nobody knows, which is before it has begun. */
    private volatile Span span;

    private record Span(long beginNs, long endNs) {}

    /**
     * Completes when the first job is about to run: until then a pool is still being started, however busy the machine
     * is.
     */
    CompletableFuture<Boolean> firstJob() {
        return firstJob;
    }

    /**
     * Sets when the round is, in times of {@link System#nanoTime} to come.
     *
     * @param beginNs what is before is warm-up
     */
    void span(long beginNs, long endNs) {
        span = new Span(beginNs, endNs);
    }

    /** A job is about to run; false if it is not to, so that the pool is empty at once. */
    boolean begin() {
        if (!jobsCame) {
            jobsCame = true;
            firstJob.complete(true);
        }
        return open;
    }

    /** Whether jobs are wanted still. */
    boolean isOpen() {
        return open;
    }

    void close() {
        open = false;
    }

    /**
     * Records a job that has ended.
     *
     * @param failure what it threw; null if it succeeded
     */
    void record(long fromNs, long toNs, Throwable failure) {
        if (failure != null) {
            firstFailure.compareAndSet(null, failure);
        }
        Span round = span;
        if (round == null) {
            return;
        }
        long within = Math.min(toNs, round.endNs) - Math.max(fromNs, round.beginNs);
        if (within < 0) {
            return;
        }
        double part = toNs == fromNs ? 1 : (double) within / (toNs - fromNs);
        all.add(part);
        busyNs.add(within);
        if (failure == null) {
            succeeded.add(part);
        }
        if (fromNs >= round.beginNs) {
            begun.increment();
            times.recordValue(Math.max(0, toNs - fromNs));
            if (failure != null) {
                failed.increment();
            }
        }
    }

    /** The first failure that was recorded; null if there was none. */
    Throwable firstFailure() {
        return firstFailure.get();
    }

    /** What was measured. All jobs have to have ended. */
    Round read(int workers, double processors, double others) {
        double seconds = (span.endNs - span.beginNs) / 1e9;
        double busySeconds = busyNs.sum() / 1e9;
        return new Round(
                workers,
                succeeded.sum() / seconds,
                percentile(10),
                percentile(50),
                percentile(99),
                all.sum() > 0 ? busySeconds / all.sum() : Double.NaN,
                busySeconds / seconds,
                processors,
                others,
                begun.sum(),
                failed.sum());
    }

    private double percentile(double percentile) {
        return begun.sum() > 0 ? times.getValueAtPercentile(percentile) / 1e9 : Double.NaN;
    }
}
