package dev.workpool.functional.cancel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** To cancel what has not begun, and let finish what runs. */
class CancelUnstartedTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    /** Two jobs that run until the gate opens, of which the second fails then. */
    private static final class TwoAtOnce {
        private final CountDownLatch running = new CountDownLatch(2);
        private final CountDownLatch gate = new CountDownLatch(1);
        private final AtomicInteger calls = new AtomicInteger();

        int run(int job) throws InterruptedException, IOException {
            calls.incrementAndGet();
            running.countDown();
            gate.await();
            if (job == 1) {
                throw new IOException("job 1");
            }
            return job;
        }
    }

    private static final BatchOptions RETRIED =
            BatchOptions.defaults().withRetry(RetryPolicy.attempts(5).withFixedBackoff(Duration.ZERO));

    @ParameterizedTest
    @MethodSource(ALL)
    void whatRunsOfABatchFinishesAndIsNotTriedAgain(PoolKind kind) throws Exception {
        TwoAtOnce jobs = new TwoAtOnce();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> jobs.run(job))) {
            Batch<Integer> batch = pool.submitAll(jobs(1_000), RETRIED);
            jobs.running.await();
            batch.cancelUnstarted();
            await().atMost(LONG).until(() -> batch.progress().cancelled() == 998);
            jobs.gate.countDown();
            BatchResult<Integer> result = get(batch.result());
            assertThat(result.counts()).isEqualTo(new BatchProgress(1_000, 1, 1, 0, 998, 0));
            assertThat(result.outcomes().get(0)).isEqualTo(new Outcome.Succeeded<>(0, 1));
            assertThat(result.outcomes().get(1)).isInstanceOf(Outcome.Failed.class);
            assertThat(jobs.calls).hasValue(2);
            batch.cancelUnstarted();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whatRunsOfAStreamFinishesAndNoMoreIsTaken(PoolKind kind) throws Exception {
        TwoAtOnce jobs = new TwoAtOnce();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> jobs.run(job))) {
            Processing processing = pool.process(
                    Stream.iterate(0, job -> job + 1),
                    StreamOptions.<Integer>ordered().withWindow(100).withBatch(RETRIED),
                    (job, outcome) -> {});
            jobs.running.await();
            await().atMost(LONG).until(() -> processing.progress().total() == 100);
            processing.cancelUnstarted();
            await().atMost(LONG).until(() -> processing.progress().cancelled() == 98);
            assertThat(processing.result().toCompletableFuture()).isNotDone();
            jobs.gate.countDown();
            assertThat(get(processing.result())).isEqualTo(new BatchProgress(100, 1, 1, 0, 98, 0));
            assertThat(jobs.calls).hasValue(2);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theRestMayStillBeCancelled(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            running.countDown();
            return Handlers.hang();
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(10));
            running.await();
            batch.cancelUnstarted();
            await().atMost(LONG).until(() -> batch.progress().cancelled() == 9);
            batch.cancel();
            assertThat(get(batch.result()).outcomes())
                    .startsWith(new Outcome.Cancelled<>(1))
                    .endsWith(new Outcome.Cancelled<>(0));
            assertThat(get(pool.submitAll(List.<Integer>of()).result()).isSuccess())
                    .isTrue();
        }
    }
}
