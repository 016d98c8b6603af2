package dev.workpool.functional.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchFailedException;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.support.EndOfStack;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who wins of a batch whose jobs race, over every kind of pool. */
class FirstSuccessTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final String WITH_CONTEXT = "dev.workpool.support.PoolKind#withContext";

    private static final int HANGS = -1;

    /** Fails for 0, hangs for −1, else is its own result. */
    private static int race(int job) throws InterruptedException {
        if (job == HANGS) {
            new Semaphore(0).acquire();
        } else if (job == 0) {
            throw new IllegalStateException("lost");
        }
        return job;
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void theFirstSuccessWinsAndTheOthersAreCancelled(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(3), (job, context) -> race(job))) {
            Batch<Integer> batch = pool.submitAll(List.of(HANGS, 0, HANGS, 7, HANGS));
            assertThat(get(batch.firstSuccess())).isEqualTo(7);
            BatchResult<Integer> result = get(batch.result());
            assertThat(result.outcomes().get(1)).isInstanceOf(Outcome.Failed.class);
            assertThat(result.succeeded()).isEqualTo(1);
            assertThat(result.cancelled()).isEqualTo(3);
        }
    }

    /** Interrupts whoever reads it. */
    private static final class InterruptingItsReader extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            Thread.currentThread().interrupt();
            return "interrupting";
        }
    }

    @Test
    void anErrorThatInterruptsItsReaderInterruptsNoDependentOfTheBatch() throws Exception {
        CountDownLatch registered = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> {
            registered.await();
            throw new InterruptingItsReader();
        })) {
            Batch<Integer> batch = pool.submitAll(List.of(1));
            CompletionStage<Boolean> interrupted =
                    batch.result().thenApply(result -> Thread.currentThread().isInterrupted());
            CompletionStage<Integer> first = batch.firstSuccess(); // whose dependent of the result runs before
            registered.countDown();

            assertThat(get(interrupted)).isFalse();
            assertThatThrownBy(() -> get(first)).hasCauseInstanceOf(BatchFailedException.class);
        }
    }

    @Test
    void itIsKnownThoughALoserDoesNotStop() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch loserRuns = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(2).withCancelGrace(LONG), job -> {
                    if (job == 1) {
                        loserRuns.await();
                        return job;
                    }
                    loserRuns.countDown();
                    while (release.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return job;
                })) {
            Batch<Integer> batch = pool.submitAll(List.of(2, 1));
            assertThat(get(batch.firstSuccess())).isEqualTo(1);
            assertThat(batch.result().toCompletableFuture().isDone()).isFalse();
            release.countDown();
            assertThat(get(batch.result()).size()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whoAsksLaterIsToldTheFirstInInputOrder(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> race(job))) {
            Batch<Integer> batch = pool.submitAll(List.of(0, 5, 6, 7));
            get(batch.result());
            CompletionStage<Integer> first = batch.firstSuccess();
            assertThat(get(first)).isEqualTo(5);
            assertThat(first == batch.firstSuccess()).isTrue(); // AssertJ would compare futures made of them
        }
    }

    /** One that came before anybody asked, of a batch that is not complete. */
    @Test
    void aSuccessThatCameBeforeCounts() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), job -> race(job))) {
            CompletableFuture<Integer> told = new CompletableFuture<>();
            Batch<Integer> batch =
                    pool.submitAll(List.of(HANGS, 3), BatchOptions.defaults(), (job, outcome) -> told.complete(job));
            assertThat(get(told)).isEqualTo(3);
            assertThat(get(batch.firstSuccess())).isEqualTo(3);
            assertThat(get(batch.result()).cancelled()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void withoutASuccessItHasAllFailures(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> race(job))) {
            CompletionStage<Integer> first = pool.submitAll(List.of(0, 0, 0)).firstSuccess();
            assertThatThrownBy(() -> get(first))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(BatchFailedException.class)
                    .satisfies(failed -> assertThat(failed.getSuppressed()).hasSize(2))
                    .rootCause()
                    .hasMessage("lost");
        }
    }

    @Test
    void aBatchWithoutJobsHasNone() {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), job -> race(job))) {
            assertThatThrownBy(() -> get(pool.submitAll(List.<Integer>of()).firstSuccess()))
                    .cause()
                    .isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void aBatchThatIsNotAcceptedSaysWhy() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withQueueCapacity(1, WhenFull.REJECT), job -> {
                    release.await();
                    return job;
                })) {
            assertThatThrownBy(() -> get(pool.submitAll(jobs(5)).firstSuccess()))
                    .cause()
                    .hasMessageContaining("larger than the queue");
            release.countDown();
        }
    }

    @Test
    void aNullResultIsASuccess() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), job -> null)) {
            assertThat(get(pool.submitAll(List.of(1)).firstSuccess())).isNull();
        }
    }

    @Test
    void oneThatSucceedsOnlyWhenTriedAgainWins() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), job -> {
            if (job == 1 && calls.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
            return race(job);
        })) {
            Batch<Integer> batch = pool.submitAll(
                    List.of(1, HANGS),
                    BatchOptions.defaults().withRetry(RetryPolicy.attempts(3).withFixedBackoff(Duration.ofMillis(1))));
            assertThat(get(batch.firstSuccess())).isEqualTo(1);
        }
    }

    /** It is asked for while outcomes come in and the batch completes. */
    @Test
    void whoeverAsksAtAnyTimeIsTold() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), job -> race(job))) {
            for (int round = 0; round < 2_000; round++) {
                Batch<Integer> batch = pool.submitAll(List.of(0, 1 + round, 0));
                for (int spin = 0; spin < round % 200; spin++) {
                    Thread.onSpinWait();
                }
                assertThat(get(batch.firstSuccess())).isEqualTo(1 + round);
            }
        }
    }

    /** Where there is no stack for it nothing is promised, and whoever asks again gets a stage that completes. */
    @Test
    void whoAsksNearTheEndOfAStackSpoilsItForNobody() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), job -> race(job));
                EndOfStack stack = new EndOfStack()) {
            int overflows = 0;
            for (int round = 0; round < 300; round++) {
                Batch<Integer> batch = pool.submitAll(List.of(0, 7));
                overflows += stack.call(round % 60, batch::firstSuccess) == null ? 0 : 1;
                assertThat(get(batch.firstSuccess())).isEqualTo(7);
            }
            assertThat(overflows).isPositive();
        }
    }

    @Test
    void thePoolsEndCompletesIt() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), job -> {
            running.countDown();
            return race(job);
        });
        CompletionStage<Integer> first = pool.submitAll(List.of(HANGS, HANGS)).firstSuccess();
        running.await();
        pool.abort();
        assertThatThrownBy(() -> get(first)).cause().isInstanceOf(BatchFailedException.class);
    }
}
