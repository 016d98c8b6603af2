package dev.workpool.tune;

import akka.actor.typed.ActorSystem;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs rounds of real jobs, each with a pool of its own that has exactly that many workers.
 *
 * <p>One pool for all of them, resized, would remember the cost of the jobs that were skipped at the end of a round,
 * and hand out too many at a time. A new pool costs some milliseconds, which belong to the warm-up. Between two rounds
 * nothing runs: a round ends when its jobs have ended and its pool is gone.
 *
 * <p>Used by one thread; any thread may cancel.
 */
final class PoolRounds<J> implements RoundRunner {
    /** Starts a pool that runs jobs as long as a gauge is open, and records them there. */
    @FunctionalInterface
    interface Launcher<J> {
        WorkerPool<J, ?> launch(ActorSystem<?> system, WorkerPoolSettings settings, Gauge gauge);
    }

    private static final int WARM_UP_PART = 5;
    private static final int WINDOW = 4096;
    private static final int MOST_WINDOW = 1 << 20;

    private final ActorSystem<?> system;
    private final WorkerPoolSettings settings;
    private final Launcher<J> launcher;
    private final Cycle<J> jobs;
    private final int processors;
    private final long latestNs;
    private final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
    private volatile Throwable firstFailure;

    /**
     * Rounds that are yet to be run.
     *
     * @param latestNs when jobs that have not ended are cancelled, of {@link System#nanoTime}
     */
    PoolRounds(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            Launcher<J> launcher,
            Cycle<J> jobs,
            int processors,
            long latestNs) {
        this.system = system;
        this.settings = settings;
        this.launcher = launcher;
        this.jobs = jobs;
        this.processors = processors;
        this.latestNs = latestNs;
    }

    void cancel() {
        cancelled.complete(true);
    }

    boolean isCancelled() {
        return cancelled.isDone();
    }

    /** What the first job that failed threw; null if none has. */
    Throwable firstFailure() {
        return firstFailure;
    }

    @Override
    public Optional<Round> run(int workers, long lengthNs) throws InterruptedException {
        Gauge gauge = new Gauge();
        WorkerPool<J, ?> pool = launcher.launch(system, settings.withWorkers(workers), gauge);
        boolean ended = false;
        try {
            Processing processing = process(pool, gauge, workers);
            if (!isDoneInTime(CompletableFuture.anyOf(
                    gauge.firstJob(), processing.result().toCompletableFuture()))) {
                return Optional.empty();
            }
            long beginNs = System.nanoTime() + lengthNs / WARM_UP_PART;
            long endNs = beginNs + lengthNs - lengthNs / WARM_UP_PART;
            gauge.span(beginNs, endNs);
            boolean whole = !waitUntil(beginNs);
            CpuTimes before = CpuTimes.now(processors);
            whole = whole && !waitUntil(endNs);
            CpuTimes after = CpuTimes.now(processors);
            gauge.close();
            ended = whole && isDoneInTime(processing.result().toCompletableFuture());
            if (firstFailure == null) {
                firstFailure = gauge.firstFailure();
            }
            return ended
                    ? Optional.of(gauge.read(workers, after.ownSince(before), after.othersSince(before)))
                    : Optional.empty();
        } finally {
            gauge.close();
            await(ended ? pool.drain() : pool.abort());
        }
    }

    private <R> Processing process(WorkerPool<J, R> pool, Gauge gauge, int workers) {
        int window = Math.min(MOST_WINDOW, Math.max(WINDOW, 4 * workers));
        return pool.process(
                jobs.during(gauge::isOpen),
                StreamOptions.<J>asCompleted().withWindow(window),
                (job, outcome) -> {}); // the gauge has it all
    }

    /** Waits, and says whether it was cancelled meanwhile. */
    private boolean waitUntil(long timeNs) throws InterruptedException {
        return isDone(cancelled, timeNs - System.nanoTime());
    }

    /**
     * Waits, and says whether it has happened; false if all is cancelled, or it takes too long.
     *
     * @throws IllegalStateException if the pool or the source of jobs has come to an end that was not asked for
     */
    private boolean isDoneInTime(CompletableFuture<?> future) throws InterruptedException {
        return isDone(CompletableFuture.anyOf(future, cancelled), latestNs - System.nanoTime()) && !isCancelled();
    }

    private static boolean isDone(CompletableFuture<?> future, long withinNs) throws InterruptedException {
        try {
            future.get(Math.max(0, withinNs), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("tuning cannot go on: " + e.getCause(), e.getCause());
        }
    }

    private static void await(CompletionStage<?> end) throws InterruptedException {
        try {
            end.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the pool of a tuning round did not end: " + e.getCause(), e.getCause());
        }
    }
}
