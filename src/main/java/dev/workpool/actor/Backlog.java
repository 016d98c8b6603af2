package dev.workpool.actor;

import dev.workpool.BatchProgress;
import dev.workpool.Outcome;
import dev.workpool.PoolStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Every job that was accepted and has no outcome yet, and the count of those that have one. Of the dispatcher's thread.
 *
 * <p>Single jobs are one open-ended batch, with the id {@link #SINGLES}.
 */
final class Backlog<J, R> {
    static final long SINGLES = 0;

    /** Makes the collector of a batch. */
    @FunctionalInterface
    interface Collectors<R> {
        Slice.BatchRef<R> spawn(long batchId, Ledger<R> ledger);
    }

    private final Collectors<R> collectors;
    private final Executor callbacks;
    private final LongSupplier clock;

    private final JobQueue<Slice<R>> queue;
    private final Map<Long, BatchEntry<J, R>> batches = new LinkedHashMap<>();
    private final SinglesQueue<J, R> singles;
    private final SinglesLedger<J, R> singlesLedger;
    private BatchProgress singlesProgress = new BatchProgress(0, 0, 0, 0, 0, 0);
    private boolean singlesCancelled;
    private boolean anyCancelRequested;
    private long lastBatchId = SINGLES;

    private final Tally tally = new Tally();

    /** Jobs that are not granted. */
    private long queued;

    /**
     * An empty backlog.
     *
     * @param ageingNs see {@link JobQueue}
     * @param clock nanoseconds from any origin
     * @param callbacks runs users' code
     * @param collectors make the collectors
     */
    Backlog(long ageingNs, LongSupplier clock, Executor callbacks, Collectors<R> collectors) {
        this.queue = new JobQueue<>(ageingNs);
        this.clock = clock;
        this.callbacks = callbacks;
        this.collectors = collectors;
        this.singlesLedger = new SinglesLedger<>(callbacks);
        this.singles = new SinglesQueue<>(collectors.spawn(SINGLES, singlesLedger), singlesLedger);
    }

    long queued() {
        return queued;
    }

    boolean isEmpty() {
        return tally.open() == 0;
    }

    PoolStats stats(String name, Router.Census census) {
        return tally.stats(name, census);
    }

    void accept(Single<J, R> single) {
        tally.accept(1);
        enqueue(singles);
        singles.add(single);
        queued++;
    }

    /** Called before something is added to a source. */
    private void enqueue(BatchSource<R> source) {
        if (source.queued() == 0) {
            queue.remove(each -> each == source); // cancelling may have left it there empty
            queue.add(source, clock.getAsLong());
        }
    }

    void accept(BatchSubmission<J, R> submission) {
        long id = ++lastBatchId;
        BatchLedger<J, R> ledger = new BatchLedger<>(submission, callbacks);
        BatchEntry<J, R> entry = new BatchEntry<>(collectors.spawn(id, ledger), submission, ledger);
        batches.put(id, entry);
        queue.add(entry, clock.getAsLong());
        tally.accept(submission.size());
        queued += submission.size();
    }

    void reject(long jobs) {
        tally.reject(jobs);
    }

    /** The next jobs to grant, at most so many, or null. */
    Slice<R> next(long wanted) {
        Slice<R> slice = queue.next(wanted, clock.getAsLong());
        if (slice != null) {
            queued -= slice.size();
        }
        return slice;
    }

    /**
     * Jobs that were granted and not begun are queued again, unless they were cancelled on their way.
     *
     * <p>Their batch's next turn does not come sooner for them: they come back because jobs turned out to be dear, and others would
     * wait for a turn that was sized when they seemed cheap.
     */
    void giveBack(Slice<R> slice) {
        long batchId = slice.batch().id();
        BatchEntry<J, R> entry = batches.get(batchId);
        if (batchId == SINGLES ? singlesCancelled : entry.cancelled) {
            settle(slice);
            return;
        }
        BatchSource<R> source = batchId == SINGLES ? singles : entry;
        enqueue(source);
        source.returned().giveBack(slice);
        queued += slice.size();
        if (batchId == SINGLES && anyCancelRequested) {
            cancelRequestedOf(slice);
        }
    }

    private void cancelRequestedOf(Slice<R> returned) {
        for (long index = returned.first(); index < returned.first() + returned.size(); index++) {
            Single<J, R> single = singlesLedger.at(index);
            if (single != null && single.cancelRequested) {
                cancelReturned(index);
            }
        }
    }

    /**
     * Cancels a single job if it is queued.
     *
     * @return whether it is not, but was granted
     */
    boolean cancelUnlessGranted(Single<J, R> single) {
        if (singles.cancel(single)) {
            queued--;
            settle(List.of(single));
            return false;
        }
        if (single.index == Single.QUEUED || cancelReturned(single.index)) {
            return false;
        }
        single.cancelRequested = true;
        anyCancelRequested = true;
        return true;
    }

    private boolean cancelReturned(long index) {
        Slice<R> returned = singles.returned().removeJob(SINGLES, index);
        if (returned == null) {
            return false;
        }
        queued--;
        settle(returned);
        return true;
    }

    /** Jobs that were never begun, and that a ledger knows of, become cancelled. */
    private static <R> void settle(Slice<R> slice) {
        slice.batch().collector().tell(new Collector.Settle<>(slice.first(), slice.size(), new Outcome.Cancelled<>(0)));
    }

    /**
     * Cancels the queued jobs of batches.
     *
     * @return the batches' ids
     */
    List<Long> cancel(Predicate<BatchSubmission<J, R>> which) {
        List<Long> ids = new ArrayList<>();
        for (BatchEntry<J, R> entry : batches.values()) {
            if (which.test(entry.submission)) {
                queued -= entry.queued();
                entry.cancelled = true;
                while (entry.queued() > 0) {
                    settle(entry.take(Integer.MAX_VALUE));
                }
                queue.remove(source -> source == entry);
                ids.add(entry.batch.id());
            }
        }
        return ids;
    }

    /** Cancels the queued single jobs; a pool that does so takes no more. */
    void cancelSingles() {
        singlesCancelled = true;
        queued -= singles.returned().jobs();
        while (!singles.returned().isEmpty()) {
            settle(singles.returned().take(Integer.MAX_VALUE));
        }
        List<Single<J, R>> cancelled = new ArrayList<>();
        for (Single<J, R> single = singles.poll(); single != null; single = singles.poll()) {
            cancelled.add(single);
        }
        queued -= cancelled.size();
        settle(cancelled);
    }

    private void settle(List<Single<J, R>> cancelled) {
        tally.cancelQueued(cancelled.size());
        Settlement.start(cancelled, single -> new Outcome.Cancelled<>(0), callbacks);
    }

    /**
     * Takes in what a collector tells.
     *
     * @return the batch, if that has completed it
     */
    Optional<Slice.BatchRef<R>> update(long batchId, BatchProgress now) {
        if (batchId == SINGLES) {
            tally.add(singlesProgress, now);
            singlesProgress = now;
            return Optional.empty();
        }
        BatchEntry<J, R> entry = batches.get(batchId);
        if (entry == null) {
            return Optional.empty(); // complete before; what its collector has heard since were repetitions
        }
        tally.add(entry.progress, now);
        entry.progress = now;
        if (now.pending() > 0) {
            return Optional.empty();
        }
        batches.remove(batchId);
        return Optional.of(entry.batch);
    }

    /** Settles everything that is open without the collectors, whose actors are gone. */
    void settleAll() {
        for (BatchEntry<J, R> entry : batches.values()) {
            tally.add(entry.progress, entry.settleAll());
        }
        batches.clear();
        while (!singles.returned().isEmpty()) {
            Slice<R> slice = singles.returned().take(Integer.MAX_VALUE);
            singlesLedger.settle(slice.first(), slice.size(), new Outcome.Cancelled<>(0));
        }
        cancelSingles();
        singlesLedger.settleRest(new Outcome.Cancelled<>(1));
        update(SINGLES, singlesLedger.progress());
    }
}
