package dev.workpool.internal.dispatcher;

import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.batch.BatchEntry;
import dev.workpool.internal.batch.BatchLedger;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.Deadlines;
import dev.workpool.internal.batch.OpenBatch;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.batch.Submission;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.collector.Ledger;
import dev.workpool.internal.event.BatchEvents;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.gauge.PoolGauges.OfDispatcher;
import dev.workpool.internal.gauge.PublishedNumbers;
import dev.workpool.internal.queue.BatchSource;
import dev.workpool.internal.queue.DelayedRetries;
import dev.workpool.internal.queue.QueuedJobs;
import dev.workpool.internal.queue.StrideScheduler;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.stream.StreamEntry;
import dev.workpool.internal.stream.StreamLedger;
import dev.workpool.internal.stream.StreamSubmission;
import dev.workpool.internal.util.Steps;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Holds every job that was accepted and has no outcome yet, and counts those that have one. Confined to the
 * dispatcher's thread.
 *
 * <p>Single jobs are one open-ended batch, with the id {@link #SINGLES}.
 */
public final class Backlog<J, R> {
    static final long SINGLES = SingleJobs.BATCH_ID;

    /** To take a slice out and to tell its collector. */
    private static final int STEPS_TO_SETTLE = 4;

    private final Collectors<R> collectors;
    private final Executor callbacks;
    private final LongSupplier clock;
    private final JobTimes times;
    private final PoolEvents events;
    private final WorkerPoolSettings settings;

    /** Jobs that are not granted. */
    private final QueuedJobs<R> queued;

    /** Those that are not complete, in the order in which they came. */
    private final Map<Long, OpenBatch<J, R>> batches = new LinkedHashMap<>();

    /** Those of them that have a name, which need not be unique. */
    private final Map<String, Set<OpenBatch<J, R>>> byName = new HashMap<>();

    private long lastBatchId = SINGLES;

    private final SingleJobs<J, R> singles;
    private BatchProgress singlesProgress = new BatchProgress(0, 0, 0, 0, 0, 0);

    private final OpenStreams<J, R> streams;

    /** Retries that wait for their time, which are in no queue. */
    private final DelayedRetries<R> parked;

    /** Null where no job is dropped. */
    private final Overflow<R> overflow;

    private final DelayedStarts<J, R> delayedStarts;
    private final CancelledJobs cancelled = new CancelledJobs();
    private final Deadlines<J, R> deadlines = new Deadlines<>();
    private final Tally tally = new Tally();

    /**
     * An empty backlog.
     *
     * @param settings of the pool
     * @param clock nanoseconds from any origin
     * @param callbacks runs users' code
     * @param collectors make the collectors
     * @param times tells whether to note when jobs are queued
     * @param events tell what happens
     */
    public Backlog(
            WorkerPoolSettings settings,
            LongSupplier clock,
            Executor callbacks,
            Collectors<R> collectors,
            JobTimes times,
            PoolEvents events) {
        this.times = times;
        this.events = events;
        this.settings = settings;
        this.overflow = settings.whenFull() == WhenFull.DROP_OLDEST ? new Overflow<>() : null;
        this.queued = new QueuedJobs<>(
                settings.priorityAgeing().map(Duration::toNanos).orElse(0L),
                clock,
                overflow == null ? source -> {} : overflow::queued);
        this.parked = new DelayedRetries<>(settings, clock.getAsLong());
        this.clock = clock;
        this.callbacks = callbacks;
        this.collectors = collectors;
        this.delayedStarts = new DelayedStarts<>(queued, clock, times);
        this.streams = new OpenStreams<>(queued, tally, clock, times);
        this.singles =
                new SingleJobs<>(queued, parked, tally, times, events, callbacks, collectors, JobPolicy.of(settings));
    }

    public long queued() {
        return queued.count();
    }

    /** Whether there is nothing left to do; a stream may have no job at the moment. */
    public boolean isEmpty() {
        return tally.open() == 0 && streams.isEmpty();
    }

    PoolStats stats(String name, Router.Census census) {
        return tally.stats(name, census);
    }

    public void accept(Single<J, R> single) {
        single.batchesBefore = lastBatchId;
        singles.accept(single);
    }

    public void accept(BatchSubmission<J, R> submission) {
        BatchLedger<J, R> ledger = new BatchLedger<>(submission);
        BatchEvents ofBatch = events(submission);
        BatchEntry<J, R> entry = new BatchEntry<>(spawn(submission, ledger, false, ofBatch), submission, ledger);
        entry.events = ofBatch;
        ofBatch.accepted(OptionalLong.of(submission.size()));
        submission.number = entry.batch.id();
        entry.queuedNs = times.nowIfOnNs();
        open(entry);
        tally.accept(submission.size());
        delayedStarts.accept(entry);
        queued.changed(entry, 0);
        if (submission.open() < submission.size()) {
            entry.batch.collector().tell(new Collector.Ended<>(submission.open(), submission.ran()));
        }
    }

    private BatchEvents events(Submission submission) {
        return events.ofBatch(submission.label(), submission.options().observers());
    }

    private Slice.BatchRef<R> spawn(Submission submission, Ledger<R> ledger, boolean keyed, BatchEvents ofBatch) {
        JobPolicy policy = JobPolicy.of(settings, submission.options(), keyed, clock.getAsLong());
        return collectors.spawn(++lastBatchId, ledger, policy, ofBatch).labelled(submission.label());
    }

    private void open(OpenBatch<J, R> entry) {
        batches.put(entry.batch.id(), entry);
        String name = entry.submission().options().name();
        if (!name.isEmpty()) {
            byName.computeIfAbsent(name, each -> new LinkedHashSet<>()).add(entry);
        }
        deadlines.accepted(entry, clock.getAsLong());
    }

    private void close(OpenBatch<J, R> entry) {
        batches.remove(entry.batch.id());
        cancelled.forget(entry.batch.id());
        if (overflow != null) {
            overflow.forget(entry.batch.id());
        }
        String name = entry.submission().options().name();
        Set<OpenBatch<J, R>> ofName = name.isEmpty() ? null : byName.get(name);
        if (ofName != null) {
            ofName.remove(entry);
            if (ofName.isEmpty()) {
                byName.remove(name);
            }
        }
        deadlines.completed(entry);
    }

    // Streams

    public void accept(StreamSubmission<J, R> submission) {
        StreamLedger<J, R> ledger = new StreamLedger<>(submission, callbacks);
        BatchEvents ofStream = events(submission);
        Slice.BatchRef<R> batch = spawn(submission, ledger, submission.keyQueues() != null, ofStream);
        StreamEntry<J, R> entry =
                new StreamEntry<>(batch, submission, ledger, index -> cancelled.add(batches.get(batch.id()), index));
        entry.events = ofStream;
        ofStream.accepted(OptionalLong.empty());
        submission.number = entry.batch.id();
        open(entry);
        submission.accepted();
        streams.accept(entry);
    }

    /** {@return the streams that are open} */
    public OpenStreams<J, R> streams() {
        return streams;
    }

    // The queue

    /**
     * Jobs that take a place in the queue, including those that wait for a retry. Jobs of streams take none, since
     * streams have their window.
     */
    long held() {
        return queued.count() + parked.size() + delayedStarts.withheld() - streams.windowed();
    }

    /** Rejects the job that has been queued longest; false if none is queued. */
    boolean dropOldest(String reason) {
        return overflow.dropOldest(singles, queued, reason);
    }

    void reject(long jobs) {
        tally.reject(jobs);
    }

    void rejectedBySubmitters(long jobs) {
        tally.rejectedBySubmitters(jobs);
    }

    void publish(PublishedNumbers<OfDispatcher> numbers) {
        tally.publish(numbers);
        numbers.set(OfDispatcher.WAITING, parked.size() + delayedStarts.withheld());
    }

    /** The next jobs to grant, at most so many, or null; see {@link StrideScheduler#next}. */
    public Slice<R> next(long wanted, int turn) {
        Slice<R> slice = grant(wanted, turn);
        while (slice != null && cancelled.areIn(slice)) {
            giveBack(slice); // without those that were cancelled
            slice = grant(wanted, turn);
        }
        return slice;
    }

    private Slice<R> grant(long wanted, int turn) {
        Slice<R> slice = queued.next(wanted, turn);
        if (slice != null) {
            streams.granted(slice);
            delayedStarts.granted(slice);
        }
        return slice;
    }

    /** The weights of the batches that have jobs queued at the priority of a slice, and of its own, together. */
    long weights(Slice<R> slice) {
        JobPolicy policy = slice.batch().policy();
        return Math.max(policy.weight(), queued.weights(policy.priority()));
    }

    /**
     * Jobs that were granted and not begun are queued again, unless they were cancelled on their way.
     *
     * <p>Their batch's next turn does not come sooner for them. They come back because jobs turned out to be expensive,
     * and others would wait for a turn that was sized when they seemed cheap.
     */
    public void giveBack(Slice<R> slice) {
        BatchSource<R> source = source(slice.batch().id());
        if (source.stopped != null) {
            source.stopped.settle(slice);
            return;
        }
        requeue(source, () -> source.returned().giveBack(slice));
        if (source == singles.source()) {
            singles.cancelRequestedOf(slice);
        } else if (cancelled.areIn(slice)) {
            OpenBatch<J, R> entry = batches.get(slice.batch().id());
            cancelled.forEachIn(slice, index -> cancelQueued(entry, index));
        }
    }

    /** Cancels one job of a batch or a stream that is not stopped: now if it is queued, or else where it turns up. */
    Holder cancel(OpenBatch<J, R> entry, long index) {
        if (entry.hasOutcome(index)) {
            return Holder.NOBODY;
        }
        cancelled.add(entry, index);
        return cancelQueued(entry, index) ? Holder.QUEUE : Holder.ROUTER;
    }

    private boolean cancelQueued(OpenBatch<J, R> entry, long index) {
        long before = entry.queued();
        Slice<R> slice = entry.takeOut(index);
        if (slice != null) {
            queued.changed(entry, before);
        } else {
            slice = parked.removeJob(entry.id(), index);
        }
        if (slice == null) {
            return false;
        }
        streams.count(entry, -1);
        StopReason.CANCELLED.settle(slice);
        return true;
    }

    private void requeue(BatchSource<R> source, Runnable change) {
        long before = source.queued();
        change.run();
        queued.changed(source, before);
        streams.count(source, source.queued() - before);
    }

    private BatchSource<R> source(long batchId) {
        return batchId == SINGLES ? singles.source() : batches.get(batchId);
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
        } else {
            tally.retry();
            BatchEvents told = retry.batchId() == SINGLES ? events.ofSingles() : batches.get(retry.batchId()).events;
            told.retried(retry.index(), retry.attempt() - 1, retry.error(), retry.delayNs());
            streams.count(source, 1);
        }
    }

    private boolean isCancelRequested(Slice<R> slice) {
        return slice.batch().id() == SINGLES ? singles.isCancelRequested(slice) : cancelled.areIn(slice);
    }

    /**
     * Queues the retries whose time has come.
     *
     * @return whether all of them are queued
     */
    boolean queueRetries(long nowNs, Steps steps) {
        return parked.takeDue(nowNs, steps, slice -> {
            BatchSource<R> source = source(slice.batch().id());
            streams.count(source, -1);
            if (source.stopped == null) {
                requeue(source, () -> source.returned().add(slice));
            } else {
                source.stopped.settle(slice); // which was to be done in a moment
            }
        });
    }

    /**
     * When there is something to be done about a retry, a delayed start, a deadline or a stream; {@link
     * TimerQueue#NEVER} if there is not.
     */
    long nextDueNs() {
        return Math.min(
                Math.min(parked.nextDueNs(), delayedStarts.nextDueNs()),
                Math.min(deadlines.nextDueNs(), streams.nextDueNs()));
    }

    Deadlines<J, R> deadlines() {
        return deadlines;
    }

    SingleJobs<J, R> singles() {
        return singles;
    }

    /** Releases the jobs whose delay is over, and tells whether that is all of them. */
    boolean releaseDue(long nowNs, Steps steps) {
        return delayedStarts.releaseDue(nowNs, steps);
    }

    /** Cancels the jobs that wait for their time. At once, since only a test has time stand still. */
    void cancelWaiting() {
        delayedStarts.releaseWaiting().forEach(this::cancelQueued);
        parked.removeAll(slice -> {
            streams.count(source(slice.batch().id()), -1);
            StopReason.CANCELLED.settle(slice);
        });
    }

    /** Cancels queued jobs; granted ones go on. A pool that does so takes no more jobs. At once, as above. */
    void cancelQueued() {
        LongWork.finish(singles.cancelAll());
        for (OpenBatch<J, R> entry : batches.values()) {
            if (entry.stopped == null) { // else somebody is at it
                cancelQueued(entry);
            }
        }
    }

    private void cancelQueued(OpenBatch<J, R> entry) {
        long before = entry.queued();
        streams.count(entry, -before);
        while (entry.queued() > 0) {
            StopReason.CANCELLED.settle(entry.take(Integer.MAX_VALUE));
        }
        queued.changed(entry, before);
    }

    /** Has the first success of a batch told, unless it is complete: then its result tells. */
    void awaitSuccess(Submission submission) {
        OpenBatch<J, R> entry = find(submission);
        if (entry != null) {
            entry.batch.collector().tell(new Collector.AwaitSuccess<>());
        }
    }

    /** The batches that are not complete, a copy. */
    List<OpenBatch<J, R>> open() {
        return new ArrayList<>(batches.values());
    }

    /** The batches of a name that are not complete, a copy. */
    List<OpenBatch<J, R>> named(String name) {
        return List.copyOf(byName.getOrDefault(name, Set.of()));
    }

    /** A batch if it was accepted and is not complete; else null. */
    OpenBatch<J, R> find(Submission submission) {
        return batches.get(submission.number());
    }

    boolean isOpen(OpenBatch<J, R> batch) {
        return batches.get(batch.batch.id()) == batch;
    }

    /**
     * Ends the jobs of an open batch that are queued or wait for a retry.
     *
     * @param entry the batch; if it was stopped before, that stands
     * @param reason what they become
     * @return what is to be done for it. None of its jobs is granted from now on.
     */
    LongWork.Task stop(OpenBatch<J, R> entry, StopReason reason) {
        if (entry.batch.policy().retries()) {
            entry.batch.collector().tell(new Collector.SettleLinking<>());
        }
        if (entry.stopped != null) {
            return LongWork.NOTHING;
        }
        streams.stop(entry.batch.id(), reason);
        streams.count(entry, -entry.queued());
        queued.withdraw(entry, reason);
        delayedStarts.forget(entry.batch.id());
        return steps -> settleStopped(entry, steps);
    }

    private boolean settleStopped(OpenBatch<J, R> entry, Steps steps) {
        while (entry.queued() > 0) {
            if (!steps.take(STEPS_TO_SETTLE)) {
                return false;
            }
            Slice<R> slice = entry.take(Integer.MAX_VALUE);
            steps.take(entry.hasWindow() ? slice.size() : 0); // a stream has its jobs one by one
            entry.stopped.settle(slice);
        }
        return parked.removeBatch(entry.batch.id(), steps, slice -> {
            streams.count(entry, -1);
            entry.stopped.settle(slice);
        });
    }

    /**
     * Handles a collector's progress.
     *
     * @return the batch, if that has completed it
     */
    public Optional<Slice.BatchRef<R>> update(long batchId, BatchProgress now) {
        if (batchId == SINGLES) {
            add(singlesProgress, now);
            singlesProgress = now;
            return Optional.empty();
        }
        OpenBatch<J, R> entry = batches.get(batchId);
        if (entry == null) {
            return Optional.empty(); // complete before; what its collector has heard since were repetitions
        }
        add(entry.progress, now);
        entry.progress = now;
        streams.takeInSettled(batchId);
        delayedStarts.progressed(batchId);
        if (!entry.isComplete()) {
            return Optional.empty();
        }
        close(entry);
        entry.events.ended(now);
        streams.remove(batchId);
        delayedStarts.forget(batchId);
        return Optional.of(entry.batch);
    }

    private void add(BatchProgress before, BatchProgress now) {
        tally.add(before, now);
        parked.ended(now.done() - before.done(), clock.getAsLong());
    }

    /** A batch that is not complete, if it is one. */
    Optional<OpenBatch<J, R>> batch(long batchId) {
        return Optional.ofNullable(batches.get(batchId));
    }

    /** Whether a batch is to end early at this point; asked for every chunk that ends. */
    boolean isToHalt(long batchId) {
        OpenBatch<J, R> entry = batches.get(batchId);
        return entry != null && entry.isToHalt();
    }

    private Ledger<R> ledger(Slice<R> slice) {
        return slice.batch().id() == SINGLES
                ? singles.ledger()
                : batches.get(slice.batch().id()).ledger;
    }

    /** Settles all open jobs without the collectors, whose actors are gone. */
    public void settleAll() {
        parked.removeAll(slice -> ledger(slice).settle(slice.first(), 1, StopReason.CANCELLED.ofUnstarted(slice)));
        for (OpenBatch<J, R> entry : batches.values()) {
            BatchProgress last = entry.settleAll();
            tally.add(entry.progress, last);
            entry.events.ended(last);
        }
        batches.clear();
        byName.clear();
        streams.clear();
        singles.settleAll();
        update(SINGLES, singles.ledger().progress());
    }
}
