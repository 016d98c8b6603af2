package dev.workpool.internal.limit;

import com.netflix.concurrency.limits.limit.VegasLimit;
import java.util.function.LongSupplier;

/**
 * Adapts the number of workers to the downstream service that their jobs wait for, by the time that a job takes. Used
 * on the router's thread.
 *
 * <p>The limit is {@link VegasLimit} of Netflix's concurrency-limits, which is TCP Vegas (L. S. Brakmo and L. L.
 * Peterson, IEEE Journal on Selected Areas in Communications 13(8), 1995) with a number of jobs in the place of a
 * window of packets. With N jobs out that take t each, and t₀ where nothing has to wait, N (1 − t₀ ∕ t) of them wait in
 * a queue that cannot be seen. The limit grows while these are few and shrinks when they are many. The same library's
 * gradient limit was not taken, since it takes the long-term mean for t₀, which rises under a lasting overload, and
 * does not look at drops.
 *
 * <p>What is added here: samples are means over all jobs of a window, since chunks of cheap jobs have thousands and
 * single jobs vary. A change is judged only by what has begun after it, so a round of chunks is left out first. And t₀,
 * which is the least mean that was seen, is measured anew from time to time with half of the workers, as BBR does (N.
 * Cardwell et al., ACM Queue 14(5), 2016): jobs may have become dearer in themselves. The library's own probe takes t₀
 * from a pool at full load, queue included, so each would let the limit grow by as much again.
 */
final class AdaptiveLimit implements ConcurrencyLimit {
    /** A window has so many chunks at least, as the library's own do, a round of them, and takes so long. */
    private static final int WINDOW_CHUNKS = 10;

    private static final long WINDOW_NS = 100_000_000;

    /** Two windows of fifty with half of the workers cost two hundredths of the throughput. */
    private static final int WINDOWS_UNTIL_PROBE = 50;

    /**
     * Vegas's own 2 and 4 as far as N is small; beyond that, a time of 1.2 t₀ is too little and one of 1.5 t₀ too much.
     */
    private static final int LEAST_ALPHA = 2;

    private static final int LEAST_BETA = 4;
    private static final int ALPHA_PART = 6;
    private static final int BETA_PART = 3;

    /** What is left after too much, as in the library's AIMD limit. */
    private static final double BACKOFF = 0.9;

    /** The library looks only at how times compare; a nanosecond is too coarse for jobs that take ten. */
    private static final double UNITS_PER_NS = 1_000;

    private static final long UNKNOWN = Long.MAX_VALUE;

    private final int leastSetting;
    private final LongSupplier clock;

    private int least;
    private int most;
    private VegasLimit limit;
    private boolean probing;

    /** t₀ in the library's units. */
    private long noLoad = UNKNOWN;

    /** The window: when it began, chunks that are not counted before it, chunks in it, and what these were. */
    private long begunNs;

    private int toSkip;
    private int chunks;
    private double jobs;
    private double elapsedNs;
    private boolean allBusy;

    /** Full windows at full load since t₀ was measured. */
    private int windows;

    /** Ends and reports to come until the next report of an overload is news. */
    private long oldNews;

    /**
     * A limit that has heard nothing yet.
     *
     * @param least the fewest workers: 1 or more
     * @param most the most workers: {@code least} or more
     * @param first how many there are at first, as far as the bounds let them
     * @param clock nanoseconds from any origin
     */
    AdaptiveLimit(int least, int most, int first, LongSupplier clock) {
        this.leastSetting = least;
        this.least = least;
        this.most = most;
        this.clock = clock;
        startLimit(first);
        beginWindow(0);
    }

    @Override
    public int workers() {
        return probing ? Math.max(least, limit.getLimit() / 2) : limit.getLimit();
    }

    @Override
    public int fewest() {
        return least;
    }

    @Override
    public int most() {
        return most;
    }

    /** The number stays if it is within the new bounds, and what has been learnt is kept. */
    @Override
    public void bound(int newMost) {
        int before = workers();
        most = newMost;
        least = Math.min(leastSetting, newMost);
        startLimit(limit.getLimit());
        if (workers() != before) {
            beginWindow(before);
        }
    }

    @Override
    public void ended(int someJobs, long someNs, boolean regular, boolean wereAllBusy) {
        oldNews = Math.max(0, oldNews - 1);
        if (toSkip > 0) {
            toSkip--;
            begunNs = clock.getAsLong();
            return;
        }
        allBusy |= wereAllBusy;
        if (!regular) {
            return;
        }
        chunks++;
        jobs += someJobs;
        elapsedNs += someNs;
        if (chunks >= Math.max(WINDOW_CHUNKS, workers()) && clock.getAsLong() - begunNs >= WINDOW_NS) {
            judge(Math.max(1, (long) (elapsedNs * UNITS_PER_NS / jobs)));
        }
    }

    private void judge(long time) {
        int before = workers();
        if (probing) {
            probing = false;
            windows = 0;
            noLoad = time;
            startLimit(limit.getLimit());
        } else {
            // Where not all workers were busy nothing is known of how it would be with more of them.
            limit.onSample(0, time, allBusy ? limit.getLimit() : 0, false);
            noLoad = Math.min(noLoad, time);
            windows += allBusy ? 1 : 0;
            probing = windows >= WINDOWS_UNTIL_PROBE;
        }
        beginWindow(workers() == before ? 0 : before);
    }

    /** Acted upon at once, and not again until as many jobs as were out by then may have ended and reported. */
    @Override
    public void overloaded() {
        if (oldNews > 0) {
            oldNews--;
            return;
        }
        int before = workers();
        limit.onSample(0, UNKNOWN, before, true);
        oldNews = 2L * before;
        beginWindow(before);
    }

    private void beginWindow(int chunksToSkip) {
        begunNs = clock.getAsLong();
        toSkip = chunksToSkip;
        chunks = 0;
        jobs = 0;
        elapsedNs = 0;
        allBusy = false;
    }

    private void startLimit(int first) {
        limit = VegasLimit.newBuilder()
                .initialLimit(Math.max(least, Math.min(most, first)))
                .maxConcurrency(most)
                .alphaFunction(it -> Math.max(LEAST_ALPHA, it / ALPHA_PART))
                .betaFunction(it -> Math.max(LEAST_BETA, it / BETA_PART))
                .decreaseFunction(it -> Math.max(least, Math.min(it - 1, it * BACKOFF)))
                .probeMultiplier(Integer.MAX_VALUE)
                .build();
        // The first sample is taken for t₀, whatever else it says: so a drop can be the first that is really heard.
        limit.onSample(0, noLoad, 0, false);
    }
}
