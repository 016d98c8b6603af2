package dev.workpool.functional.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchFailedException;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes back, over every kind of pool. */
class OutcomesTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    @ParameterizedTest
    @MethodSource(ALL)
    void everyResultIsThereInInputOrder(PoolKind kind) throws Exception {
        int count = kind.isAsync() ? 2_000 : 50_000;
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(3), (job, context) -> job * 2)) {
            BatchResult<Integer> result = get(pool.submitAll(jobs(count)).result());
            assertThat(result.values())
                    .isEqualTo(jobs(count).stream().map(job -> job * 2).toList());
            assertThat(result.counts()).isEqualTo(new BatchProgress(count, count, 0, 0, 0, 0));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void failuresErrorsAndNullsAreOutcomes(PoolKind kind) throws Exception {
        IOException failure = new IOException("no such luck");
        AssertionError error = new AssertionError("worse");
        StackOverflowError overflow = new StackOverflowError();
        try (WorkerPool<Integer, String> pool = kind.start(system, settings(2), (job, context) -> {
            return switch (job % 4) {
                case 0 -> null;
                case 1 -> throw failure;
                case 2 -> throw error;
                default -> throw overflow;
            };
        })) {
            BatchResult<String> result = get(pool.submitAll(jobs(8)).result());
            assertThat(result.outcomes())
                    .startsWith(
                            new Outcome.Succeeded<>(null, 1),
                            new Outcome.Failed<>(failure, 1),
                            new Outcome.Failed<>(error, 1),
                            new Outcome.Failed<>(overflow, 1));
            assertThat(result.failures()).hasSize(6).first().isEqualTo(new BatchResult.Failure(1, failure));
            assertThat(result.succeeded()).isEqualTo(2);
            assertThatThrownBy(result::values)
                    .isInstanceOf(BatchFailedException.class)
                    .hasCause(failure)
                    .hasMessageContaining("6 of 8 jobs did not succeed");
            // The pool is none the worse for it.
            assertThat(get(pool.submitAll(List.of(0, 4)).result()).values()).containsExactly(null, null);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void singleJobsCompleteTheirFutures(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job % 10 == 3) {
                throw new IllegalArgumentException("three");
            }
            return -job;
        })) {
            var futures = jobs(500).stream().map(pool::submit).toList();
            for (int i = 0; i < 500; i++) {
                if (i % 10 == 3) {
                    assertThatThrownBy(futures.get(i)::get)
                            .isInstanceOf(ExecutionException.class)
                            .hasCause(new IllegalArgumentException("three"));
                } else {
                    assertThat(get(futures.get(i))).isEqualTo(-i);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void neverMoreThanNHandlersRun(PoolKind kind) throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(3), (job, context) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.onSpinWait();
            running.decrementAndGet();
            return job;
        })) {
            List<Batch<Integer>> batches = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                batches.add(pool.submitAll(jobs(500)));
                pool.submit(i);
            }
            for (Batch<Integer> batch : batches) {
                assertThat(get(batch.result()).isSuccess()).isTrue();
            }
            assertThat(most.get()).isBetween(1, 3);
        }
    }

    /** Job 0 returns only when all others are done: a pool that lets anything wait behind it never gets there. */
    @ParameterizedTest
    @MethodSource(ALL)
    void oneSlowJobHoldsUpNoOther(PoolKind kind) throws Exception {
        int count = kind.isAsync() ? 1_000 : 10_000;
        CountDownLatch others = new CountDownLatch(count - 1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job == 0) {
                others.await();
            }
            return job;
        })) {
            // Twice, since at first the pool does not know what a job costs and the second time it thinks it does.
            get(pool.submitAll(jobs(count).subList(1, count)).result());
            OutcomeConsumer<Integer, Integer> consumer = (job, outcome) -> {
                if (job != 0) {
                    others.countDown();
                }
            };
            assertThat(get(pool.submitAll(jobs(count), BatchOptions.defaults(), consumer)
                                    .result())
                            .isSuccess())
                    .isTrue();
        }
    }

    /** Every job of the batch waits for all others to run at the same time. */
    @ParameterizedTest
    @MethodSource(ALL)
    void noJobWaitsWhileAWorkerIsIdle(PoolKind kind) throws Exception {
        int workers = 8;
        CountDownLatch cheapFirst = new CountDownLatch(workers);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(workers), (job, context) -> {
            if (job >= 0) {
                cheapFirst.countDown();
                cheapFirst.await();
            }
            return job;
        })) {
            get(pool.submitAll(Collections.nCopies(kind.isAsync() ? 500 : 20_000, -1))
                    .result());
            assertThat(get(pool.submitAll(jobs(workers)).result()).isSuccess()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aConsumerGetsEachOutcomeOnceBeforeTheResult(PoolKind kind) throws Exception {
        ConcurrentHashMap<Integer, Outcome<Integer>> seen = new ConcurrentHashMap<>();
        AtomicBoolean inUse = new AtomicBoolean();
        AtomicBoolean overlapped = new AtomicBoolean();
        AtomicBoolean onActorThread = new AtomicBoolean();
        OutcomeConsumer<Integer, Integer> consumer = (index, outcome) -> {
            overlapped.compareAndSet(false, !inUse.compareAndSet(false, true));
            onActorThread.compareAndSet(false, !Thread.currentThread().getName().contains("callback"));
            if (seen.put(index, outcome) != null) {
                throw new AssertionError("twice: " + index);
            }
            inUse.set(false);
            if (index % 100 == 0) {
                throw new IllegalStateException("a consumer that throws, for the test");
            }
        };
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job)) {
            BatchResult<Integer> result = get(pool.submitAll(jobs(1_000), BatchOptions.defaults(), consumer)
                    .result());
            assertThat(seen).hasSize(1_000);
            result.outcomes()
                    .forEach(outcome ->
                            assertThat(outcome).isEqualTo(seen.get(((Outcome.Succeeded<Integer>) outcome).value())));
            assertThat(overlapped).isFalse();
            assertThat(onActorThread).isFalse();
        }
    }

    @Test
    void callbacksNeverRunOnAnActorsOrAWorkersThread() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            CountDownLatch registered = new CountDownLatch(1);
            pool.submit(0).get();
            Batch<Integer> batch;
            try (WorkerPool<Integer, Integer> gated = WorkerPool.start(system, settings(1), (Integer job) -> {
                registered.await();
                return job;
            })) {
                batch = gated.submitAll(jobs(1));
                var single = gated.submit(7);
                var batchThread = batch.result()
                        .thenApply(result -> Thread.currentThread().getName());
                var singleThread =
                        single.thenApply(value -> Thread.currentThread().getName());
                registered.countDown();
                assertThat(get(batchThread)).contains("callback");
                assertThat(get(singleThread)).contains("callback");
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void statsAddUpAtEveryMoment(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job % 3 == 0) {
                throw new IOException("third");
            }
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(3_000));
            while (!batch.result().toCompletableFuture().isDone()) {
                PoolStats stats = get(pool.stats());
                assertThat(stats.done() + stats.queued() + stats.running()).isEqualTo(stats.accepted());
                assertThat(stats.queued()).isNotNegative();
                assertThat(stats.running()).isBetween(0L, 2L);
                BatchProgress progress = batch.progress();
                assertThat(progress.pending()).isNotNegative();
            }
            assertThat(batch.progress()).isEqualTo(new BatchProgress(3_000, 2_000, 1_000, 0, 0, 0));
            PoolStats stats = get(pool.stats());
            assertThat(stats.succeeded()).isEqualTo(2_000);
            assertThat(stats.failed()).isEqualTo(1_000);
        }
    }

    @Test
    void manyBatchesShareThePool() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> job + 1)) {
            List<Batch<Integer>> batches = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                batches.add(pool.submitAll(jobs(20)));
            }
            for (Batch<Integer> batch : batches) {
                assertThat(get(batch.result()).values()).isEqualTo(jobs(21).subList(1, 21));
            }
        }
    }

    /** A batch that comes later and is small does not wait for one that came earlier and is large. */
    @Test
    void batchesTakeTurns() throws Exception {
        CountDownLatch bothSubmitted = new CountDownLatch(1);
        AtomicInteger smallBegun = new AtomicInteger();
        AtomicInteger smallBegunBeforeTheLast = new AtomicInteger();
        int last = 49_999;
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> {
            bothSubmitted.await();
            for (int i = 0; i < 50; i++) {
                Thread.onSpinWait(); // so that the large batch is many chunks long
            }
            if (job < 0) {
                smallBegun.incrementAndGet();
            } else if (job == last) {
                smallBegunBeforeTheLast.set(smallBegun.get());
            }
            return job;
        })) {
            Batch<Integer> large = pool.submitAll(jobs(last + 1));
            Batch<Integer> small = pool.submitAll(List.of(-1, -2, -3));
            bothSubmitted.countDown();
            assertThat(get(small.result()).isSuccess()).isTrue();
            assertThat(get(large.result()).isSuccess()).isTrue();
            assertThat(smallBegunBeforeTheLast).hasValue(3);
        }
    }
}
