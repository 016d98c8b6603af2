package dev.workpool.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One schedule of a pool's actors: a seed decides what is asked of the pool, what its handlers do, and which of the
 * actors that have a message is next. After each step it is checked that no job is lost and none has two outcomes.
 */
final class Schedule {
    private static final String POOL = "pool";
    private static final int MOST_WORKERS = 4;

    /** Each begins with a full one, as some things are due at round times, and after what the one before has left. */
    private static final Duration HOUR = Duration.ofHours(1);

    private final WorkerPoolTestKit kit;
    private final SplittableRandom random;
    private final List<String> trace = new ArrayList<>();

    /** How often each job of a batch got an outcome. */
    private final Map<Integer, Integer> outcomes = new HashMap<>();

    private final List<Batch<String>> batches = new ArrayList<>();
    private final List<CompletableFuture<String>> singles = new ArrayList<>();
    private final WorkerPool<Integer, String> pool;
    private final Duration begun;

    /** Whether some jobs never end by themselves. */
    private final boolean mayHang;

    private int jobs;
    private PoolSnapshot last;

    /** A schedule in a kit in which no other goes on. */
    Schedule(WorkerPoolTestKit kit, long seed) {
        this.kit = kit;
        kit.advance(HOUR.minus(Duration.ofNanos(kit.time().toNanos() % HOUR.toNanos())));
        this.begun = kit.time();
        this.random = new SplittableRandom(seed);
        this.mayHang = random.nextBoolean();
        kit.reseed(random.nextLong());
        this.pool = WorkerPool.startAsync(kit.system(), settings(), this::handle);
        this.last = pool.snapshot();
    }

    private Duration time() {
        return kit.time().minus(begun);
    }

    private WorkerPoolSettings settings() {
        WorkerPoolSettings settings = kit.settings(POOL)
                .withWorkers(1 + random.nextInt(MOST_WORKERS))
                .withChunkMaxJobs(1 + random.nextInt(8))
                .withCancelGrace(Duration.ofSeconds(1 + random.nextInt(5)))
                .withCloseTimeout(Duration.ofSeconds(random.nextInt(100)));
        if (random.nextBoolean()) {
            settings = settings.withJobTimeout(Duration.ofSeconds(1 + random.nextInt(10)));
        }
        if (random.nextBoolean()) {
            settings = settings.withRetry(
                    RetryPolicy.attempts(1 + random.nextInt(3)).withTimeouts(random.nextBoolean()));
        }
        if (random.nextInt(3) == 0) {
            settings = settings.withQueueCapacity(
                    1 + random.nextInt(20), random.nextBoolean() ? WhenFull.REJECT : WhenFull.DROP_OLDEST);
        }
        return settings;
    }

    /** Does at once, later or never what it does. */
    private CompletionStage<String> handle(Integer job, JobContext context) throws Exception {
        trace.add(time() + " runs " + job + ", attempt " + context.attempt());
        int choice = random.nextInt(mayHang ? 20 : 18);
        if (choice < 8) {
            return CompletableFuture.completedFuture("done");
        } else if (choice < 11) {
            throw new IOException("at once");
        }
        CompletableFuture<String> stage = new CompletableFuture<>();
        if (choice < 18) {
            kit.system()
                    .scheduler()
                    .scheduleOnce(
                            Duration.ofMillis(random.nextInt(3_000)),
                            () -> {
                                if (choice < 16) {
                                    stage.complete("late");
                                } else {
                                    stage.completeExceptionally(new IOException("late"));
                                }
                            },
                            kit.system().executionContext());
        }
        return choice % 2 == 0 ? stage : stage.minimalCompletionStage(); // which no cancellation reaches
    }

    /** Runs it, and says what happened. */
    List<String> run() {
        for (int acts = 5 + random.nextInt(20); acts > 0; acts--) {
            act();
            for (int steps = random.nextInt(40); steps > 0 && kit.step(); steps--) {
                check();
            }
            if (random.nextInt(3) == 0) {
                kit.advance(Duration.ofMillis(random.nextInt(2_000)));
                check();
            }
        }
        end();
        return trace;
    }

