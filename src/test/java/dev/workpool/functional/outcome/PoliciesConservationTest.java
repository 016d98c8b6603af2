package dev.workpool.functional.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolActors;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * {@link ConservationTest} with every policy at once: time-outs, deadlines, retries, halts, priorities, and a pool that is
 * full, resized, paused and limited at random moments, whose handlers hang or ignore that they are told to stop.
 */
@Label("Conservation with policies")
class PoliciesConservationTest {
    private static final int SCALE = Integer.getInteger("stress.scale", 1);
    private static final int MOST_WORKERS = 5;
    private static final int GATHERED = 1_000;
    private static final Duration NEVER = Duration.ofDays(1);
    private static final AtomicInteger POOLS = new AtomicInteger();
    private static ActorSystem<Void> system;

    @BeforeContainer
    static void start() {
        system = ActorSystem.create(Behaviors.empty(), "policies");
    }

    @AfterContainer
    static void stop() {
        system.terminate();
    }

    private enum End {
        DRAIN,
        CLOSE,
        ABORT,
        KILL
    }

    private static final class Job {
        final int kind;
        final int spins;
        final int failures;
        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger inside = new AtomicInteger();

        Job(int kind) {
            this.kind = kind;
            this.spins = 0;
            this.failures = 0;
        }

        Job(Random random, int kinds) {
            this.kind = random.nextInt(kinds);
            this.spins = random.nextInt(50) == 0 ? random.nextInt(100_000) : random.nextInt(200);
            this.failures = random.nextInt(4);
        }
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void everyJobHasOneOutcomeAndNoPlaceIsLost(@ForAll long seed, @ForAll PoolKind wanted, @ForAll End end)
            throws Exception {
        PoolKind kind = PoolKind.all().anyMatch(wanted::equals) ? wanted : PoolKind.BLOCKING;
        for (int i = 0; i < SCALE; i++) {
            new Run(new Random(seed + i), kind, end).play();
        }
    }

    private static final class Run {
        final Random random;
        final PoolKind kind;
        final End end;

        /** Whether handlers may ignore that they are told to stop; then their pool does not wait for them. */
        final boolean stubborn;

        /** Whether time-outs may be; without them nothing hangs. */
        final boolean timed;

        final CountDownLatch released = new CountDownLatch(1);
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final AtomicInteger overlaps = new AtomicInteger();
        volatile CountDownLatch together;
        int mostWorkers;
        final int maxAbandoned;

        final List<List<Job>> batchJobs = new ArrayList<>();
        final List<Batch<Integer>> batches = new ArrayList<>();
        final List<CompletableFuture<Integer>> singles = new ArrayList<>();
        final WorkerPool<Job, Integer> pool;

        Run(Random random, PoolKind kind, End end) {
            this.random = random;
            this.kind = kind;
            this.end = end;
            this.stubborn = random.nextBoolean();
            this.timed = stubborn || random.nextBoolean();
            this.maxAbandoned = random.nextInt(4);
            this.mostWorkers = 1 + random.nextInt(MOST_WORKERS);
            WorkerPoolSettings settings = WorkerPoolSettings.create(system, "policies-" + POOLS.incrementAndGet())
                    .withWorkers(mostWorkers)
                    .withMaxAbandoned(maxAbandoned)
                    .withCloseTimeout(Duration.ofMillis(random.nextInt(30)))
                    .withCancelGrace(stubborn ? Duration.ofMillis(random.nextInt(4)) : PoolTest.LONG)
                    .withRetry(retry());
            settings = timed ? settings.withJobTimeout(Duration.ofMillis(1 + random.nextInt(20))) : settings;
            settings = random.nextBoolean() ? settings.withRateLimit(rate()) : settings;
            settings = random.nextInt(3) == 0 ? settings.withRetryBudget(0.5, 5) : settings;
            settings = random.nextBoolean() ? settings.withQueueCapacity(capacity(), whenFull()) : settings;
            this.pool = kind.start(system, settings, (job, context) -> handle(job));
        }

