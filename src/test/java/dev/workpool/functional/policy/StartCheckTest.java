package dev.workpool.functional.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs whose batch is asked, right before each attempt, whether it may begin; over every kind of pool. */
class StartCheckTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final int WORKERS = 2;

    /** The rest of the batch is with workers already, which begin none of it. */
    @ParameterizedTest
    @MethodSource(ALL)
    void noJobBeginsOnceTheCheckSaysNo(PoolKind kind) throws Exception {
        AtomicBoolean mayBegin = new AtomicBoolean(true);
        Set<Integer> begun = ConcurrentHashMap.newKeySet();
        CountDownLatch areBegun = new CountDownLatch(WORKERS);
        CountDownLatch end = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(WORKERS), (job, context) -> {
            begun.add(job);
            areBegun.countDown();
            end.await();
            return job;
        })) {
            Batch<Integer> batch =
                    pool.submitAll(jobs(500), BatchOptions.defaults().withStartCheck(attempt -> mayBegin.get()));
            areBegun.await();
            mayBegin.set(false);
            end.countDown();
            BatchResult<Integer> result = get(batch.result());
            assertThat(begun).hasSize(WORKERS);
            for (int job = 0; job < 500; job++) {
                assertThat(result.outcomes().get(job))
                        .isEqualTo(begun.contains(job) ? new Outcome.Succeeded<>(job, 1) : new Outcome.Cancelled<>(0));
            }
            assertThat(get(pool.submit(7))).isEqualTo(7); // of another batch
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anotherAttemptIsAskedAboutToo(PoolKind kind) throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(WORKERS), (job, context) -> {
            attempts.incrementAndGet();
            throw new IllegalStateException("again");
        })) {
            BatchOptions options = BatchOptions.defaults()
                    .withRetry(RetryPolicy.attempts(5).withFixedBackoff(Duration.ofMillis(1)))
                    .withStartCheck(attempt -> attempts.get() < 2);
            assertThat(get(pool.submitAll(List.of(1), options).result())
                            .outcomes()
                            .get(0))
                    .isEqualTo(new Outcome.Cancelled<>(2));
            assertThat(attempts).hasValue(2);
        }
    }

    @Test
    void jobsOfAKeyThatMayNotBeginAreCancelledInTheirTurn() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(WORKERS), job -> begun.incrementAndGet())) {
            StreamOptions<Integer> options = StreamOptions.<Integer>keyed(job -> job % 3)
                    .withBatch(BatchOptions.defaults().withStartCheck(attempt -> begun.get() < 10));
            Set<Integer> cancelled = ConcurrentHashMap.newKeySet();
            get(pool.process(jobs(100).iterator(), options, (job, outcome) -> {
                        if (outcome instanceof Outcome.Cancelled) {
                            cancelled.add(job);
                        }
                    })
                    .result());
            assertThat(cancelled.size()).isEqualTo(100 - begun.get());
        }
    }

    @Test
    void jobsThatTheirSubmitterRunsAreAskedAboutToo() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(1).withQueueCapacity(1, WhenFull.CALLER_RUNS), (Integer job, JobContext context) -> {
                    if (job < 0) {
                        end.await();
                    }
                    begun.incrementAndGet();
                    return job;
                })) {
            Batch<Integer> blocking = pool.submitAll(List.of(-1, -1));
            Batch<Integer> batch =
                    pool.submitAll(jobs(10), BatchOptions.defaults().withStartCheck(attempt -> false));
            end.countDown();
            get(blocking.result());
            assertThat(get(batch.result()).outcomes()).containsOnly(new Outcome.Cancelled<>(0));
            assertThat(begun).hasValue(2);
        }
    }
}
