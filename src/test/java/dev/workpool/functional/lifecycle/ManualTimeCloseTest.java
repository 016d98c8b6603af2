package dev.workpool.functional.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.PoolExecutor;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A test in a time that nobody moves any more, since an assertion of it has failed, gets out of its try-with-resources, whatever its pool waits
 * for, and so shows the failure.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // those that fail wait for ever
class ManualTimeCloseTest {
    private static final ActorTestKit KIT = ActorTestKit.create("manual-close", ManualTime.config());
    private static final ActorSystem<Void> SYSTEM = KIT.system();
    private static final Duration HOUR = Duration.ofHours(1);
    private static final AtomicInteger POOLS = new AtomicInteger();

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static WorkerPoolSettings settings() {
        return WorkerPoolSettings.create(SYSTEM, "closed-" + POOLS.incrementAndGet())
                .withWorkers(1);
    }

    /** What a test does before one of its assertions fails. */
    private interface Body {
        void run() throws Exception;
    }

    private static void assertShown(AutoCloseable pool, Body body) {
        AssertionError failure = new AssertionError("of the test");
        assertThatThrownBy(() -> {
                    try (pool) {
                        body.run();
                        throw failure;
                    }
                })
                .isSameAs(failure);
    }

    private static void awaitQueued(WorkerPool<?, ?> pool, long jobs) {
        await().atMost(PoolTest.LONG).untilAsserted(() -> {
            PoolStats stats = PoolTest.get(pool.stats());
            assertThat(stats.queued()).isEqualTo(jobs);
            assertThat(stats.running()).isZero();
        });
    }

    private static void assertAddsUp(WorkerPool<?, ?> pool) throws Exception {
        PoolStats last = PoolTest.get(pool.stats());
        assertThat(last.accepted()).isEqualTo(last.done());
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#all")
    void whileARetryWaits(PoolKind kind) throws Exception {
        RetryPolicy policy = RetryPolicy.attempts(3).withExponentialBackoff(HOUR, HOUR);
        WorkerPool<Integer, Integer> pool = kind.start(SYSTEM, settings().withRetry(policy), (job, context) -> {
            throw new IOException("each time");
        });
        List<CompletionStage<?>> singles = new ArrayList<>();
        List<Batch<Integer>> batches = new ArrayList<>();
        assertShown(pool, () -> {
            singles.add(pool.submit(0));
            batches.add(pool.submitAll(List.of(1, 2)));
            awaitQueued(pool, 3);
        });
        assertThat(PoolTest.get(batches.get(0).result()).outcomes())
                .containsExactly(new Outcome.Cancelled<>(1), new Outcome.Cancelled<>(1));
        Throwable error = PoolTest.get(singles.get(0).handle((value, problem) -> problem));
        assertThat(error).isInstanceOf(CancellationException.class);
        assertAddsUp(pool);
    }

    /** The job fails only after the pool was told to close. */
    @Test
    void whileAJobRunsThatIsToBeTriedAgain() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<WorkerPool<Integer, Integer>> self = new CompletableFuture<>();
        RetryPolicy policy = RetryPolicy.attempts(3).withExponentialBackoff(HOUR, HOUR);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(SYSTEM, settings().withRetry(policy), (Integer job) -> {
            running.countDown();
            await().atMost(PoolTest.LONG)
                    .until(() -> PoolTest.get(self.join().submitAll(List.of()).result())
                                            .size()
                                    == 0
                            && isClosed(self.join()));
            throw new IOException("late");
        });
        self.complete(pool);
        List<Batch<Integer>> batches = new ArrayList<>();
        assertShown(pool, () -> {
            batches.add(pool.submitAll(List.of(1)));
            running.await();
        });
        assertThat(PoolTest.get(batches.get(0).result()).isSuccess()).isFalse();
        assertAddsUp(pool);
    }

    private static boolean isClosed(WorkerPool<Integer, Integer> pool) throws Exception {
        pool.submit(9);
        return PoolTest.get(pool.stats()).rejected() > 0;
    }

    @ParameterizedTest
    @EnumSource(
            value = PoolKind.class,
            names = {"SIMPLE", "ASYNC"})
    void whileARateLimitHoldsJobsBack(PoolKind kind) throws Exception {
        WorkerPool<Integer, Integer> pool =
                kind.start(SYSTEM, settings().withRateLimit(new RateLimit(0.001, 2)), (job, context) -> job);
        List<Batch<Integer>> batches = new ArrayList<>();
        List<CompletionStage<?>> singles = new ArrayList<>();
        assertShown(pool, () -> {
            batches.add(pool.submitAll(List.of(1, 2, 3, 4)));
            singles.add(pool.submit(5));
            awaitQueued(pool, 3);
        });
        BatchResult<Integer> result = PoolTest.get(batches.get(0).result());
        assertThat(result.succeeded() + result.cancelled()).isEqualTo(4);
        PoolTest.get(singles.get(0).handle((value, error) -> "over"));
        assertAddsUp(pool);
        assertThat(PoolTest.get(pool.stats()).cancelled()).isEqualTo(3);
    }

