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

    private final JobQueue<Slice<R>> queue = new JobQueue<>();
    private final Map<Long, BatchEntry<J, R>> batches = new LinkedHashMap<>();
    private final SinglesQueue<J, R> singles;
    private final SinglesLedger<J, R> singlesLedger;
    private BatchProgress singlesProgress = new BatchProgress(0, 0, 0, 0, 0, 0);
    private long lastBatchId = SINGLES;

    private final Tally tally = new Tally();

    /** Jobs that are not granted. */
    private long queued;

    Backlog(Executor callbacks, Collectors<R> collectors) {
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
        queued++;
        if (singles.queued() == 0) {
            queue.remove(source -> source == singles); // cancelling may have left it there empty
            queue.add(singles);
        }
        singles.add(single);
    }

    void accept(BatchSubmission<J, R> submission) {
        long id = ++lastBatchId;
        BatchLedger<J, R> ledger = new BatchLedger<>(submission, callbacks);
        BatchEntry<J, R> entry = new BatchEntry<>(collectors.spawn(id, ledger), submission, ledger);
        batches.put(id, entry);
        queue.add(entry);
        tally.accept(submission.size());
        queued += submission.size();
    }

    void reject(long jobs) {
        tally.reject(jobs);
    }

    /** The next jobs to grant, at most so many, or null. */
    Slice<R> next(long wanted) {
        Slice<R> slice = queue.next(wanted);
        if (slice != null) {
            queued -= slice.size();
        }
        return slice;
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
        return single.index != Single.QUEUED;
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
                entry.cancelQueued();
                queue.remove(source -> source == entry);
                ids.add(entry.batch.id());
            }
        }
        return ids;
    }

    /** Cancels the queued single jobs. */
    void cancelSingles() {
        List<Single<J, R>> cancelled = new ArrayList<>();
        for (Single<J, R> single = singles.poll(); single != null; single = singles.poll()) {
            cancelled.add(single);
        }
        queued -= cancelled.size();
        settle(cancelled);
    }

    private void settle(List<Single<J, R>> cancelled) {
        tally.cancelQueued(cancelled.size());
        callbacks.execute(() -> cancelled.forEach(single -> single.settle(new Outcome.Cancelled<>(0))));
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
        cancelSingles();
        singlesLedger.settleRest(new Outcome.Cancelled<>(1));
        update(SINGLES, singlesLedger.progress());
    }
}
