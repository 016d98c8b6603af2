package dev.workpool.durable;

import akka.Done;
import dev.workpool.durable.internal.work.Reach;
import dev.workpool.durable.internal.work.WorkCounters;
import dev.workpool.durable.job.WorkStats;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The work of a pool on a durable queue: it claims jobs, runs them and acknowledges them until it is closed, or the pool
 * or the actor system ends. Thread-safe; only {@link #close} blocks.
 */
public final class QueueWork implements AutoCloseable {
    /** How long it takes to give back jobs after they were told to stop, with a store that is slow. */
    private static final long MOST_AFTER_STOP_S = 30;

    private final String queue;
    private final String pool;
    private final CompletableFuture<Reach> reach;
    private final CompletableFuture<Done> ended;
    private final WorkCounters counters;
    private final Duration closeTimeout;

    QueueWork(
            String queue,
            String pool,
            CompletableFuture<Reach> reach,
            CompletableFuture<Done> ended,
            WorkCounters counters,
            Duration closeTimeout) {
        this.queue = queue;
        this.pool = pool;
        this.reach = reach;
        this.ended = ended;
        this.counters = counters;
        this.closeTimeout = closeTimeout;
    }

    /**
     * Claims no more jobs, gives back those that have not begun, and lets running ones finish, however long they take.
     *
     * @return completes when all of them are acknowledged or given back
     */
    public CompletionStage<Done> drain() {
        reach.thenAccept(Reach::stop);
        return ended.minimalCompletionStage();
    }

    /**
     * Claims no more jobs, has running ones stopped, and gives back all that have not ended. Others run them then, or
     * again.
     *
     * @return completes when all of them are given back
     */
    public CompletionStage<Done> abort() {
        reach.thenAccept(Reach::stopRunning);
        return ended.minimalCompletionStage();
    }

    /**
     * Claims no more jobs, gives back those that have not begun, lets running ones finish within {@code close-timeout},
     * and then has the rest stopped and given back. Blocks until that is done. The pool stays as it is.
     */
    @Override
    public void close() {
        drain();
        if (!waitFor(closeTimeout.toNanos())) {
            abort();
            waitFor(TimeUnit.SECONDS.toNanos(MOST_AFTER_STOP_S));
        }
    }

    private boolean waitFor(long ns) {
        try {
            ended.get(ns, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Returns a stage of the end.
     *
     * @return completes when the work has ended, by whatever; fails if jobs were left that run again once their leases
     *     have run out
     */
    public CompletionStage<Done> whenEnded() {
        return ended.minimalCompletionStage();
    }

    /**
     * Returns what this work has done so far.
     *
     * @return a snapshot
     */
    public WorkStats stats() {
        return counters.stats();
    }

    @Override
    public String toString() {
        return "QueueWork(pool '" + pool + "' on queue '" + queue + "')";
    }
}