    @Test
    void whileASlowDownHoldsJobsBack() throws Exception {
        WorkerPool<Integer, Integer> pool =
                WorkerPool.start(SYSTEM, settings().withMaxSlowDown(HOUR), (Integer job, JobContext context) -> {
                    context.slowDown(HOUR);
                    return job;
                });
        List<Batch<Integer>> batches = new ArrayList<>();
        assertShown(pool, () -> {
            PoolTest.get(pool.submit(0));
            batches.add(pool.submitAll(List.of(1, 2)));
            awaitQueued(pool, 2);
        });
        assertThat(PoolTest.get(batches.get(0).result()).cancelled()).isEqualTo(2);
        assertAddsUp(pool);
    }

    @Test
    void whileTheJobsOfAStreamWaitForTheirRate() throws Exception {
        WorkerPool<Integer, Integer> pool =
                WorkerPool.start(SYSTEM, settings().withRateLimit(new RateLimit(0.001, 1)), (Integer job) -> job);
        List<Processing> streams = new ArrayList<>();
        assertShown(pool, () -> {
            StreamOptions<Integer> keyed = StreamOptions.keyed(job -> job % 2);
            streams.add(pool.process(List.of(1, 2, 3, 4, 5, 6).iterator(), keyed, (job, outcome) -> {}));
            await().atMost(PoolTest.LONG)
                    .untilAsserted(
                            () -> assertThat(streams.get(0).progress().done()).isEqualTo(1));
        });
        BatchProgress counts = PoolTest.get(
                streams.get(0).result().handle((value, error) -> streams.get(0).progress()));
        assertThat(counts.pending()).isZero();
        assertAddsUp(pool);
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#all")
    void whileAJobWaitsForItsTimeout(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = kind.start(
                SYSTEM, settings().withJobTimeout(HOUR).withCloseTimeout(Duration.ofMillis(50)), (job, context) -> {
                    running.countDown();
                    return Handlers.hang();
                });
        List<Batch<Integer>> batches = new ArrayList<>();
        assertShown(pool, () -> {
            batches.add(pool.submitAll(List.of(1, 2)));
            running.await();
        });
        assertThat(PoolTest.get(batches.get(0).result()).outcomes())
                .containsExactly(new Outcome.Cancelled<>(1), new Outcome.Cancelled<>(0));
        assertAddsUp(pool);
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#all")
    void whileAHandlerIgnoresItsInterrupt(PoolKind kind) throws Exception {
        assertShownWhileAHandlerIgnoresItsInterrupt(kind, Duration.ofMillis(50));
    }

    /** The times of the settings are those of the test, and not meant to be waited for. */
    @Test
    void whileAHandlerHasHoursToListen() throws Exception {
        assertShownWhileAHandlerIgnoresItsInterrupt(PoolKind.SIMPLE, HOUR);
    }

    private static void assertShownWhileAHandlerIgnoresItsInterrupt(PoolKind kind, Duration patience) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool =
                kind.start(SYSTEM, settings().withCancelGrace(patience).withCloseTimeout(patience), (job, context) -> {
                    running.countDown();
                    Handlers.ignoreInterruptsUntil(released);
                    return job;
                });
        List<Batch<Integer>> batches = new ArrayList<>();
        try {
            assertShown(pool, () -> {
                batches.add(pool.submitAll(List.of(1, 2)));
                running.await();
                batches.get(0).cancel();
            });
            assertThat(PoolTest.get(batches.get(0).result()).outcomes())
                    .containsExactly(new Outcome.Cancelled<>(1), new Outcome.Cancelled<>(0));
            assertAddsUp(pool);
        } finally {
            released.countDown();
        }
    }

    /** Its tasks may take their time, but not that of the clock that stands still. */
    @Test
    void whileTheTasksOfAnExecutorWaitForTheirRate() throws Exception {
        PoolExecutor executor = PoolExecutor.start(SYSTEM, settings().withRateLimit(new RateLimit(0.001, 1)));
        List<Future<Integer>> futures = new ArrayList<>();
        assertShown(executor, () -> {
            for (int i = 0; i < 4; i++) {
                int task = i;
                futures.add(executor.submit(() -> task));
            }
            assertThat(futures.get(0).get()).isZero();
        });
        assertThat(executor.isTerminated()).isTrue();
        await().until(() -> futures.subList(1, 4).stream().allMatch(Future::isCancelled)); // by a callback
    }

    @Test
    void whileATaskOfAnExecutorWaitsForItsTimeout() throws Exception {
        PoolExecutor executor = PoolExecutor.start(SYSTEM, settings().withJobTimeout(HOUR));
        CountDownLatch running = new CountDownLatch(1);
        List<Future<Integer>> futures = new ArrayList<>();
        assertShown(executor, () -> {
            futures.add(executor.submit(() -> {
                running.countDown();
                return Handlers.hang();
            }));
            running.await();
        });
        assertThat(executor.isTerminated()).isTrue();
        await().until(() -> futures.get(0).isDone()); // perhaps by a callback
    }

    /** As in any other time, what does not wait is done. */
    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#all")
    void whatWaitsForNothingIsDone(PoolKind kind) throws Exception {
        List<Batch<Integer>> batches = new ArrayList<>();
        WorkerPool<Integer, Integer> pool =
                kind.start(SYSTEM, settings().withRateLimit(new RateLimit(1000, 500)), (job, context) -> job);
        assertShown(pool, () -> batches.add(pool.submitAll(List.of(1, 2, 3, 4, 5, 6))));
        assertThat(PoolTest.get(batches.get(0).result()).values()).containsExactly(1, 2, 3, 4, 5, 6);
    }
}