    private void act() {
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> submitBatch();
            case 3, 4 -> singles.add(submit());
            case 5 -> anyOf(batches).forEach(Batch::cancel);
            case 6 -> anyOf(batches).forEach(Batch::cancelUnstarted);
            case 7 -> anyOf(singles).forEach(single -> single.cancel(true));
            case 8 -> pool.pause();
            case 9, 10 -> pool.resume();
            case 11 -> pool.resize(1 + random.nextInt(MOST_WORKERS));
            case 12 -> kit.killWorker(pool, random.nextInt(pool.snapshot().mostWorkers()));
            default -> pool.stats().thenAccept(stats -> trace.add(stats.toString()));
        }
    }

    private CompletableFuture<String> submit() {
        int job = jobs++;
        CompletableFuture<String> single = pool.submit(job);
        single.whenComplete((value, error) -> ended(job, value == null ? String.valueOf(error) : value));
        return single;
    }

    private void submitBatch() {
        List<Integer> batch = new ArrayList<>();
        for (int size = random.nextInt(30); size > 0; size--) {
            batch.add(jobs++);
        }
        BatchOptions options = BatchOptions.defaults().withPriority(random.nextInt(3));
        if (random.nextInt(4) == 0) {
            options = options.withHalt(
                    (random.nextBoolean() ? HaltPolicy.now() : HaltPolicy.soon()).failed(1 + random.nextInt(3)));
        }
        if (random.nextInt(4) == 0) {
            options = options.withTimeout(Duration.ofSeconds(1 + random.nextInt(20)));
        }
        batches.add(pool.submitAll(batch, options, (job, outcome) -> ended(job, outcome.toString())));
    }

    private void ended(int job, String how) {
        trace.add(time() + " " + job + " " + how);
        assertThat(outcomes.merge(job, 1, Integer::sum))
                .as("outcomes of job " + job)
                .isEqualTo(1);
    }

    private <T> List<T> anyOf(List<T> all) {
        return all.isEmpty() ? List.of() : List.of(all.get(random.nextInt(all.size())));
    }

    /** What always holds. */
    private void check() {
        PoolSnapshot now = pool.snapshot();
        assertThat(now.accepted())
                .isEqualTo(now.succeeded()
                        + now.failed()
                        + now.timedOut()
                        + now.cancelled()
                        + now.queued()
                        + now.waiting()
                        + now.running());
        assertThat(List.of(now.queued(), now.waiting(), now.running(), now.abandoned()))
                .allMatch(count -> count >= 0);
        assertThat(now.done()).isGreaterThanOrEqualTo(last.done());
        assertThat(Recorder.of(pool).running(POOL).size() - now.abandoned())
                .as("handlers that run, without those that were abandoned")
                .isLessThanOrEqualTo(MOST_WORKERS);
        assertThat(now.accepted() + now.rejected()).isLessThanOrEqualTo(jobs);
        last = now;
    }

    private void end() {
        switch (random.nextInt(mayHang ? 3 : 6)) {
            case 0 -> kit.await(pool.abort());
            case 1 -> pool.close();
            case 2 -> {
                CompletionStage<?> drained = pool.drain();
                kit.advance(Duration.ofSeconds(random.nextInt(20)));
                pool.abort();
                kit.await(drained);
            }
            default -> { // nobody helps: each job comes to its end
                pool.resume();
                kit.skipToIdle();
                kit.await(pool.drain());
            }
        }
        kit.drain();
        check();
        assertThat(last.done()).as("jobs that were accepted").isEqualTo(last.accepted());
        assertThat(batches)
                .allMatch(batch -> batch.result().toCompletableFuture().isDone());
        assertThat(singles).allMatch(CompletableFuture::isDone);
        for (int job = 0; job < jobs; job++) {
            assertThat(outcomes).containsEntry(job, 1);
        }
        trace.add(last.toString());
    }
}
