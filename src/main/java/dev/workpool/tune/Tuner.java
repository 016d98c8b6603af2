package dev.workpool.tune;

import akka.actor.typed.ActorSystem;
import dev.workpool.WorkerPool;
import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.JobContext;
import dev.workpool.job.JobHandler;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Finds how many workers a handler should have, by running jobs with several numbers of workers. Immutable and
 * thread-safe; each method that sets something returns a changed copy.
 *
 * <pre>{@code
 * TuneReport report = Tuner.over(urls, url -> fetch(url)).workers(1, 64).duration(Duration.ofSeconds(30)).run(system);
 * report.recommended(); // the smallest number of workers within 5 % of the best throughput
 * }</pre>
 *
 * <p><b>Jobs run for real, and many times over</b>, in the order of the iterable and from its beginning again when it
 * is at its end. Do not tune with jobs that must not be repeated, such as those that write to an account; and mind that
 * data that is read repeatedly comes from a cache.
 *
 * <p>Each round has a pool of its own, with the settings given and nothing else in it. Failed jobs are not tried again,
 * and count as failed. A round lets the jobs that it has started finish, but does not measure that. Each job costs some
 * 100 ns more than in a pool alone.
 *
 * <p>Defaults: 1 to 64 workers, 30 seconds, the pool settings {@code workpool.pools.tune}.
 *
 * @param <J> type of the jobs
 */
public final class Tuner<J> {
    private static final int MOST_WORKERS = 100_000;
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final long PATIENCE_NS = 10_000_000_000L;
    private static final String NAME = "tune";

    private final Iterable<? extends J> jobs;
    private final PoolRounds.Launcher<J> launcher;
    private final int low;
    private final int high;
    private final Duration duration;
    private final WorkerPoolSettings settings;
    private final Consumer<TuneProgress> onProgress;
    private final Function<Throwable, String> words;

    private Tuner(
            Iterable<? extends J> jobs,
            PoolRounds.Launcher<J> launcher,
            int low,
            int high,
            Duration duration,
            WorkerPoolSettings settings,
            Consumer<TuneProgress> onProgress,
            Function<Throwable, String> words) {
        this.jobs = jobs;
        this.launcher = launcher;
        this.low = low;
        this.high = high;
        this.duration = duration;
        this.settings = settings;
        this.onProgress = onProgress;
        this.words = words;
    }

    private static <J> Tuner<J> of(Iterable<? extends J> jobs, PoolRounds.Launcher<J> launcher) {
        Objects.requireNonNull(jobs, "jobs");
        return new Tuner<>(jobs, launcher, 1, 64, Duration.ofSeconds(30), null, progress -> {}, Throwable::toString);
    }

    /**
     * Tunes a blocking handler.
     *
     * @param jobs at least one, none null; iterated again and again, by threads of the pools' own, one at a time
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @return a tuner with defaults otherwise
     */
    public static <J> Tuner<J> over(Iterable<? extends J> jobs, JobHandler.Simple<J, ?> handler) {
        Objects.requireNonNull(handler, "handler");
        return over(jobs, (J job, JobContext context) -> handler.handle(job));
    }

    /**
     * Tunes a blocking handler that takes a context.
     *
     * @param jobs at least one, none null; iterated again and again, by threads of the pools' own, one at a time
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @return a tuner with defaults otherwise
     */
    public static <J> Tuner<J> over(Iterable<? extends J> jobs, JobHandler<J, ?> handler) {
        Objects.requireNonNull(handler, "handler");
        return of(jobs, (system, settings, gauge) -> WorkerPool.start(system, settings, measured(handler, gauge)));
    }

    /**
     * Tunes an asynchronous handler.
     *
     * @param jobs at least one, none null; iterated again and again, by threads of the pools' own, one at a time
     * @param handler starts the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return a tuner with defaults otherwise
     */
    public static <J, R> Tuner<J> overAsync(Iterable<? extends J> jobs, AsyncJobHandler<J, R> handler) {
        Objects.requireNonNull(handler, "handler");
        return of(
                jobs,
                (system, settings, gauge) -> WorkerPool.startAsync(system, settings, measuredAsync(handler, gauge)));
    }

    private static <J> JobHandler<J, Boolean> measured(JobHandler<J, ?> handler, Gauge gauge) {
        return (job, context) -> {
            if (!gauge.begin()) {
                return false;
            }
            long from = System.nanoTime();
            try {
                handler.handle(job, context);
            } catch (Throwable e) {
                gauge.record(from, System.nanoTime(), e);
                throw e;
            }
            gauge.record(from, System.nanoTime(), null);
            return true;
        };
    }

    /** What the pool waits for is what comes after the recording, so that nothing is missing when a round has ended. */
    private static <J, R> AsyncJobHandler<J, R> measuredAsync(AsyncJobHandler<J, R> handler, Gauge gauge) {
        return (job, context) -> {
            if (!gauge.begin()) {
                return CompletableFuture.completedFuture(null);
            }
            long from = System.nanoTime();
            CompletionStage<R> stage;
            try {
                stage = Objects.requireNonNull(handler.handle(job, context), "the handler's stage");
            } catch (Throwable e) {
                gauge.record(from, System.nanoTime(), e);
                throw e;
            }
            if (stage instanceof Future<?> future) { // the one that the pool would cancel without us
                context.onCancel(() -> future.cancel(true));
            }
            return stage.whenComplete((result, error) -> gauge.record(from, System.nanoTime(), error));
        };
    }

