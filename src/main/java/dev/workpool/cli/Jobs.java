package dev.workpool.cli;

import dev.workpool.WorkerPool;
import dev.workpool.WorkerPoolSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** The pool as a run sees it: it takes jobs and gives endings. Thread-safe. */
final class Jobs {
    private final WorkerPool<Job, Result> pool;
    private final Optional<Duration> timeout;
    private final boolean atRest;

    /**
     * Jobs of a pool.
     *
     * @param atRest whether an ending waits until the job's handler has returned. The pool tells a time-out at once, while
     *     what has to be ended may still resist: a run that was over by then would leave it behind.
     */
    Jobs(WorkerPool<Job, Result> pool, WorkerPoolSettings settings, boolean atRest) {
        this.pool = pool;
        this.timeout = settings.jobTimeout();
        this.atRest = atRest;
    }

    /**
     * Submits a job.
     *
     * @param onEnding gets its ending, on any thread; must not block
     */
    void submit(Job job, Consumer<Ending> onEnding) {
        try {
            pool.submit(job)
                    .whenComplete((result, error) ->
                            job.settle(atRest, () -> onEnding.accept(Ending.of(job, result, explained(error)))));
        } catch (RuntimeException e) {
            onEnding.accept(Ending.of(job, null, e));
        }
    }

    private Throwable explained(Throwable error) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        return cause instanceof TimeoutException && timeout.isPresent()
                ? new TimeoutException("timed out after " + Durations.words(timeout.get()))
                : error;
    }

    /** Starts nothing more. */
    void pause() {
        pool.pause();
    }

    /** Asks how many run, handlers that go on after their time apart. The answer comes on any thread. */
    void countRunning(LongConsumer answer) {
        pool.stats().thenAccept(stats -> answer.accept(stats.running()));
    }

    /** Cancels all that has not ended. */
    void abort() {
        pool.abort();
    }
}
