package dev.workpool.functional.cancel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.CapturedLog;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What cancelling does, over every kind of pool. */
class CancellationTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final String WITH_CONTEXT = "dev.workpool.support.PoolKind#withContext";

    /** Blocks until it is interrupted. */
    private static int hang() throws InterruptedException {
        new Semaphore(0).acquire();
        throw new AssertionError("acquired nothing");
    }

    /** Blocks whatever happens, until the latch is released. */
    private static void ignoreInterruptsUntil(CountDownLatch released) {
        while (true) {
            try {
                released.await();
                return;
            } catch (InterruptedException e) {
                // on purpose: this is a handler that ignores its cancellation
                assertThat(released.getCount()).isNotNegative();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#withContext")
    void cancellingABatchStopsWhatRunsAndStartsNothingNew(PoolKind kind) throws Exception {
        AtomicInteger started = new AtomicInteger();
        CountDownLatch bothRun = new CountDownLatch(2);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            started.incrementAndGet();
            bothRun.countDown();
            return hang();
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(10_000));
            bothRun.await();
            batch.cancel();
            BatchResult<Integer> result = get(batch.result());
            assertThat(started).hasValue(2);
            assertThat(result.cancelled()).isEqualTo(10_000);
            assertThat(result.outcomes())
                    .filteredOn(outcome -> outcome.attempts() == 1)
                    .hasSize(2);
            assertThat(result.outcomes())
                    .filteredOn(outcome -> outcome.attempts() == 0)
                    .hasSize(9_998);
            // Harmless when repeated, and the pool goes on.
            batch.cancel();
            Batch<Integer> next = pool.submitAll(jobs(1));
            await().atMost(LONG).untilAsserted(() -> assertThat(started).hasValue(3));
            next.cancel();
            assertThat(get(next.result()).cancelled()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void cancellingOneBatchLeavesOthersAlone(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job == -1) {
                running.countDown();
                return hang();
            }
            return job;
        })) {
            Batch<Integer> hanging = pool.submitAll(List.of(-1));
            running.await();
            Batch<Integer> other = pool.submitAll(jobs(1_000));
            hanging.cancel();
            assertThat(get(hanging.result()).outcomes()).containsExactly(new Outcome.Cancelled<>(1));
            assertThat(get(other.result()).values()).isEqualTo(jobs(1_000));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void cancellingAFutureCancelsItsJob(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        AtomicInteger ran = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            if (job == -1) {
                running.countDown();
                try {
                    return hang();
                } catch (InterruptedException e) {
                    interrupted.set(true);
                    throw e;
                }
            }
            ran.incrementAndGet();
            return job;
        })) {
            CompletableFuture<Integer> runs = pool.submit(-1);
            running.await();
            CompletableFuture<Integer> waits = pool.submit(1);
            CompletableFuture<Integer> also = pool.submit(2);
            assertThat(waits.cancel(true)).isTrue();
            assertThat(waits.cancel(true)).isTrue();
            assertThat(runs.cancel(true)).isTrue();
            assertThat(get(also)).isEqualTo(2);
            assertThatThrownBy(runs::get).isInstanceOf(CancellationException.class);
            assertThatThrownBy(waits::get).isInstanceOf(CancellationException.class);
            await().atMost(LONG).untilTrue(interrupted);
            assertThat(ran).hasValue(1);
            assertThat(also.cancel(true)).isFalse();
            await().atMost(LONG).untilAsserted(() -> {
                PoolStats stats = get(pool.stats());
                assertThat(stats.cancelled()).isEqualTo(2);
                assertThat(stats.succeeded()).isEqualTo(1);
            });
        }
    }

    /** A million queued jobs, then every second one cancelled by itself: no other is touched. */
    @Test
    void cancellingManySinglesOneByOneTouchesNoOther() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger cancelledRan = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> {
            gate.await();
            if (job % 2 == 1 && job > 100) {
                cancelledRan.incrementAndGet();
            }
            return job;
        })) {
            List<CompletableFuture<Integer>> futures =
                    jobs(20_000).stream().map(pool::submit).toList();
            await().atMost(LONG).until(() -> get(pool.stats()).accepted() == 20_000);
            for (int i = 1; i < futures.size(); i += 2) {
                futures.get(i).cancel(true);
            }
            get(pool.stats());
            gate.countDown();
            for (int i = 0; i < futures.size(); i += 2) {
                assertThat(get(futures.get(i))).isEqualTo(i);
            }
            assertThat(cancelledRan).hasValue(0);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(get(pool.stats()).done()).isEqualTo(20_000));
        }
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void aRunningJobHearsOfItsCancellation(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        AtomicReference<String> thread = new AtomicReference<>();
        AtomicInteger late = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            assertThat(context.attempt()).isEqualTo(1);
            assertThat(context.workerIndex()).isZero();
            if (job == 0) {
                assertThat(context.isCancelled()).isFalse();
                context.onCancel(() -> {
                    throw new IllegalStateException("an action that fails, for the test");
                });
                context.onCancel(() -> {
                    thread.set(Thread.currentThread().getName());
                    told.countDown();
                });
                running.countDown();
                try {
                    return hang();
                } catch (InterruptedException e) {
                    assertThat(context.isCancelled()).isTrue();
                    context.onCancel(late::incrementAndGet);
                    throw e;
                }
            }
            return context.isCancelled() ? -1 : job;
        })) {
            Batch<Integer> batch = pool.submitAll(List.of(0));
            running.await();
            batch.cancel();
            told.await();
            assertThat(get(batch.result()).outcomes()).containsExactly(new Outcome.Cancelled<>(1));
            assertThat(thread.get()).contains("callback");
            assertThat(get(pool.submit(5))).isEqualTo(5);
            assertThat(late).hasValue(1);
        }
    }

    /** As where a database is gone, and no statement can be cancelled. */
    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void whatActionsThrowIsSummedUpInTheLog(PoolKind kind) throws Exception {
        int workers = 20;
        CountDownLatch running = new CountDownLatch(workers);
        try (CapturedLog log = CapturedLog.of("dev.workpool.internal.worker.CancelFailures")) {
            String name;
            try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(workers), (job, context) -> {
                context.onCancel(() -> {
                    throw new SQLException("the connection is gone");
                });
                running.countDown();
                return hang();
            })) {
                name = pool.name();
                Batch<Integer> batch = pool.submitAll(jobs(workers));
                running.await();
                batch.cancel();
                assertThat(get(batch.result()).cancelled()).isEqualTo(workers);
            }
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(log.messages().stream()
                                    .mapToInt(CancellationTest::failures)
                                    .sum())
                            .isEqualTo(workers));
            assertThat(log.messages()).hasSizeLessThan(workers).allMatch(line -> line.startsWith("Pool '" + name));
            assertThat(log.errors()).containsOnly("the connection is gone");
            assertThat(log.threads()).allMatch(thread -> thread.contains("callback"));
        }
    }

    private static int failures(String line) {
        Matcher counted = Pattern.compile("': (\\d+) onCancel actions").matcher(line);
        return counted.find() ? Integer.parseInt(counted.group(1)) : 1;
    }

    @Test
    void aReturnedFutureIsCancelled() throws Exception {
        CompletableFuture<Integer> returned = new CompletableFuture<>();
        CountDownLatch running = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.startAsync(system, settings(1), (Integer job, JobContext context) -> {
                    running.countDown();
                    return returned;
                })) {
            Batch<Integer> batch = pool.submitAll(List.of(0));
            running.await();
            batch.cancel();
            assertThat(get(batch.result()).cancelled()).isEqualTo(1);
            assertThat(returned).isCancelled();
        }
    }

    /** What the handler returns after it was told to stop is not a result. */
    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void aJobThatIsStoppedIsCancelledWhateverItReturns(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            running.countDown();
            try {
                return hang();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return job;
            }
        })) {
            Batch<Integer> batch = pool.submitAll(List.of(0));
            running.await();
            batch.cancel();
            assertThat(get(batch.result()).outcomes()).containsExactly(new Outcome.Cancelled<>(1));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aHandlerThatIgnoresItsCancellationIsAbandonedAndItsWorkerReplaced(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        WorkerPoolSettings settings = settings(1).withCancelGrace(Duration.ofMillis(20));
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            if (job == -1) {
                running.countDown();
                ignoreInterruptsUntil(released);
            }
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(List.of(7, 8, -1, 9));
            running.await();
            batch.cancel();
            BatchResult<Integer> result = get(batch.result());
            assertThat(result.outcomes().get(2)).isEqualTo(new Outcome.Cancelled<>(1));
            assertThat(result.outcomes().subList(0, 2))
                    .containsExactly(new Outcome.Succeeded<>(7, 1), new Outcome.Succeeded<>(8, 1));
            assertThat(result.outcomes().get(3)).isEqualTo(new Outcome.Cancelled<>(0));
            // The only worker is stuck, and yet the pool works.
            assertThat(get(pool.submitAll(jobs(1_000)).result()).isSuccess()).isTrue();
            assertThat(get(pool.stats()).abandoned()).isEqualTo(1);
            released.countDown();
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(get(pool.stats()).abandoned()).isZero());
            PoolStats stats = get(pool.stats());
            assertThat(stats.cancelled()).isEqualTo(2);
            assertThat(stats.succeeded()).isEqualTo(1_002);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void beyondTheMostAbandonedHandlersAWorkerWaitsForItsOwn(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(2);
        AtomicInteger others = new AtomicInteger();
        WorkerPoolSettings settings =
                settings(2).withCancelGrace(Duration.ofMillis(20)).withMaxAbandoned(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            if (job < 0) {
                running.countDown();
                ignoreInterruptsUntil(released);
            }
            others.incrementAndGet();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(List.of(-1, -2));
            running.await();
            batch.cancel();
            assertThat(get(batch.result()).cancelled()).isEqualTo(2);
            assertThat(get(pool.stats()).abandoned()).isEqualTo(2);
            // One worker was replaced, the other is held: there is still one to work.
            assertThat(get(pool.submitAll(jobs(100)).result()).isSuccess()).isTrue();
            released.countDown();
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(get(pool.stats()).abandoned()).isZero());
            assertThat(get(pool.submitAll(jobs(100)).result()).isSuccess()).isTrue();
        }
    }

    /** Cancels at the very moment jobs are done: every outcome is one of the two, and each job that began says so. */
    @ParameterizedTest
    @MethodSource(ALL)
    void doneAgainstCancel(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job)) {
            for (int round = 0; round < 300; round++) {
                Batch<Integer> batch = pool.submitAll(jobs(20));
                if (round % 3 > 0) {
                    int until = round % 20;
                    while (batch.progress().done() < until) {
                        Thread.onSpinWait();
                    }
                }
                batch.cancel();
                BatchResult<Integer> result = get(batch.result());
                assertThat(result.succeeded() + result.cancelled()).isEqualTo(20);
            }
            await().atMost(LONG).untilAsserted(() -> {
                PoolStats stats = get(pool.stats());
                assertThat(stats.done()).isEqualTo(6_000);
                assertThat(stats.running()).isZero();
            });
        }
    }
}
