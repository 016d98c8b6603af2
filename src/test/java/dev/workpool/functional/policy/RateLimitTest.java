package dev.workpool.functional.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The rate at which jobs begin, over every kind of pool. What can be told to the job is in {@link ManualTimeTest}. */
class RateLimitTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    /** No permit comes while a test runs. */
    private static final double HARDLY_ANY = 0.001;

    @ParameterizedTest
    @MethodSource(ALL)
    void jobsDoNotBeginFasterThanTheRate(PoolKind kind) throws Exception {
        WorkerPoolSettings settings = settings(2).withRateLimit(new RateLimit(500, 10));
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> job)) {
            long begun = System.nanoTime();
            List<CompletableFuture<Integer>> singles =
                    jobs(60).stream().map(pool::submit).toList();
            assertThat(get(pool.submitAll(jobs(50)).result()).isSuccess()).isTrue();
            for (CompletableFuture<Integer> single : singles) {
                get(single);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(200));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void jobsThatAreCancelledUnstartedUseNoPermit(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        WorkerPoolSettings settings = settings(1).withRateLimit(new RateLimit(HARDLY_ANY, 3));
        WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            running.countDown();
            gate.await();
            return job;
        });
        Batch<Integer> first = pool.submitAll(List.of(0));
        running.await();
        pool.submit(1).cancel(true);
        Batch<Integer> cancelled = pool.submitAll(jobs(100));
        cancelled.cancel();
        assertThat(get(cancelled.result()).cancelled()).isEqualTo(100);
        gate.countDown();
        assertThat(get(first.result()).isSuccess()).isTrue();
        Batch<Integer> rest = pool.submitAll(jobs(3));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(rest.progress().done()).isEqualTo(2));
        assertThat(get(pool.stats()).queued()).isEqualTo(1);
        get(pool.abort());
        assertThat(get(rest.result()).succeeded()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void attemptsAfterTheFirstCountAsWell(PoolKind kind) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        WorkerPoolSettings settings = settings(2)
                .withRateLimit(new RateLimit(HARDLY_ANY, 5))
                .withRetry(RetryPolicy.attempts(10).withFixedBackoff(Duration.ZERO));
        WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            calls.incrementAndGet();
            throw new IOException("always");
        });
        Batch<Integer> batch = pool.submitAll(jobs(1));
        await().atMost(LONG).untilAsserted(() -> assertThat(calls).hasValue(5));
        get(pool.stats());
        get(pool.abort());
        assertThat(calls).hasValue(5);
        assertThat(get(batch.result()).outcomes().get(0).attempts()).isEqualTo(5);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aLimitThatIsLiftedHoldsNobodyUp(PoolKind kind) throws Exception {
        WorkerPoolSettings settings = settings(2).withRateLimit(new RateLimit(HARDLY_ANY, 1));
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> job)) {
            Batch<Integer> batch = pool.submitAll(jobs(500));
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(batch.progress().done()).isEqualTo(1));
            pool.setRateLimit(Optional.of(new RateLimit(2_000, 1)));
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(batch.progress().done()).isGreaterThan(1));
            pool.setRateLimit(Optional.empty());
            assertThat(get(batch.result()).isSuccess()).isTrue();
        }
    }

    /** Also of what a worker has been handed and not begun. */
    @ParameterizedTest
    @MethodSource(ALL)
    void aLimitThatIsSetWhileJobsRunHoldsFromThenOn(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        WorkerPoolSettings settings = settings(1).withChunkBudget(Duration.ofSeconds(1));
        WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            if (job == -1) {
                running.countDown();
                gate.await();
            }
            return job;
        });
        get(pool.submitAll(jobs(300)).result()); // so that a worker is handed many at a time
        Batch<Integer> gated = pool.submitAll(List.of(-1));
        running.await();
        Batch<Integer> batch = pool.submitAll(jobs(200));
        get(pool.stats());
        pool.setRateLimit(Optional.of(new RateLimit(HARDLY_ANY, 7)));
        get(pool.stats());
        gate.countDown();
        assertThat(get(gated.result()).isSuccess()).isTrue();
        for (int i = 0; i < 10; i++) {
            get(pool.stats());
        }
        get(pool.abort());
        assertThat(get(batch.result()).succeeded()).isLessThanOrEqualTo(7);
    }

    // The record

    @ParameterizedTest
    @CsvSource({"0, 1", "-1, 1", "0.0009, 1", "1000000001, 1", "NaN, 1", "Infinity, 1", "1, 0", "1, -1", "1, 1000000001"
    })
    void valuesOutOfRangeFail(double perSecond, int burst) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RateLimit(perSecond, burst))
                .withMessageMatching("(burst of a )?rate limit = .*; allowed: (0.001|1) to 1000000000");
    }

    @Test
    void theBurstIsWhatComesInATenthOfASecond() {
        assertThat(RateLimit.perSecond(0.001)).isEqualTo(new RateLimit(0.001, 1));
        assertThat(RateLimit.perSecond(19)).isEqualTo(new RateLimit(19, 1));
        assertThat(RateLimit.perSecond(250)).isEqualTo(new RateLimit(250, 25));
        assertThat(RateLimit.perSecond(1e9)).isEqualTo(new RateLimit(1e9, 100_000_000));
        assertThat(RateLimit.perSecond(250).withBurst(1_000_000_000)).isEqualTo(new RateLimit(250, 1_000_000_000));
    }
}