    /**
     * Sets the range of the numbers of workers to try.
     *
     * @param fewest 1 to 100000
     * @param most from that to 100000
     * @return a changed copy
     * @throws IllegalArgumentException if the numbers are not in this range
     */
    public Tuner<J> workers(int fewest, int most) {
        if (fewest < 1 || most < fewest || most > MOST_WORKERS) {
            throw new IllegalArgumentException("workers to tune with = " + fewest + " to " + most
                    + "; allowed: two numbers from 1 to " + MOST_WORKERS + ", the lower first");
        }
        return new Tuner<>(jobs, launcher, fewest, most, duration, settings, onProgress, words);
    }

    /**
     * Sets how long it measures at most; it ends earlier if the figures are precise, and later by the time of the last
     * jobs. Those that still run after as long again, and 10 seconds at least, are cancelled.
     *
     * @param atMost 1 second to 1 day; the longer, the more precise
     * @return a changed copy
     * @throws IllegalArgumentException if it is not in this range
     */
    public Tuner<J> duration(Duration atMost) {
        if (atMost.compareTo(SHORTEST) < 0 || atMost.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("duration of tuning = " + atMost + "; allowed: 1 second to 1 day");
        }
        return new Tuner<>(jobs, launcher, low, high, atMost, settings, onProgress, words);
    }

    /**
     * Sets the settings of the pools: threads, a time-out of jobs and so on. The tuner decides the number of workers,
     * the queue and retries. The pools' name must be free in the actor system.
     *
     * @param poolSettings the settings
     * @return a changed copy
     */
    public Tuner<J> settings(WorkerPoolSettings poolSettings) {
        Objects.requireNonNull(poolSettings, "settings");
        return new Tuner<>(jobs, launcher, low, high, duration, poolSettings, onProgress, words);
    }

    /**
     * Sets a listener that is told of each round.
     *
     * @param listener called on the thread that measures, between two rounds; must neither block nor throw
     * @return a changed copy
     */
    public Tuner<J> onProgress(Consumer<TuneProgress> listener) {
        Objects.requireNonNull(listener, "listener");
        return new Tuner<>(jobs, launcher, low, high, duration, settings, listener, words);
    }

    /**
     * Sets how the report words the error of the first failed job. By default the error describes itself.
     *
     * @param description of an error, not null; called once, on the thread that measures
     * @return a changed copy
     */
    public Tuner<J> failureWords(Function<Throwable, String> description) {
        Objects.requireNonNull(description, "description");
        return new Tuner<>(jobs, launcher, low, high, duration, settings, onProgress, description);
    }

    /**
     * Starts tuning on its own thread. Does not block.
     *
     * @param system where the pools run
     * @return a handle
     * @throws IllegalArgumentException if there are no jobs, or a setting is not allowed
     * @throws IllegalStateException if HdrHistogram, which is an optional dependency, is not on the class path
     */
    public Tuning start(ActorSystem<?> system) {
        checkLibrary();
        WorkerPoolSettings base = settings == null ? WorkerPoolSettings.create(system, NAME) : settings;
        WorkerPoolSettings pool =
                base.withUnlimitedQueue().withRetry(RetryPolicy.never()).withCoordinatedShutdown(false);
        Processors processors = new Processors(Runtime.getRuntime().availableProcessors());
        long beganNs = System.nanoTime();
        long latestNs = beganNs + duration.toNanos() + Math.max(PATIENCE_NS, duration.toNanos());
        PoolRounds<J> rounds =
                new PoolRounds<>(system, pool, launcher, new Cycle<>(jobs), processors.count(), latestNs);
        CompletableFuture<TuneReport> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(measure(processors, rounds, beganNs));
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                },
                "workpool-tuner");
        thread.setDaemon(true);
        thread.start();
        return new Tuning(result.minimalCompletionStage(), rounds::cancel);
    }

    /**
     * Runs the tuning and blocks until it is over. If the thread is interrupted, it ends with what has been measured so
     * far, and the thread is interrupted again on return.
     *
     * @param system where the pools run
     * @return what it has found
     * @throws IllegalArgumentException if there are no jobs, or a setting is not allowed
     * @throws IllegalStateException if HdrHistogram is not on the class path, or measuring itself was not possible; see
     *     {@link Tuning#result}
     */
    public TuneReport run(ActorSystem<?> system) {
        Tuning tuning = start(system);
        CompletableFuture<TuneReport> result = tuning.result().toCompletableFuture();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    tuning.cancel();
                } catch (ExecutionException e) {
                    throw new IllegalStateException("tuning ended: " + e.getCause(), e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private TuneReport measure(Processors processors, PoolRounds<J> rounds, long beganNs) throws InterruptedException {
        int[] count = new int[1]; // of this thread alone
        Sweep sweep = new Sweep(
                low,
                high,
                duration.toNanos(),
                processors,
                rounds,
                System::nanoTime,
                beganNs,
                round -> onProgress.accept(
                        new TuneProgress(++count[0], round.workers(), round.throughput(), since(beganNs), duration)));
        TuneEnding ending = sweep.run();
        Throwable failure = rounds.firstFailure();
        return new Conclusion(low, high, processors, sweep.points(), ending)
                .report(
                        since(beganNs),
                        sweep.isEnough(),
                        sweep.neededSeconds(),
                        failure == null ? null : words.apply(failure));
    }

    private static Duration since(long beganNs) {
        return Duration.ofNanos(System.nanoTime() - beganNs);
    }

    private static void checkLibrary() {
        try {
            Class.forName("org.HdrHistogram.Histogram");
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "tuning needs org.hdrhistogram:HdrHistogram on the class path, an optional dependency of Workpool",
                    e);
        }
    }
}
