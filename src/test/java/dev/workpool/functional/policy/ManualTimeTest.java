package dev.workpool.functional.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pool in an actor system whose time a test moves by hand: every policy goes by that time, to the millisecond. */
@Timeout(120) // what waits in a time that stands still waits for ever
class ManualTimeTest {
    private static final ActorTestKit KIT = ActorTestKit.create("manual", ManualTime.config());
    private static final ActorSystem<Void> SYSTEM = KIT.system();
    private static final ManualTime TIME = ManualTime.get(SYSTEM);
    private static final Duration LITTLE = Duration.ofMillis(1);

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static WorkerPoolSettings settings(String name) {
        return WorkerPoolSettings.create(SYSTEM, name).withWorkers(1);
    }

    /** Time passes once the pool has done all it can do now, and then it does what has become due. */
    private static void pass(WorkerPool<?, ?> pool, Duration duration) throws Exception {
        PoolTest.get(pool.stats());
        TIME.timePasses(duration);
        PoolTest.get(pool.stats());
    }

    private static boolean isDone(CompletionStage<?> stage) {
        return stage.toCompletableFuture().isDone();
    }

    @Test
    void aJobTimesOutAtItsTimeout() throws Exception {
        Duration timeout = Duration.ofMinutes(10);
        CountDownLatch running = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(SYSTEM, settings("job-timeout").withJobTimeout(timeout), (Integer job) -> {
                    running.countDown();
                    return Handlers.hang();
                })) {
            Batch<Integer> batch = pool.submitAll(List.of(1));
            running.await();
            pass(pool, timeout.minus(LITTLE));
            assertThat(batch.progress().done()).isZero();
            pass(pool, LITTLE);
            assertThat(PoolTest.get(batch.result()).outcomes()).containsExactly(new Outcome.TimedOut<>(timeout, 1));
        }
    }

    @Test
    void aBatchEndsAtItsDeadline() throws Exception {
        Duration timeout = Duration.ofHours(3);
        CountDownLatch running = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(SYSTEM, settings("batch-timeout"), (Integer job) -> {
            running.countDown();
            return Handlers.hang();
        })) {
            Batch<Integer> batch =
                    pool.submitAll(List.of(1, 2), BatchOptions.defaults().withTimeout(timeout));
            running.await();
            pass(pool, timeout.minus(LITTLE));
            assertThat(batch.progress().done()).isZero();
            pass(pool, LITTLE);
            assertThat(PoolTest.get(batch.result()).outcomes())
                    .containsExactly(new Outcome.TimedOut<>(timeout, 1), new Outcome.TimedOut<>(timeout, 0));
        }
    }

    @Test
    void aRetryWaitsForItsBackoff() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        RetryPolicy policy = RetryPolicy.attempts(3)
                .withExponentialBackoff(Duration.ofMinutes(1), Duration.ofHours(1))
                .withJitter(false);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(SYSTEM, settings("backoff").withRetry(policy), (Integer job) -> {
                    if (attempts.incrementAndGet() < 3) {
                        throw new IOException("attempt " + attempts);
                    }
                    return job;
                })) {
            Batch<Integer> batch = pool.submitAll(List.of(1));
            awaitQueued(pool, attempts, 1);
            pass(pool, Duration.ofMinutes(1).minus(LITTLE));
            assertThat(attempts).hasValue(1);
            pass(pool, LITTLE);
            awaitQueued(pool, attempts, 2);
            pass(pool, Duration.ofMinutes(2).minus(LITTLE));
            assertThat(attempts).hasValue(2);
            assertThat(isDone(batch.result())).isFalse();
            pass(pool, LITTLE);
            assertThat(PoolTest.get(batch.result()).outcomes()).containsExactly(new Outcome.Succeeded<>(1, 3));
        }
    }

    /** So many attempts were made, and the last of them is over. */
    private static void awaitQueued(WorkerPool<?, ?> pool, AtomicInteger attempts, int made) {
        await().atMost(PoolTest.LONG).untilAsserted(() -> {
            assertThat(attempts).hasValue(made);
            assertThat(PoolTest.get(pool.stats()).queued()).isEqualTo(1);
        });
    }

    /** The delay after a jitter is no whole number of milliseconds. */
    @Test
    void aRetryWithJitterComesWithinItsBackoff() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        RetryPolicy policy =
                RetryPolicy.attempts(20).withExponentialBackoff(Duration.ofSeconds(1), Duration.ofSeconds(1));
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(SYSTEM, settings("jitter").withRetry(policy), (Integer job) -> {
                    attempts.incrementAndGet();
                    throw new IOException("each time");
                })) {
            Batch<Integer> batch = pool.submitAll(List.of(1));
            int least = 1;
            while (least < 6) {
                int enough = least;
                await().atMost(PoolTest.LONG)
                        .untilAsserted(() -> assertThat(attempts).hasValueGreaterThanOrEqualTo(enough));
                least = attempts.get() + 1; // a short delay may have brought several
                pass(pool, Duration.ofSeconds(1).plus(LITTLE));
            }
            batch.cancel();
            Outcome<Integer> outcome = PoolTest.get(batch.result()).outcomes().get(0);
            // One may be about to begin.
            assertThat(outcome.attempts()).isBetween(attempts.get(), attempts.get() + 1);
        }
    }

    @Test
    void jobsBeginAtTheRate() throws Exception {
        RateLimit limit = new RateLimit(100, 5);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(SYSTEM, settings("rate").withRateLimit(limit), (Integer job) -> job)) {
            Batch<Integer> batch =
                    pool.submitAll(IntStream.range(0, 100).boxed().toList());
            long expected = 5;
            awaitDone(pool, batch, expected);
            for (int i = 0; i < 6; i++) {
                pass(pool, Duration.ofMillis(50)); // no more at once than the bucket holds, should no job be waiting
                expected += 5;
                awaitDone(pool, batch, expected);
            }
            pool.setRateLimit(Optional.of(limit.withBurst(1)));
            pass(pool, Duration.ofMillis(10));
            awaitDone(pool, batch, expected + 1);
            pool.setRateLimit(Optional.empty());
            assertThat(PoolTest.get(batch.result()).isSuccess()).isTrue();
        }
    }

    private static void awaitDone(WorkerPool<?, ?> pool, Batch<?> batch, long done) throws Exception {
        await().atMost(PoolTest.LONG)
                .untilAsserted(() -> assertThat(batch.progress().done()).isGreaterThanOrEqualTo(done));
        PoolStats stats = PoolTest.get(pool.stats());
        assertThat(stats.done() + stats.running()).isEqualTo(done);
    }

    @Test
    void jobsBeginAgainWhenTheTimeOfASlowDownIsOver() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch reported = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        WorkerPoolSettings settings = settings("slow-down").withMaxSlowDown(Duration.ofHours(2));
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(SYSTEM, settings, (job, context) -> {
            begun.incrementAndGet();
            if (job == 0) {
                context.slowDown(Duration.ofMinutes(30));
                context.slowDown(Duration.ofDays(365));
                context.slowDown(Duration.ofMinutes(1));
                reported.countDown();
                gate.await();
            }
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(List.of(0, 1, 2));
            reported.await();
            PoolTest.get(pool.stats());
            gate.countDown();
            awaitDone(pool, batch, 1);
            CompletionStage<?> drained = pool.drain();
            pass(pool, Duration.ofHours(2).minus(LITTLE));
            assertThat(begun).as("the longest, as far as it is allowed").hasValue(1);
            assertThat(isDone(drained)).isFalse();
            TIME.timePasses(LITTLE);
            PoolTest.get(drained);
            assertThat(PoolTest.get(batch.result()).isSuccess()).isTrue();
        }
    }

    @Test
    void aPriorityThatWaitsAges() throws Exception {
        Queue<Integer> order = new ConcurrentLinkedQueue<>();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Duration ageing = Duration.ofMinutes(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(SYSTEM, settings("ageing").withPriorityAgeing(ageing), (Integer job) -> {
                    running.countDown();
                    gate.await();
                    order.add(job);
                    return job;
                })) {
            pool.submit(0);
            running.await();
            Batch<Integer> low =
                    pool.submitAll(List.of(1), BatchOptions.defaults().withPriority(-1));
            pass(pool, ageing.multipliedBy(3));
            Batch<Integer> high =
                    pool.submitAll(List.of(2), BatchOptions.defaults().withPriority(1));
            PoolTest.get(pool.stats());
            gate.countDown();
            PoolTest.get(low.result());
            PoolTest.get(high.result());
            assertThat(order).containsExactly(0, 1, 2);
        }
    }

    @Test
    void aHandlerThatDoesNotStopIsAbandonedAfterItsGrace() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Duration grace = Duration.ofHours(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(SYSTEM, settings("grace").withCancelGrace(grace), (Integer job) -> {
                    running.countDown();
                    Handlers.ignoreInterruptsUntil(released);
                    return job;
                })) {
            Batch<Integer> batch = pool.submitAll(List.of(1));
            running.await();
            batch.cancel();
            pass(pool, grace.minus(LITTLE));
            assertThat(PoolTest.get(pool.stats()).abandoned()).isZero();
            pass(pool, LITTLE);
            assertThat(PoolTest.get(batch.result()).outcomes()).containsExactly(new Outcome.Cancelled<>(1));
            assertThat(PoolTest.get(pool.stats()).abandoned()).isEqualTo(1);
            released.countDown();
            await().atMost(PoolTest.LONG)
                    .untilAsserted(() ->
                            assertThat(PoolTest.get(pool.stats()).abandoned()).isZero());
        }
    }

    @Test
    void theCloseTimeoutIsOverWhenItsTimeHasPassed() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(
                SYSTEM, settings("close-timeout").withCloseTimeout(Duration.ofHours(1)), (Integer job) -> {
                    running.countDown();
                    return Handlers.hang();
                });
        Batch<Integer> batch = pool.submitAll(List.of(1));
        running.await();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(pool::close);
        await().atMost(PoolTest.LONG).until(() -> {
            pool.submit(2);
            return PoolTest.get(pool.stats()).rejected() > 0;
        });
        pass(pool, Duration.ofHours(1));
        assertThat(PoolTest.get(batch.result()).outcomes()).containsExactly(new Outcome.Cancelled<>(1));
        PoolTest.get(closed);
    }
}
