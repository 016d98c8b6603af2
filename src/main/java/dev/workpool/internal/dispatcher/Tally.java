package dev.workpool.internal.dispatcher;

import dev.workpool.internal.collector.Counts;
import dev.workpool.internal.collector.PackedOutcome;
import dev.workpool.internal.gauge.PoolGauges.OfDispatcher;
import dev.workpool.internal.gauge.PublishedNumbers;
import dev.workpool.internal.router.Router;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;

/** Counts the jobs that a pool has accepted, and their outcomes. Confined to the dispatcher's thread. */
final class Tally {
    private static final BatchProgress NONE = new BatchProgress(0, 0, 0, 0, 0, 0);

    private long accepted;
    private long rejected;
    private long rejectedBySubmitters;
    private long retries;
    private long succeeded;
    private long failed;
    private long timedOut;
    private long cancelled;

    void accept(long jobs) {
        accepted += jobs;
    }

    void reject(long jobs) {
        rejected += jobs;
    }

    /** Jobs that found no room and were rejected by their submitters. */
    void rejectedBySubmitters(long jobs) {
        rejected += jobs;
        rejectedBySubmitters += jobs;
    }

    void retry() {
        retries++;
    }

    /** Publishes the counts, among other numbers. */
    void publish(PublishedNumbers<OfDispatcher> numbers) {
        numbers.set(OfDispatcher.ACCEPTED, accepted);
        numbers.set(OfDispatcher.SUCCEEDED, succeeded);
        numbers.set(OfDispatcher.FAILED, failed);
        numbers.set(OfDispatcher.TIMED_OUT, timedOut);
        numbers.set(OfDispatcher.CANCELLED, cancelled);
        numbers.set(OfDispatcher.REJECTED, rejected - rejectedBySubmitters);
        numbers.set(OfDispatcher.RETRIES, retries);
    }

    /** Takes in jobs that all ended alike. */
    void settle(int jobs, Outcome<?> outcome) {
        Counts counts = new Counts();
        counts.add(PackedOutcome.of(outcome), jobs);
        add(NONE, counts.progress(jobs));
    }

    /** Adds the jobs that have come since the last call. */
    void add(BatchProgress before, BatchProgress now) {
        succeeded += now.succeeded() - before.succeeded();
        failed += now.failed() - before.failed();
        timedOut += now.timedOut() - before.timedOut();
        cancelled += now.cancelled() - before.cancelled();
        long dropped = now.rejected() - before.rejected();
        accepted -= dropped; // as if they had never been
        rejected += dropped;
    }

    /** Accepted jobs that have no outcome yet. */
    long open() {
        return accepted - succeeded - failed - timedOut - cancelled;
    }

    /**
     * A snapshot that adds up.
     *
     * @param name the pool's
     * @param census what the router last said; some of what ran then may have ended since
     * @return the statistics
     */
    PoolStats stats(String name, Router.Census census) {
        long running = Math.min(census.running(), open());
        return new PoolStats(
                name,
                census.workers(),
                accepted,
                succeeded,
                failed,
                timedOut,
                cancelled,
                open() - running,
                running,
                rejected,
                census.abandoned());
    }
}