        private RetryPolicy retry() {
            return RetryPolicy.attempts(1 + random.nextInt(4))
                    .withExponentialBackoff(Duration.ofNanos(random.nextInt(2_000_000)), Duration.ofMillis(5))
                    .withTimeouts(random.nextBoolean())
                    .retryOn(IOException.class, LinkageError.class);
        }

        /** Room for as many as are gathered in the end, at least. */
        private int capacity() {
            return MOST_WORKERS + random.nextInt(random.nextBoolean() ? 5 : 1_000);
        }

        /** Nobody of the others would wait for a pause to end, or count callers as workers. */
        private WhenFull whenFull() {
            return random.nextBoolean() ? WhenFull.REJECT : WhenFull.DROP_OLDEST;
        }

        private RateLimit rate() {
            return new RateLimit(1_000 + random.nextInt(100_000), 1 + random.nextInt(50));
        }

        private Integer handle(Job job) throws Exception {
            int attempt = job.begun.incrementAndGet();
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            if (job.inside.incrementAndGet() > 1) {
                overlaps.incrementAndGet();
            }
            try {
                return body(job, attempt);
            } finally {
                job.inside.decrementAndGet();
                running.decrementAndGet();
            }
        }

        private Integer body(Job job, int attempt) throws Exception {
            for (int i = 0; i < job.spins; i++) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("told to stop");
                }
            }
            switch (job.kind) {
                case 0 -> throw new IOException("for the test");
                case 1 -> throw new LinkageError("for the test");
                case 2 -> throw new IllegalStateException("for the test");
                case 3, 4, 5 -> {
                    if (attempt <= job.failures) {
                        throw new IOException("attempt " + attempt);
                    }
                }
                case GATHERED -> {
                    together.countDown();
                    together.await();
                }
                case 200 -> Handlers.hang();
                case 201 -> Handlers.ignoreInterruptsUntil(released);
                default -> {
                    return job.kind == 6 ? null : job.kind;
                }
            }
            return job.kind;
        }

