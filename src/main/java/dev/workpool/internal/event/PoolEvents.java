package dev.workpool.internal.event;

import dev.workpool.internal.flight.FlightLog;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolProblem.Kind;
import dev.workpool.job.PoolSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Tells whoever watches a pool what happens in it: its observers, those of its batches, and the flight recorder.
 * Thread-safe. Runs nobody's code, and does not block.
 */
public final class PoolEvents {
    private final String pool;
    private final Executor callbacks;
    private final LongSupplier clock;
    private final BiConsumer<PoolObserver, Throwable> onThrown;
    private final List<ObserverQueue> observers = new ArrayList<>();

    /** Batches that are open and have observers of their own, by the id of their label. */
    private final Map<Long, BatchEvents> watchedBatches = new ConcurrentHashMap<>();

    /** What is told of jobs that were submitted by themselves. */
    private final BatchEvents singles;

    /** What has been told of the pool itself. */
    private enum Told {
        NOTHING,
        START,
        END
    }

    /** Why jobs wait, and since when. */
    private record NoNode(String reason, long sinceNs) {}

    /** Null if some node works, or the pool has its workers in this process. Written by one thread. */
    private volatile NoNode noNode;

    private final AtomicReference<Told> told = new AtomicReference<>(Told.NOTHING);

    /**
     * Tells observers.
     *
     * @param pool the pool's name
     * @param observers those of the pool
     * @param callbacks what they are called on
     * @param clock of the pool
     * @param onThrown told what an observer has thrown, besides the log
     */
    public PoolEvents(
            String pool,
            List<PoolObserver> observers,
            Executor callbacks,
            LongSupplier clock,
            BiConsumer<PoolObserver, Throwable> onThrown) {
        this.onThrown = onThrown;
        this.pool = pool;
        this.callbacks = callbacks;
        this.clock = clock;
        observers.forEach(observer -> this.observers.add(queue(observer)));
        this.singles = new BatchEvents(this, null, Optional.empty(), List.of());
    }

    private ObserverQueue queue(PoolObserver observer) {
        return new ObserverQueue(pool, observer, callbacks, clock, thrown -> onThrown.accept(observer, thrown));
    }

    String pool() {
        return pool;
    }

    long nowNs() {
        return clock.getAsLong();
    }

    List<ObserverQueue> observers() {
        return observers;
    }

    /** Whether it is worth finding out what does not go as it should. */
    boolean areProblemsWatched() {
        return !observers.isEmpty() || FlightLog.isOn();
    }

    /** {@return what is told of jobs that were submitted by themselves} */
    public BatchEvents ofSingles() {
        return singles;
    }

    /**
     * What is told of a batch or a stream.
     *
     * @param label names it
     * @param own the batch's own observers
     */
    public BatchEvents ofBatch(Label label, List<PoolObserver> own) {
        BatchEvents events = new BatchEvents(
                this,
                label,
                Optional.of(label.toInfo(pool)),
                own.stream().map(this::queue).toList());
        if (!own.isEmpty()) {
            watchedBatches.put(label.id(), events);
        }
        return events;
    }

    void forget(Label label) {
        watchedBatches.remove(label.id());
    }

    /** What is told of a job's batch, which may have ended; without a label, of a single job. */
    private BatchEvents of(Label label) {
        if (label == null) {
            return singles;
        }
        BatchEvents watched = watchedBatches.get(label.id());
        return watched != null ? watched : new BatchEvents(this, label, Optional.of(label.toInfo(pool)), List.of());
    }

    private void tell(Consumer<PoolObserver> event) {
        observers.forEach(observer -> observer.tell(event));
    }

    /** The first event of all; not told if the actor system has ended before. */
    public void started(int workers) {
        if (told.compareAndSet(Told.NOTHING, Told.START)) {
            FlightLog.poolStarted(pool, workers);
            tell(observer -> observer.onStart(pool, workers));
        }
    }

    public void workersChanged(int before, int now, PoolObserver.WorkersChange why) {
        FlightLog.workersChanged(pool, before, now, why);
        tell(observer -> observer.onWorkers(pool, before, now, why));
    }

    /** A node of a cluster has come or gone; see {@link PoolObserver#onNode}. */
    public void nodeChanged(String node, PoolObserver.NodeChange change, String reason, long jobs) {
        tell(observer -> observer.onNode(pool, node, change, reason, jobs));
    }

    /** No node of a cluster has worked for the pool for a while: told now, and of each batch that is accepted until {@link #nodeWorks}. */
    public void noNode(String reason, long sinceNs) {
        noNode = new NoNode(reason, sinceNs);
        singles.noNode(reason, sinceNs);
        watchedBatches.values().forEach(batch -> batch.noNode(reason, sinceNs));
    }

    /** A node of a cluster works for the pool. */
    public void nodeWorks() {
        noNode = null;
    }

    void accepted(BatchEvents batch) {
        NoNode now = noNode;
        if (now != null) {
            batch.waitsForANode(now.reason, now.sinceNs);
        }
    }

    public void paused(boolean paused) {
        tell(observer -> observer.onPaused(pool, paused));
    }

    public void slowedDown(long ns) {
        tell(observer -> observer.onSlowedDown(pool, Duration.ofNanos(ns)));
    }

    /** The last event of all; nothing is told of a pool that has not started. */
    public void ended(PoolSnapshot last) {
        if (told.getAndSet(Told.END) == Told.START) {
            FlightLog.poolEnded(last);
            observers.forEach(each -> each.tellLast(observer -> observer.onEnd(last)));
        }
    }

    /**
     * A job runs on, though it has taken long, or though its handler was told to stop.
     *
     * @param kind which of the two
     * @param label of its batch, or null
     * @param index its index in its batch
     * @param attempt which attempt it is
     * @param ranNs for how long it has run
     */
    public void runsOn(Kind kind, Label label, long index, int attempt, long ranNs) {
        of(label).runsOn(kind, index, attempt, ranNs);
    }

    /**
     * Jobs were not accepted.
     *
     * @param label of their batch, or null
     * @param own observers of the batch
     * @param jobs how many
     * @param reason why
     */
    public void rejected(Label label, List<PoolObserver> own, long jobs, String reason) {
        BatchEvents batch = own.isEmpty() ? of(label) : ofBatch(label, own);
        batch.rejected(jobs, reason);
        if (label != null) {
            forget(label);
        }
    }
}
