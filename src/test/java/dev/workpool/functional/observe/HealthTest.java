package dev.workpool.functional.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.PoolExecutor;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.job.PoolHealth;
import dev.workpool.settings.WhenFull;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Whether a pool says that it can do its work, and why not. */
class HealthTest extends PoolTest {
    private static void awaitHealth(WorkerPool<?, ?> pool, String health) {
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(pool.health()).asString().matches(health));
    }

    @Test
    void aPoolThatRunsIsUp() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), job -> job)) {
            get(pool.submit(1));
            awaitHealth(pool, "UP");
            assertThat(pool.health().isUp()).isTrue();
            assertThat(pool.health(Duration.ofMinutes(1)).reasons()).isEmpty();
        }
    }

    @Test
    void aPausedPoolIsDegraded() {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> job)) {
            pool.pause();
            awaitHealth(pool, "DEGRADED: the pool is paused");
            assertThat(pool.health().isUp()).isFalse();
            assertThat(pool.health().isDown()).isFalse();
            pool.resume();
            awaitHealth(pool, "UP");
        }
    }

    @Test
    void aSlowDownDegrades() {
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1), (Integer job, JobContext context) -> {
                    context.slowDown(Duration.ofSeconds(20));
                    return job;
                })) {
            pool.submit(1);
            awaitHealth(pool, "DEGRADED: no job begins for [0-9.]+s, as a job has asked");
            pool.abort();
        }
    }

    @Test
    void callbacksThatWaitForBlockedOnesDegrade() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> job)) {
            pool.pause(); // a callback of what is complete already would run here, and block the test
            await().atMost(LONG).until(() -> pool.snapshot().paused());
            for (int i = 0; i < 17; i++) { // one more than there are threads
                pool.submitAll(List.of(i)).result().thenRun(() -> awaitUninterruptibly(release));
            }
            pool.resume();
            awaitHealth(
                    pool,
                    "DEGRADED: callbacks have waited for [0-9]+s: all threads of workpool.dispatchers.callback are blocked .*");
            release.countDown();
            awaitHealth(pool, "UP");
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFullQueueDegrades() {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withQueueCapacity(2, WhenFull.REJECT), job -> {
                    release.await();
                    return job;
                })) {
            pool.submit(1);
            await().atMost(LONG).until(() -> pool.snapshot().running() == 1);
            assertThat(pool.snapshot().queueRemaining()).isEqualTo(2);
            pool.submitAll(jobs(2));
            awaitHealth(pool, "DEGRADED: the queue is full, jobs that wait: 2");
            release.countDown();
            awaitHealth(pool, "UP");
        }
    }

    @Test
    void anAbandonedHandlerDegradesAsLongAsItRuns() {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withCancelGrace(Duration.ofMillis(10)), job -> {
                    Handlers.ignoreInterruptsUntil(release);
                    return job;
                })) {
            CompletableFuture<Integer> ignorant = pool.submit(1);
            await().atMost(LONG).until(() -> pool.snapshot().running() == 1);
            ignorant.cancel(true);
            awaitHealth(pool, "DEGRADED: abandoned handlers still run: 1");
            release.countDown();
            awaitHealth(pool, "UP");
        }
    }

    /** How long is too long, the service says. */
    @Test
    void aStuckJobDegrades() {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> Handlers.hang())) {
            pool.submit(1);
            await().atMost(LONG).until(() -> !pool.health(Duration.ofMillis(50)).isUp());
            assertThat(pool.health(Duration.ofMillis(50)))
                    .asString()
                    .matches("DEGRADED: a job has run for [0-9.]+s, longer than 0.05s");
            assertThat(pool.health().isUp()).isTrue();
            assertThat(pool.health(Duration.ofHours(1)).isUp()).isTrue();
            assertThatThrownBy(() -> pool.health(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("longest job = PT0S; allowed: more than 0");
            pool.abort();
        }
    }

    @Test
    void aPoolThatEndsIsDownAtOnce() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> {
            release.await();
            return job;
        });
        pool.submit(1);
        pool.drain();
        assertThat(pool.health()).hasToString("DOWN: the pool is ending and takes no more jobs");
        assertThat(pool.whenEnded().toCompletableFuture().isDone()).isFalse();
        release.countDown();
        get(pool.whenEnded());
        assertThat(pool.health()).hasToString("DOWN: the pool has ended");
        assertThat(pool.health().isDown()).isTrue();
    }

    @Test
    void severalReasonsAreAllTold() {
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withQueueCapacity(1, WhenFull.REJECT), job -> job)) {
            pool.pause();
            await().atMost(LONG).until(() -> pool.snapshot().paused());
            pool.submit(1);
            awaitHealth(pool, "DEGRADED: the pool is paused; the queue is full, jobs that wait: 1");
            assertThat(pool.health().reasons()).hasSize(2);
            assertThat(pool.health().status()).isEqualTo(PoolHealth.Status.DEGRADED);
        }
    }

    @Test
    void anExecutorHasItToo() throws Exception {
        PoolExecutor executor = PoolExecutor.start(system, settings(1));
        executor.submit(() -> 1).get();
        await().atMost(LONG).until(() -> executor.health().isUp());
        assertThat(executor.health(Duration.ofHours(1)).isUp()).isTrue();
        executor.close();
        get(executor.whenEnded());
        assertThat(executor.health().isDown()).isTrue();
    }
}