        private List<Job> someJobs(int count) {
            List<Job> jobs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                jobs.add(new Job(random, stubborn ? 202 : timed ? 201 : 200));
            }
            return jobs;
        }

        private BatchOptions options() {
            BatchOptions options =
                    BatchOptions.defaults().withPriority(random.nextInt(3) - 1).withWeight(1 + random.nextInt(3));
            options = random.nextInt(3) == 0 ? options.withRetry(retry()) : options;
            options = timed && random.nextInt(3) == 0
                    ? options.withJobTimeout(Duration.ofMillis(1 + random.nextInt(10)))
                    : options;
            options = random.nextInt(4) == 0 ? options.withTimeout(Duration.ofMillis(1 + random.nextInt(30))) : options;
            HaltPolicy halt = random.nextBoolean() ? HaltPolicy.now() : HaltPolicy.soon();
            return switch (random.nextInt(8)) {
                case 0 -> options.withHalt(halt.failed(1 + random.nextInt(20)));
                case 1 -> options.withHalt(halt.succeededPercent(50));
                default -> options;
            };
        }

        void play() throws Exception {
            for (int steps = 5 + random.nextInt(25); steps > 0; steps--) {
                step();
                for (int i = random.nextInt(20_000); i > 0; i--) {
                    Thread.onSpinWait();
                }
            }
            pool.setRateLimit(Optional.of(new RateLimit(1e6, 1_000)));
            if (end == End.DRAIN) {
                checkThatNoPlaceIsLost();
            }
            switch (end) {
                case DRAIN -> PoolTest.get(pool.drain());
                case CLOSE -> pool.close();
                case ABORT -> PoolTest.get(pool.abort());
                default -> {
                    PoolActors.poison(system, pool, "");
                    PoolTest.get(pool.drain());
                }
            }
            released.countDown();
            check();
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> {
                    List<Job> jobs = someJobs(random.nextInt(kind.isAsync() ? 60 : 600));
                    batchJobs.add(jobs);
                    batches.add(pool.submitAll(jobs, options()));
                }
                case 3 -> someJobs(random.nextInt(30)).forEach(job -> singles.add(pool.submit(job)));
                case 4 -> PoolActors.poison(system, pool, "router/worker-" + random.nextInt(MOST_WORKERS) + "-*");
                case 5 -> {
                    if (!batches.isEmpty()) {
                        batches.get(random.nextInt(batches.size())).cancel();
                    }
                }
                case 6 -> {
                    if (!singles.isEmpty()) {
                        singles.get(random.nextInt(singles.size())).cancel(true);
                    }
                }
                case 7, 8 -> {
                    int workers = 1 + random.nextInt(MOST_WORKERS);
                    mostWorkers = Math.max(mostWorkers, workers);
                    pool.resize(workers);
                }
                case 9 -> pool.pause();
                case 10 -> pool.resume();
                default -> pool.setRateLimit(random.nextInt(3) == 0 ? Optional.empty() : Optional.of(rate()));
            }
        }

        /** When all is done, as many jobs as there are workers run at once, each waiting for all others. */
        private void checkThatNoPlaceIsLost() throws Exception {
            pool.resume();
            released.countDown();
            for (Batch<Integer> batch : batches) {
                PoolTest.get(batch.result());
            }
            for (CompletableFuture<Integer> single : singles) {
                PoolTest.get(single.handle((value, error) -> true));
            }
            await().atMost(PoolTest.LONG)
                    .untilAsserted(() ->
                            assertThat(PoolTest.get(pool.stats()).abandoned()).isZero());
            int workers = PoolTest.get(pool.stats()).workers();
            List<Job> jobs = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                jobs.add(new Job(GATHERED));
            }
            together = new CountDownLatch(workers);
            BatchOptions options = BatchOptions.defaults().withJobTimeout(NEVER).withRetry(RetryPolicy.never());
            assertThat(PoolTest.get(pool.submitAll(jobs, options).result()).succeeded())
                    .isEqualTo(workers);
        }

        private void check() throws Exception {
            long accepted = 0;
            for (int b = 0; b < batches.size(); b++) {
                BatchResult<Integer> result = PoolTest.get(batches.get(b).result());
                assertThat(result.outcomes()).hasSameSizeAs(batchJobs.get(b)).doesNotContainNull();
                assertThat(result.counts()).isEqualTo(batches.get(b).progress());
                assertThat(result.counts().done()).isEqualTo(result.size());
                for (int i = 0; i < result.size(); i++) {
                    check(result.outcomes().get(i), batchJobs.get(b).get(i));
                }
                accepted += result.size() - result.rejected();
            }
            for (CompletableFuture<Integer> single : singles) {
                PoolTest.get(single.handle((value, error) -> true));
            }
            PoolStats stats = PoolTest.get(pool.stats());
            assertThat(stats.accepted()).isGreaterThanOrEqualTo(accepted);
            assertThat(stats.done()).isEqualTo(stats.accepted());
            assertThat(stats.queued()).isZero();
            assertThat(stats.running()).isZero();
            assertThat(most.get())
                    .as("handlers at a time, those included that were abandoned and replaced")
                    .isLessThanOrEqualTo(mostWorkers + maxAbandoned);
            if (!stubborn) {
                assertThat(stats.abandoned()).isZero();
                assertThat(most.get()).as("handlers at a time").isLessThanOrEqualTo(mostWorkers);
                assertThat(overlaps).as("attempts at one job at a time").hasValue(0);
            }
        }

        private void check(Outcome<Integer> outcome, Job job) {
            int begun = job.begun.get();
            assertThat(outcome.attempts()).isBetween(0, 4);
            if (outcome instanceof Outcome.Succeeded || outcome instanceof Outcome.Failed) {
                assertThat(begun).as("%s", outcome).isEqualTo(outcome.attempts());
            } else if (outcome.attempts() == 0) {
                assertThat(begun).as("%s", outcome).isZero();
            } else if (end != End.KILL) {
                // A handler may not have been called yet when it was told to stop.
                assertThat(begun).as("%s", outcome).isBetween(outcome.attempts() - 1, outcome.attempts());
            }
        }
    }
}
