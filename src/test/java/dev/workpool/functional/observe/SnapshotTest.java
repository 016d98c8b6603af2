package dev.workpool.functional.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What anybody can read of a pool at once, over every kind of pool. */
class SnapshotTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    private static void assertAddsUp(PoolSnapshot now, PoolSnapshot before) {
        long sum = now.done() + now.queued() + now.waiting() + now.running();
        boolean isSound = now.accepted() == sum
                && now.queued() >= 0
                && now.waiting() >= 0
                && now.running() >= 0
                && now.running() <= now.mostWorkers()
                && now.accepted() >= before.accepted()
                && now.succeeded() >= before.succeeded()
                && now.failed() >= before.failed()
                && now.retries() >= before.retries()
                && now.rejected() >= before.rejected()
                && now.busy().compareTo(before.busy()) >= 0;
        if (!isSound) {
            throw new AssertionError(before + ", then " + now);
        }
    }

    /** Under load of every sort. */
    @Test
    void itAddsUpAtAMillionMoments() throws Exception {
        RetryPolicy twice = RetryPolicy.attempts(2).withFixedBackoff(Duration.ofMillis(2));
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(3).withQueueCapacity(5_000, WhenFull.REJECT).withRetry(twice), job -> {
                    if (job % 7 == 0) {
                        throw new IllegalStateException("fails");
                    }
                    return job;
                })) {
            Random random = new Random(5);
            PoolSnapshot before = pool.snapshot();
            List<Batch<Integer>> batches = new ArrayList<>();
            for (int round = 0; round < 1_000; round++) {
                batches.add(pool.submitAll(jobs(1 + random.nextInt(2_000))));
                pool.submit(round);
                if (round % 10 == 0) {
                    batches.get(random.nextInt(batches.size())).cancel();
                }
                for (int i = 0; i < 1_000; i++) {
                    PoolSnapshot now = pool.snapshot();
                    assertAddsUp(now, before);
                    before = now;
                }
            }
            for (Batch<Integer> batch : batches) {
                get(batch.result());
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void inTheEndItIsWhatTheStatisticsSay(PoolKind kind) throws Exception {
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> 100 / job);
        get(pool.submitAll(List.of(1, 0, 2, 0, 3)).result());
        pool.close();
        PoolStats stats = get(pool.stats());
        PoolSnapshot now = pool.snapshot();
        assertThat(now.name()).isEqualTo(pool.name());
        assertThat(now.accepted()).isEqualTo(5).isEqualTo(stats.accepted());
        assertThat(now.succeeded()).isEqualTo(3).isEqualTo(stats.succeeded());
        assertThat(now.failed()).isEqualTo(2).isEqualTo(stats.failed());
        assertThat(now.queued() + now.running() + now.waiting()).isZero();
        assertThat(now.oldestRunning()).isEqualTo(Duration.ZERO);
    }

    /** Whether its actors have published anything or not. */
    @Test
    void ofAPoolThatHasJustBeenStartedNothingRuns() {
        for (int i = 0; i < 20; i++) {
            try (WorkerPool<Integer, Integer> pool =
                    WorkerPool.start(system, settings(5).withAdaptiveWorkers(2, 5), job -> job)) {
                PoolSnapshot now = pool.snapshot();
                assertThat(now.oldestRunning()).isEqualTo(Duration.ZERO);
                assertThat(now.slowedDownFor()).isEqualTo(Duration.ZERO);
                assertThat(now.busy()).isEqualTo(Duration.ZERO);
                assertThat(now.fewestWorkers()).isEqualTo(2);
                assertThat(now.mostWorkers()).isEqualTo(5);
            }
        }
    }

    @Test
    void itShowsWhatRunsAndWaits() throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), job -> {
            running.countDown();
            return Handlers.hang();
        })) {
            pool.submitAll(jobs(5));
            pool.submitAll(jobs(3), BatchOptions.defaults().withDelay(Duration.ofHours(1)));
            running.await();
            await().atMost(LONG).untilAsserted(() -> {
                PoolSnapshot now = pool.snapshot();
                assertThat(now.running()).isEqualTo(2);
                assertThat(now.queued()).isEqualTo(3);
                assertThat(now.waiting()).isEqualTo(3);
                assertThat(now.workers()).isEqualTo(2);
                assertThat(now.oldestRunning()).isPositive();
            });
            Duration busy = pool.snapshot().busy();
            await().atMost(LONG).until(() -> pool.snapshot().busy().compareTo(busy.plusMillis(20)) > 0);
            pool.abort();
        }
    }

    @Test
    void itCountsRetriesAndRejections() throws Exception {
        RetryPolicy thrice = RetryPolicy.attempts(3).withFixedBackoff(Duration.ofMillis(1));
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(1).withQueueCapacity(2, WhenFull.REJECT).withRetry(thrice), job -> {
                    if (job == 0) {
                        release.await();
                    }
                    throw new IllegalStateException("fails");
                })) {
            get(pool.submitAll(List.of(1)).result());
            assertThat(pool.snapshot().retries()).isEqualTo(2);
            pool.submit(0);
            pool.submitAll(Collections.nCopies(10, 1));
            assertThat(pool.snapshot().rejected()).isEqualTo(10);
            get(pool.stats());
            assertThat(pool.snapshot().rejected()).isEqualTo(10);
            release.countDown();
        }
    }

    /** A handler that does not listen, and whose worker is not replaced. */
    @Test
    void ofAPoolThatHasEndedItSaysWhatTheStatisticsSay() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(3).withMaxAbandoned(0).withCancelGrace(Duration.ofMillis(10)), job -> {
                    running.countDown();
                    Handlers.ignoreInterruptsUntil(release);
                    return job;
                });
        pool.submit(1);
        running.await();
        get(pool.abort());
        PoolStats stats = get(pool.stats());
        PoolSnapshot now = pool.snapshot();
        assertThat(now.running()).isZero();
        assertThat(now.queued()).isZero();
        assertThat(now.cancelled()).isEqualTo(1);
        assertThat(now.workers()).isEqualTo(stats.workers());
        release.countDown();
    }

    @Test
    void itTellsAPauseFromASlowDown() throws Exception {
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1), (Integer job, JobContext context) -> {
                    context.slowDown(Duration.ofSeconds(20));
                    return job;
                })) {
            assertThat(pool.snapshot().paused()).isFalse();
            pool.pause();
            await().atMost(LONG).until(() -> pool.snapshot().paused());
            assertThat(pool.snapshot().slowedDownFor()).isEqualTo(Duration.ZERO);
            pool.resume();
            await().atMost(LONG).until(() -> !pool.snapshot().paused());
            get(pool.submit(1));
            await().atMost(LONG).until(() -> !pool.snapshot().slowedDownFor().isZero());
            assertThat(pool.snapshot().paused()).isFalse();
        }
    }

    @Test
    void itShowsHowManyWorkersThereMayBeAndWhoWasReplaced() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(4).withAdaptiveWorkers(2, 4).withCancelGrace(Duration.ofMillis(10)), job -> {
                    while (release.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return job;
                })) {
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(pool.snapshot().fewestWorkers()).isEqualTo(2);
                assertThat(pool.snapshot().mostWorkers()).isEqualTo(4);
                assertThat(pool.snapshot().workers()).isBetween(2, 4);
            });
            Batch<Integer> batch = pool.submitAll(List.of(1));
            await().atMost(LONG).until(() -> pool.snapshot().running() == 1);
            batch.cancel();
            get(batch.result());
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(pool.snapshot().replacedWorkers()).isEqualTo(1);
                assertThat(pool.snapshot().abandoned()).isEqualTo(1);
                assertThat(pool.snapshot().running()).isZero();
            });
            release.countDown();
            await().atMost(LONG).until(() -> pool.snapshot().abandoned() == 0);
        }
    }
}
