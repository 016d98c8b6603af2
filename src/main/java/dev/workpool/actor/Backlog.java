package dev.workpool.actor;

import dev.workpool.BatchProgress;
import dev.workpool.Outcome;
import dev.workpool.PoolStats;
import dev.workpool.WorkerPoolSettings;
import java.time.Duration;
import java.time.Instant;
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
        Slice.BatchRef<R> spawn(long batchId, Ledger<R> ledger, JobPolicy policy);
    }

    private final Collectors<R> collectors;
    private final Executor callbacks;
    private final LongSupplier clock;

    private final JobQueue<Slice<R>> queue;
    private final Map<Long, BatchEntry<J, R>> batches = new LinkedHashMap<>();
    private final SinglesQueue<J, R> singles;
    private final SinglesLedger<J, R> singlesLedger;
    private BatchProgress singlesProgress = new BatchProgress(0, 0, 0, 0, 0, 0);
    private boolean anyCancelRequested;
    private long lastBatchId = SINGLES;

    /** Retries that wait for their time, which are in no queue. */
    private final ParkedRetries<R> parked;

    private final Deadlines<J, R> deadlines = new Deadlines<>();

    private final WorkerPoolSettings settings;
    private final Tally tally = new Tally();

    /** Jobs that are not granted. */
    private long queued;

    /**
     * An empty backlog.
     *
     * @param settings of the pool
     * @param clock nanoseconds from any origin
     * @param callbacks runs users' code
     * @param collectors make the collectors
     */
    Backlog(WorkerPoolSettings settings, LongSupplier clock, Executor callbacks, Collectors<R> collectors) {
        this.settings = settings;
        this.queue =
                new JobQueue<>(settings.priorityAgeing().map(Duration::toNanos).orElse(0L));
        this.parked = new ParkedRetries<>(settings, clock.getAsLong());
        this.clock = clock;
        this.callbacks = callbacks;
        this.collectors = collectors;
        this.singlesLedger = new SinglesLedger<>(callbacks);
        this.singles =
                new SinglesQueue<>(collectors.spawn(SINGLES, singlesLedger, JobPolicy.of(settings)), singlesLedger);
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
        single.batchesBefore = lastBatchId;
        singles.add(single);
        queued++;
    }

    /** A job that its submitter has run. */
    void acceptRan(Single<J, R> single) {
        tally.accept(1);
        settle(List.of(single), single.ran);
    }

    /** Called before something is added to a source. */
    private void enqueue(BatchSource<R> source) {
        if (source.queued() == 0) {
            queue.add(source, clock.getAsLong());
        }
    }

    /** Called after something was taken out of a source: empty in the queue, it would be held on to, and its priority seem to wait. */
    private void dequeueIfEmpty(BatchSource<R> source) {
        if (source.queued() == 0) {
            queue.remove(source);
        }
    }

    void accept(BatchSubmission<J, R> submission) {
        long id = ++lastBatchId;
        BatchLedger<J, R> ledger = new BatchLedger<>(submission, callbacks);
        JobPolicy policy = JobPolicy.of(settings, submission.options(), Instant.now());
        BatchEntry<J, R> entry = new BatchEntry<>(collectors.spawn(id, ledger, policy), submission, ledger);
        batches.put(id, entry);
        deadlines.accepted(submission, clock.getAsLong());
        tally.accept(submission.size());
        if (submission.open() > 0) {
            queue.add(entry, clock.getAsLong());
            queued += submission.open();
        }
        if (submission.open() < submission.size()) {
            entry.batch.collector().tell(new Collector.Ended<>(submission.open(), Outcomes.copyOf(submission.ran())));
        }
    }

    /** Jobs that take a place in the queue: also those that wait for a retry do. */
    long held() {
        return queued + parked.size();
    }

    /** Rejects, after all, the job that has been queued longest; false if none is queued. */
    boolean dropOldest(String reason) {
        BatchSource<R> oldest = oldest();
        if (oldest == null) {
            return false;
        }
        queued--;
        if (oldest == singles && singles.returned().isEmpty()) {
            settle(List.of(singles.poll()), new Outcome.Rejected<>(reason));
        } else {
            Slice<R> slice = oldest.take(1);
            boolean begun = slice.attempt() > 1; // then it was accepted for good, and only is not tried again
            slice.batch()
                    .collector()
                    .tell(
                            begun
                                    ? new Collector.GiveUp<>(slice.first())
                                    : new Collector.Settle<>(slice.first(), 1, new Outcome.Rejected<>(reason)));
        }
        dequeueIfEmpty(oldest);
        return true;
    }

    private BatchSource<R> oldest() {
        if (!singles.returned().isEmpty()) {
            return singles;
        }
        Single<J, R> single = singles.peek();
        for (BatchEntry<J, R> entry : batches.values()) {
            if (single != null && single.batchesBefore < entry.batch.id()) {
                return singles;
            }
            if (entry.queued() > 0) {
                return entry;
            }
        }
        return single == null ? null : singles;
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
        BatchSource<R> source = source(slice.batch().id());
        if (source.stopped != null) {
            settle(slice, source.stopped);
            return;
        }
        enqueue(source);
        source.returned().giveBack(slice);
        queued += slice.size();
        if (source == singles && anyCancelRequested) {
            cancelRequestedOf(slice);
        }
    }

    private BatchSource<R> source(long batchId) {
        return batchId == SINGLES ? singles : batches.get(batchId);
    }

    /** A job whose attempt failed waits for the next, if there is to be one. */
    void retry(Collector.Retry retry) {
        BatchSource<R> source = source(retry.batchId());
        Slice<R> slice = source == null ? null : source.again(retry.index(), retry.attempt());
        if (slice == null) {
            return; // it has its outcome by now
        }
        boolean wanted = source.stopped == null && !isCancelRequested(slice);
        if (!wanted || !parked.park(slice, clock.getAsLong(), retry.delayNs())) {
            slice.batch().collector().tell(new Collector.GiveUp<>(retry.index()));
        }
    }

    private boolean isCancelRequested(Slice<R> slice) {
        return slice.batch().id() == SINGLES && singlesLedger.at(slice.first()).cancelRequested;
    }

    /** Queues the retries whose time has come. */
    void queueRetries(long nowNs) {
        parked.takeDue(nowNs, slice -> {
            BatchSource<R> source = source(slice.batch().id());
            enqueue(source);
            source.returned().add(slice);
            queued += slice.size();
        });
    }

    /** When there is something to be done about a retry or a deadline; {@link Alarm#NEVER} if there is not. */
    long nextDueNs() {
        return Math.min(parked.nextDueNs(), deadlines.nextDueNs());
    }

    Deadlines<J, R> deadlines() {
        return deadlines;
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
            dequeueIfEmpty(singles);
            settle(List.of(single), new Outcome.Cancelled<>(0));
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
        if (returned != null) {
            queued--;
            dequeueIfEmpty(singles);
            settle(returned, StopReason.CANCELLED);
            return true;
        }
        return parked.removeJob(SINGLES, index, slice -> settle(slice, StopReason.CANCELLED));
    }

    /** Jobs that do not run, and that a ledger knows of, end here. */
    private static <R> void settle(Slice<R> slice, StopReason reason) {
        slice.batch().collector().tell(new Collector.Settle<>(slice.first(), slice.size(), reason.ofUnstarted(slice)));
    }

    /**
     * Ends the jobs of batches that are queued or wait for a retry.
     *
     * @param which those for which it is true
     * @param reason what they become
     * @return the batches' ids
     */
    List<Long> stop(Predicate<BatchSubmission<J, R>> which, StopReason reason) {
        List<Long> ids = new ArrayList<>();
        for (BatchEntry<J, R> entry : batches.values()) {
            if (which.test(entry.submission)) {
                queued -= entry.queued();
                entry.stopped = entry.stopped == null ? reason : entry.stopped;
                while (entry.queued() > 0) {
                    settle(entry.take(Integer.MAX_VALUE), reason);
                }
                queue.remove(entry);
                parked.removeBatch(entry.batch.id(), slice -> settle(slice, reason));
                ids.add(entry.batch.id());
            }
        }
        return ids;
    }

    /** Cancels the queued single jobs; a pool that does so takes no more. */
    void cancelSingles() {
        singles.stopped = StopReason.CANCELLED;
        queued -= singles.returned().jobs();
        while (!singles.returned().isEmpty()) {
            settle(singles.returned().take(Integer.MAX_VALUE), StopReason.CANCELLED);
        }
        parked.removeBatch(SINGLES, slice -> settle(slice, StopReason.CANCELLED));
        List<Single<J, R>> cancelled = new ArrayList<>();
        for (Single<J, R> single = singles.poll(); single != null; single = singles.poll()) {
            cancelled.add(single);
        }
        queued -= cancelled.size();
        settle(cancelled, new Outcome.Cancelled<>(0));
    }

    /** Single jobs that no ledger knows of end here. */
    private void settle(List<Single<J, R>> all, Outcome<R> outcome) {
        tally.settle(all.size(), outcome);
        Settlement.start(all, single -> outcome, callbacks);
    }

    /**
     * Takes in what a collector tells.
     *
     * @return the batch, if that has completed it
     */
    Optional<Slice.BatchRef<R>> update(long batchId, BatchProgress now) {
        if (batchId == SINGLES) {
            add(singlesProgress, now);
            singlesProgress = now;
            return Optional.empty();
        }
        BatchEntry<J, R> entry = batches.get(batchId);
        if (entry == null) {
            return Optional.empty(); // complete before; what its collector has heard since were repetitions
        }
        add(entry.progress, now);
        entry.progress = now;
        if (now.pending() > 0) {
            return Optional.empty();
        }
        batches.remove(batchId);
        deadlines.completed(entry.submission);
        return Optional.of(entry.batch);
    }

    private void add(BatchProgress before, BatchProgress now) {
        tally.add(before, now);
        parked.ended(now.done() - before.done(), clock.getAsLong());
    }

    /** A batch that is not complete, if it is one. */
    Optional<BatchEntry<J, R>> batch(long batchId) {
        return Optional.ofNullable(batches.get(batchId));
    }

    private Ledger<R> ledger(Slice<R> slice) {
        return slice.batch().id() == SINGLES
                ? singlesLedger
                : batches.get(slice.batch().id()).ledger;
    }

    /** Settles everything that is open without the collectors, whose actors are gone. */
    void settleAll() {
        parked.removeAll(slice -> ledger(slice).settle(slice.first(), 1, StopReason.CANCELLED.ofUnstarted(slice)));
        for (BatchEntry<J, R> entry : batches.values()) {
            tally.add(entry.progress, entry.settleAll());
        }
        batches.clear();
        while (!singles.returned().isEmpty()) {
            Slice<R> slice = singles.returned().take(Integer.MAX_VALUE);
            singlesLedger.settle(slice.first(), slice.size(), StopReason.CANCELLED.ofUnstarted(slice));
        }
        cancelSingles();
        singlesLedger.settleRest(new Outcome.Cancelled<>(1));
        update(SINGLES, singlesLedger.progress());
    }
}
