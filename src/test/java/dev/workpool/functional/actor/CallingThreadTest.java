package dev.workpool.functional.actor;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.ConfigFactory;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.CallingThreadExecutor;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pool whose dispatchers all run on the calling thread: what one part of it waits for must not be further up the same stack. */
@Timeout(value = 15, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallingThreadTest {
    private static final String CALLING_THREAD = "calling-thread";
    private static final ActorTestKit KIT = ActorTestKit.create(
            "calling-thread-test",
            ConfigFactory.parseMap(Map.of(
                            CALLING_THREAD + ".type",
                            "Dispatcher",
                            CALLING_THREAD + ".executor",
                            CallingThreadExecutor.class.getName()))
                    .withFallback(ConfigFactory.load()));

    @AfterAll
    static void stopSystem() {
        KIT.shutdownTestKit();
    }

    private static WorkerPoolSettings settings(String name) {
        return WorkerPoolSettings.create(KIT.system(), name)
                .withWorkers(1)
                .withControlDispatcher(CALLING_THREAD)
                .withCallbackDispatcher(CALLING_THREAD)
                .withAsyncDispatcher(CALLING_THREAD);
    }

    @Test
    void anAsynchronousJobThatIsCancelledCompletesInsideItsCancellation() throws Exception {
        CompletableFuture<Integer> stage = new CompletableFuture<>();
        CountDownLatch running = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.startAsync(KIT.system(), settings("cancelled"), (Integer job, JobContext context) -> {
                    running.countDown();
                    return stage;
                })) {
            Batch<Integer> batch = pool.submitAll(List.of(1));
            running.await();
            batch.cancel();
            assertThat(PoolTest.get(batch.result()).outcomes()).containsExactly(new Outcome.Cancelled<>(1));
            assertThat(stage).isCancelled();
        }
    }

    @Test
    void anAsynchronousJobThatTimesOutCompletesInsideItsCancellation() throws Exception {
        Duration timeout = Duration.ofMillis(20);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.startAsync(KIT.system(), settings("timed-out"), (Integer job, JobContext context) -> {
                    CompletableFuture<Integer> stage = new CompletableFuture<>();
                    context.onCancel(() -> stage.completeExceptionally(new TimeoutException("on purpose")));
                    return stage.minimalCompletionStage();
                })) {
            BatchOptions options = BatchOptions.defaults().withJobTimeout(timeout);
            assertThat(PoolTest.get(pool.submitAll(List.of(1, 2), options).result())
                            .outcomes())
                    .containsExactly(new Outcome.TimedOut<>(timeout, 1), new Outcome.TimedOut<>(timeout, 1));
        }
    }

    @Test
    void aBlockingJobIsToldThoughItsCallbacksRunWhereItIsToldFrom() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        Semaphore told = new Semaphore(0);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(KIT.system(), settings("blocking"), (Integer job, JobContext context) -> {
                    CountDownLatch closed = new CountDownLatch(1);
                    context.onCancel(() -> {
                        told.release();
                        closed.countDown();
                    });
                    running.countDown();
                    closed.await();
                    return job;
                })) {
            Batch<Integer> batch = pool.submitAll(List.of(1));
            running.await();
            batch.cancel();
            assertThat(PoolTest.get(batch.result()).outcomes()).containsExactly(new Outcome.Cancelled<>(1));
            assertThat(told.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        }
    }
}
