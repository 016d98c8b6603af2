package dev.workpool.functional.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pools that pause, over every kind of pool. */
class PauseTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final BatchOptions DEFAULTS = BatchOptions.defaults();

    /** The pause has reached the workers, since the router answers after it. */
    private static void pause(WorkerPool<?, ?> pool) throws Exception {
        pool.pause();
        get(pool.stats());
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whatRunsFinishesAndNothingNewStarts(PoolKind kind) throws Exception {
        CountDownLatch bothRun = new CountDownLatch(2);
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger started = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            started.incrementAndGet();
            bothRun.countDown();
            gate.await();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(50));
            bothRun.await();
            pause(pool);
            pool.pause(); // harmless when repeated
            gate.countDown();
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(batch.progress().done()).isEqualTo(2));
            CompletableFuture<Integer> later = pool.submit(99);
            PoolStats stats = get(pool.stats());
            assertThat(stats.accepted()).isEqualTo(51);
            assertThat(stats.queued()).isEqualTo(49);
            assertThat(started).hasValue(2);
            pool.resume();
            pool.resume();
            assertThat(get(batch.result()).isSuccess()).isTrue();
            assertThat(get(later)).isEqualTo(99);
            assertThat(started).hasValue(51);
        }
    }

    /** Also where a worker has been handed thousands of jobs. */
    @ParameterizedTest
    @MethodSource(ALL)
    void cheapJobsPauseInTheMidstOfTheirChunks(PoolKind kind) throws Exception {
        Map<Integer, Integer> begun = new ConcurrentHashMap<>();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            begun.merge(job, 1, Integer::sum);
            return job;
        })) {
            int count = kind.isAsync() ? 2_000 : 50_000;
            Batch<Integer> batch = pool.submitAll(jobs(count));
            for (int i = 0; i < 10; i++) {
                await().atMost(LONG).until(() -> begun.size() > 100);
                pause(pool);
                await().atMost(LONG)
                        .untilAsserted(
                                () -> assertThat(get(pool.stats()).running()).isZero());
                int then = begun.size();
                get(pool.stats());
                assertThat(begun).hasSize(then);
                pool.resume();
            }
            assertThat(get(batch.result()).isSuccess()).isTrue();
            assertThat(begun).hasSize(count);
            assertThat(begun.values()).containsOnly(1);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theEndOfThePoolEndsItsPause(PoolKind kind) throws Exception {
        for (String end : List.of("drain", "close", "abort")) {
            WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job);
            pause(pool);
            Batch<Integer> batch = pool.submitAll(jobs(100));
            switch (end) {
                case "drain" -> get(pool.drain());
                case "close" -> pool.close();
                default -> get(pool.abort());
            }
            BatchResult<Integer> result = get(batch.result());
            assertThat(result.succeeded()).as(end).isEqualTo(end.equals("abort") ? 0 : 100);
            pool.pause();
            pool.resume();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aPoolThatDrainsDoesNotPause(PoolKind kind) throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            gate.await();
            return job;
        });
        Batch<Integer> batch = pool.submitAll(jobs(100));
        var drained = pool.drain();
        pool.pause();
        gate.countDown();
        get(drained);
        assertThat(get(batch.result()).isSuccess()).isTrue();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void inAPauseJobsCanBeCancelledAndTimeOut(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job)) {
            pause(pool);
            Batch<Integer> cancelled = pool.submitAll(jobs(10));
            Batch<Integer> late = pool.submitAll(jobs(10), DEFAULTS.withTimeout(Duration.ofMillis(20)));
            CompletableFuture<Integer> single = pool.submit(1);
            CompletableFuture<Integer> kept = pool.submit(2);
            cancelled.cancel();
            single.cancel(true);
            assertThat(get(cancelled.result()).cancelled()).isEqualTo(10);
            assertThat(get(late.result()).timedOut()).isEqualTo(10);
            assertThat(get(pool.stats()).queued()).isEqualTo(1);
            pool.resize(1);
            pool.resize(3);
            assertThat(get(pool.stats()).queued()).isEqualTo(1);
            pool.resume();
            assertThat(get(kept)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aRetryThatIsDueWaitsForTheEndOfThePause(PoolKind kind) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch gate = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            if (calls.incrementAndGet() == 1) {
                gate.await();
                throw new IOException("first");
            }
            return job;
        })) {
            RetryPolicy policy = RetryPolicy.attempts(2).withFixedBackoff(Duration.ZERO);
            Batch<Integer> batch = pool.submitAll(List.of(1), DEFAULTS.withRetry(policy));
            await().atMost(LONG).untilAsserted(() -> assertThat(calls).hasValue(1));
            pause(pool);
            gate.countDown();
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(get(pool.stats()).running()).isZero());
            assertThat(calls).hasValue(1);
            pool.resume();
            assertThat(get(batch.result()).outcomes()).containsExactly(new Outcome.Succeeded<>(1, 2));
        }
    }
}
