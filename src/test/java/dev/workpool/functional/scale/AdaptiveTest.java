package dev.workpool.functional.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pools whose number of workers is adaptive. */
class AdaptiveTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final String WITH_CONTEXT = "dev.workpool.support.PoolKind#withContext";

    private static int workers(WorkerPool<?, ?> pool) throws Exception {
        return get(pool.stats()).workers();
    }

    private WorkerPoolSettings adaptive(int fewest, int most) {
        return settings(1).withAdaptiveWorkers(fewest, most);
    }

    @Test
    void itBeginsWithTheProcessorsWithinItsBounds() throws Exception {
        int processors = Runtime.getRuntime().availableProcessors();
        for (int[] bounds : new int[][] {{1, 1}, {1, 1_000}, {processors + 1, processors + 3}}) {
            try (WorkerPool<Integer, Integer> pool =
                    WorkerPool.start(system, adaptive(bounds[0], bounds[1]), (Integer job) -> job)) {
                assertThat(workers(pool)).isEqualTo(Math.max(bounds[0], Math.min(bounds[1], processors)));
            }
        }
    }

    /** A server that takes five milliseconds for each job, however many there are. */
    @Test
    void thereAreMoreWorkersWhereTheyMakeNoJobSlower() throws Exception {
        Executor server = CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(
                system,
                adaptive(1, 500),
                (Integer job, JobContext context) -> CompletableFuture.supplyAsync(() -> job, server))) {
            int before = workers(pool);
            Batch<Integer> batch = pool.submitAll(jobs(1_000_000));
            await().atMost(LONG).until(() -> workers(pool) > before);
            batch.cancel();
            assertThat(workers(pool)).isBetween(1, 500);
        }
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void whoReportsAnOverloadMakesThemFewer(PoolKind kind) throws Exception {
        AtomicInteger reported = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, adaptive(1, 40), (job, context) -> {
            context.slowDown(Duration.ZERO);
            reported.incrementAndGet();
            return job;
        })) {
            assertThat(get(pool.submitAll(jobs(2_000)).result()).isSuccess()).isTrue();
            assertThat(reported).hasValue(2_000);
            assertThat(workers(pool)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void attemptsThatTimeOutMakeThemFewer(PoolKind kind) throws Exception {
        WorkerPoolSettings settings = adaptive(1, 40).withJobTimeout(Duration.ofMillis(1));
        int count = 20 * Runtime.getRuntime().availableProcessors();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> Handlers.hang())) {
            assertThat(get(pool.submitAll(jobs(count)).result()).timedOut()).isEqualTo(count);
            await().atMost(LONG).untilAsserted(() -> assertThat(workers(pool)).isEqualTo(1));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void resizingChangesTheMost(PoolKind kind) throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Semaphore ends = new Semaphore(0, true);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, adaptive(8, 20), (job, context) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            ends.acquireUninterruptibly();
            running.decrementAndGet();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(100));
            int first = workers(pool);
            await().atMost(LONG).untilAsserted(() -> assertThat(running).hasValue(first));
            pool.resize(3);
            assertThat(workers(pool)).as("below the fewest, since it is said").isEqualTo(3);
            ends.release(first);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(batch.progress().done()).isEqualTo(first));
            await().atMost(LONG).untilAsserted(() -> assertThat(running).hasValue(3));
            get(pool.stats());
            most.set(0);
            pool.resize(30);
            assertThat(workers(pool)).as("the fewest").isEqualTo(8);
            await().atMost(LONG).untilAsserted(() -> assertThat(running).hasValue(8));
            ends.release(200);
            assertThat(get(batch.result()).isSuccess()).isTrue();
            assertThat(most.get()).isLessThanOrEqualTo(30);
            assertThatThrownBy(() -> pool.resize(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("workers = 0; allowed: 1 to 100000");
        }
    }

    /** Reports, time-outs, resizes and pauses at random while jobs run, and then an end: nothing is lost, no bound is passed. */
    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void nothingIsLostWhateverChangesTheNumber(PoolKind kind) throws Exception {
        for (int round = 0; round < 6; round++) {
            Random random = new Random(31L * round + kind.name().length());
            AtomicInteger running = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            WorkerPoolSettings settings = adaptive(2, 6)
                    .withMaxSlowDown(Duration.ofMillis(1))
                    .withRetry(RetryPolicy.attempts(2).withFixedBackoff(Duration.ofMillis(1)));
            WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                try {
                    if (job % 50 == 0) {
                        context.slowDown(job % 100 == 0 ? Duration.ZERO : Duration.ofDays(1));
                    }
                    if (job % 70 == 0) {
                        throw new IllegalStateException("on purpose");
                    }
                    return job;
                } finally {
                    running.decrementAndGet();
                }
            });
            int count = 1_500;
            Batch<Integer> batch = pool.submitAll(jobs(count));
            for (int i = 0; i < 60; i++) {
                switch (random.nextInt(4)) {
                    case 0 -> pool.resize(1 + random.nextInt(6));
                    case 1 -> pool.pause();
                    case 2 -> pool.resume();
                    default -> assertThat(workers(pool)).isBetween(1, 6);
                }
            }
            CompletionStage<?> end = round % 3 == 0 ? pool.abort() : pool.drain();
            pool.resize(1 + random.nextInt(6));
            if (round % 3 == 1) {
                pool.resume();
            }
            get(end);
            BatchResult<Integer> result = get(batch.result());
            assertThat(result.outcomes()).hasSize(count).doesNotContainNull();
            if (round % 3 != 0) {
                assertThat(result.succeeded() + result.failed()).isEqualTo(count);
            }
            PoolStats stats = get(pool.stats());
            assertThat(stats.done()).isEqualTo(stats.accepted()).isEqualTo(count);
            assertThat(stats.workers()).isBetween(1, 6);
            assertThat(most.get()).isLessThanOrEqualTo(6);
        }
    }

    /** The number is about to change by itself, with each round of jobs that are as quick as ever, when the pool is told to end. */
    @Test
    void nothingIsLostIfThePoolEndsWhileTheNumberGrows() throws Exception {
        Executor server = CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS);
        int count = 3_000;
        for (int round = 0; round < 6; round++) {
            WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(
                    system,
                    adaptive(1, 100),
                    (Integer job, JobContext context) -> CompletableFuture.supplyAsync(() -> job, server));
            int before = workers(pool);
            Batch<Integer> batch = pool.submitAll(jobs(count));
            await().atMost(LONG).pollInterval(Duration.ofMillis(1)).until(() -> workers(pool) > before);
            boolean drains = round % 2 == 0;
            get(drains ? pool.drain() : pool.abort());
            BatchResult<Integer> result = get(batch.result());
            assertThat(result.outcomes()).hasSize(count).doesNotContainNull();
            assertThat(result.isSuccess()).isEqualTo(drains);
            PoolStats stats = get(pool.stats());
            assertThat(stats.done()).isEqualTo(stats.accepted()).isEqualTo(count);
            assertThat(stats.workers()).isBetween(before + 1, 100);
        }
    }

    // Slowing down, in any pool

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void nothingBeginsAfterAReportAndWhatRunsGoesOn(PoolKind kind) throws Exception {
        CountDownLatch bothRun = new CountDownLatch(2);
        CountDownLatch reported = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            begun.incrementAndGet();
            bothRun.countDown();
            bothRun.await();
            if (job == 0) {
                context.slowDown(Duration.ofSeconds(Long.MAX_VALUE));
                reported.countDown();
            }
            gate.await();
            return job;
        });
        Batch<Integer> batch = pool.submitAll(jobs(50));
        reported.await();
        get(pool.stats()); // the router answers after it has heard of it
        gate.countDown();
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(batch.progress().done()).isEqualTo(2));
        pool.resume(); // of a pause that is none
        CompletableFuture<Integer> later = pool.submit(99);
        PoolStats stats = get(pool.stats());
        assertThat(stats.queued()).isEqualTo(49);
        assertThat(begun).hasValue(2);
        get(pool.abort());
        assertThat(get(batch.result()).cancelled()).isEqualTo(48);
        assertThatThrownBy(() -> get(later)).isInstanceOf(CancellationException.class);
        assertThat(begun).hasValue(2);
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void reportsThatAreWrongFailTheJobAndSlowNothingDown(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            context.slowDown(job == 0 ? null : Duration.ofMillis(-job));
            return job;
        })) {
            List<Outcome<Integer>> outcomes =
                    get(pool.submitAll(jobs(20)).result()).outcomes();
            assertThat(((Outcome.Failed<Integer>) outcomes.get(0)).error()).isInstanceOf(NullPointerException.class);
            assertThat(((Outcome.Failed<Integer>) outcomes.get(7)).error())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("retryAfter = PT-0.007S; allowed: 0 or more");
        }
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void aReportIsCutOffAndAPoolThatDrainsWaitsForItsEnd(PoolKind kind) throws Exception {
        AtomicInteger reports = new AtomicInteger();
        WorkerPoolSettings settings = settings(2).withMaxSlowDown(Duration.ofMillis(3));
        WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            if (job % 10 == 0) {
                context.slowDown(Duration.ofDays(1_000_000));
                reports.incrementAndGet();
            }
            return job;
        });
        Batch<Integer> batch = pool.submitAll(jobs(200));
        get(pool.drain());
        assertThat(get(batch.result()).isSuccess()).isTrue();
        assertThat(reports).hasValue(20);
    }

    /** The contexts of jobs whose pool is gone still bear being called. */
    @Test
    void aReportThatComesTooLateIsHarmless() throws Exception {
        CompletableFuture<JobContext> kept = new CompletableFuture<>();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, adaptive(1, 2), (job, context) -> {
            kept.complete(context);
            return job;
        })) {
            get(pool.submit(1));
            kept.join().slowDown(Duration.ZERO);
            assertThat(get(pool.submit(2))).isEqualTo(2);
        }
        kept.join().slowDown(Duration.ofSeconds(1));
    }

    @Test
    void aSubmitterThatRunsAJobReportsLikeAWorker() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean ranHere = new AtomicBoolean();
        Thread submitter = Thread.currentThread();
        WorkerPoolSettings settings = settings(1).withQueueCapacity(1, WhenFull.CALLER_RUNS);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (job, context) -> {
            if (Thread.currentThread() == submitter) {
                context.slowDown(Duration.ofHours(1));
                ranHere.set(context.workerIndex() == -1);
            } else {
                running.countDown();
                gate.await();
            }
            return job;
        });
        CompletableFuture<Integer> first = pool.submit(1);
        running.await();
        CompletableFuture<Integer> waiting = null;
        for (int job = 2; !ranHere.get(); job++) { // some may be handed out before the queue counts
            CompletableFuture<Integer> next = pool.submit(job);
            waiting = ranHere.get() ? waiting : next;
        }
        get(pool.stats()); // the router answers after it has heard of it
        gate.countDown();
        assertThat(get(first)).isEqualTo(1);
        get(pool.stats());
        assertThat(waiting).isNotNull().isNotDone();
        get(pool.abort());
        CompletableFuture<Integer> cancelled = waiting;
        assertThatThrownBy(() -> get(cancelled)).isInstanceOf(CancellationException.class);
    }
}
