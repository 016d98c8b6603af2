package dev.workpool.internal.dispatcher;

import dev.workpool.internal.batch.BatchEntry;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.queue.QueuedJobs;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.Steps;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.settings.BatchOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Withholds jobs from the queue until they may begin: after a batch's delay, or one after another, as its hedge says.
 * Confined to the dispatcher's thread.
 */
final class DelayedStarts<J, R> {
    private static final int STEPS_TO_RELEASE = 4;

    private final QueuedJobs<R> queued;
    private final LongSupplier clock;
    private final JobTimes times;

    /** Those that are not complete, by their id. */
    private final Map<Long, BatchEntry<J, R>> open = new HashMap<>();

    private final TimerQueue<BatchEntry<J, R>> releases = new TimerQueue<>();
    private long withheld;

    DelayedStarts(QueuedJobs<R> queued, LongSupplier clock, JobTimes times) {
        this.times = times;
        this.queued = queued;
        this.clock = clock;
    }

    /** Jobs that are in no queue yet, and take a place in the pool's nevertheless. */
    long withheld() {
        return withheld;
    }

    /** Takes in a new batch that is about to be queued, and withholds the jobs that may not begin yet. */
    void accept(BatchEntry<J, R> entry) {
        BatchOptions options = entry.submission().options();
        if (options.delay().isZero() && options.hedge().isEmpty()) {
            return;
        }
        open.put(entry.batch.id(), entry);
        entry.withhold();
        if (options.delay().isZero()) {
            entry.release(1);
        } else {
            releaseAfter(entry, options.delay());
        }
        withheld += entry.withheld();
    }

    private void releaseAfter(BatchEntry<J, R> entry, Duration delay) {
        entry.release = releases.add(entry, clock.getAsLong() + delay.toNanos());
    }

    /** The next competitor, or all jobs of a batch that has none. */
    private void releaseNext(BatchEntry<J, R> entry) {
        release(entry, entry.submission().options().hedge().isPresent() ? 1 : entry.withheld());
    }

    private void release(BatchEntry<J, R> entry, long jobs) {
        long before = entry.queued();
        withheld -= entry.withheld();
        entry.release(jobs);
        entry.queuedNs = times.nowIfOnNs();
        withheld += entry.withheld();
        queued.changed(entry, before);
    }

    /** Jobs are about to begin: the next competitor's time runs from now on. */
    void granted(Slice<R> slice) {
        BatchEntry<J, R> entry = open.isEmpty() ? null : open.get(slice.batch().id());
        if (entry != null && entry.withheld() > 0 && entry.fresh() == 0 && entry.release == null) {
            Optional<Duration> hedge = entry.submission().options().hedge();
            hedge.ifPresent(delay -> releaseAfter(entry, delay));
        }
    }

    /** Jobs have their outcome: for each that did not succeed another competitor may begin. */
    void progressed(long batchId) {
        BatchEntry<J, R> entry = open.isEmpty() ? null : open.get(batchId);
        if (entry == null) {
            return;
        }
        long failures = entry.progress.done() - entry.progress.succeeded();
        long more = failures - entry.failures;
        entry.failures = failures;
        boolean competes = entry.submission().options().hedge().isPresent() && entry.hasReleased();
        if (more > 0
                && competes
                && entry.withheld() > 0) { // what fails before the delay is over was run by its submitter
            endTimer(entry);
            release(entry, more);
        }
    }

    private void endTimer(BatchEntry<J, R> entry) {
        if (entry.release != null) {
            releases.remove(entry.release);
            entry.release = null;
        }
    }

    /**
     * A batch is complete, or is being stopped, and out of the queue: what is withheld of it is to be settled with the
     * rest.
     */
    void forget(long batchId) {
        BatchEntry<J, R> entry = open.remove(batchId);
        if (entry != null) {
            endTimer(entry);
            withheld -= entry.withheld();
            entry.release(entry.withheld());
        }
    }

    long nextDueNs() {
        return releases.nextDueNs();
    }

    /** Releases the jobs that are due, and tells whether that is all of them. */
    boolean releaseDue(long nowNs, Steps steps) {
        while (releases.isDue(nowNs)) {
            if (!steps.take(STEPS_TO_RELEASE)) {
                return false;
            }
            BatchEntry<J, R> entry = releases.removeFirst();
            entry.release = null;
            releaseNext(entry);
        }
        return true;
    }

    /** Queues the jobs that wait for time to pass when none passes, for whoever is going to cancel them. */
    List<BatchEntry<J, R>> releaseWaiting() {
        List<BatchEntry<J, R>> waiting = new ArrayList<>();
        BatchEntry<J, R> entry;
        while ((entry = releases.removeFirst()) != null) {
            entry.release = null;
            release(entry, entry.withheld());
            waiting.add(entry);
        }
        return waiting;
    }
}
