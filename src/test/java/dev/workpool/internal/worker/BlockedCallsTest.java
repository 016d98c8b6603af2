package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.support.CapturedLog;
import dev.workpool.support.PoolTest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** In real time: the pool is looked at every 5 s. Nothing is set. */
class BlockedCallsTest extends PoolTest {
    @Test
    void anAsynchronousHandlerThatBlocksIsNamedOnceWithItsStack() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Integer> pending = new CompletableFuture<>();
        try (CapturedLog log = CapturedLog.of(BlockedCalls.class.getName());
                WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(
                        system,
                        settings(3),
                        (Integer job, JobContext context) -> job == 1 ? blocked(release) : pending)) {
            Batch<Integer> batch = pool.submitAll(jobs(3));
            await().atMost(LONG).until(() -> !log.messages().isEmpty());
            assertThat(log.messages())
                    .singleElement()
                    .asString()
                    .startsWith("Pool '" + pool.name()
                            + "': an asynchronous handler has not returned a stage for 10 s or more,")
                    .contains("java.lang.Integer, index 1 of batch " + batch.id() + ", attempt 1")
                    .contains("BlockedCallsTest.blocked(")
                    .doesNotContain("index 0")
                    .doesNotContain("index 2");
            release.countDown();
            pending.complete(1);
            get(batch.result());
        }
    }

    private static CompletionStage<Integer> blocked(CountDownLatch release) throws InterruptedException {
        release.await();
        return CompletableFuture.completedFuture(1);
    }
}
