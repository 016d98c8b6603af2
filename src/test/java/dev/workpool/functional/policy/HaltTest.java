package dev.workpool.functional.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchFailedException;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Batches that end early, over every kind of pool. */
class HaltTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final BatchOptions DEFAULTS = BatchOptions.defaults();

    @ParameterizedTest
    @MethodSource(ALL)
    void theFirstSuccessWins(PoolKind kind) throws Exception {
        CountDownLatch allRun = new CountDownLatch(4);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(4), (job, context) -> {
            allRun.countDown();
            allRun.await();
            return job == 2 ? job : Handlers.hang();
        })) {
            BatchResult<Integer> result = get(pool.submitAll(
                            jobs(1_000), DEFAULTS.withHalt(HaltPolicy.now().succeeded(1)))
                    .result());
            assertThat(result.counts()).isEqualTo(new BatchProgress(1_000, 1, 0, 0, 999, 0));
            assertThat(result.outcomes().get(2)).isEqualTo(new Outcome.Succeeded<>(2, 1));
            assertThat(result.outcomes())
                    .filteredOn(new Outcome.Cancelled<Integer>(1)::equals)
                    .as("those that ran")
                    .hasSize(3);
            assertThat(get(pool.submitAll(List.of(2)).result()).isSuccess()).isTrue();
        }
    }

    /** Jobs 0 and 3 are cancelled by the halt, job 1 had failed before; 2 of 4 workers' jobs fail one after another. */
    @ParameterizedTest
    @MethodSource(ALL)
    void theFailureThatHaltsABatchIsTheCauseWhateverStandsBeforeIt(PoolKind kind) throws Exception {
        CountDownLatch hanging = new CountDownLatch(2);
        CountDownLatch failed = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(4).withChunkMaxJobs(1), (job, context) -> {
            if (job == 1) {
                throw new IOException("before");
            }
            if (job == 2) {
                hanging.await();
                failed.await();
                throw new IllegalStateException("the one");
            }
            hanging.countDown();
            return Handlers.hang();
        })) {
            Batch<Integer> batch =
                    pool.submitAll(jobs(100), DEFAULTS.withHalt(HaltPolicy.now().failed(2)));
            await().until(() -> batch.progress().failed() == 1);
            failed.countDown();
            BatchResult<Integer> result = get(batch.result());
            assertThat(result.haltedBy()).hasValue(2);
            assertThat(result.outcomes().get(0)).isEqualTo(new Outcome.Cancelled<>(1));
            assertThatThrownBy(result::values)
                    .isInstanceOf(BatchFailedException.class)
                    .hasMessageStartingWith(
                            "100 of 100 jobs did not succeed: 2 failed, 0 timed out, 98 cancelled, 0 rejected; the one that"
                                    + " halted the batch, at index 2: ")
                    .hasMessageContaining("the one")
                    .cause()
                    .hasMessage("the one");
            assertThatThrownBy(result::values)
                    .satisfies(error -> assertThat(error.getSuppressed())
                            .singleElement()
                            .satisfies(other -> assertThat(other).hasMessage("before")));
        }
    }

    /** All of these arrive at once, where the pool hands them out in one chunk. */
    @ParameterizedTest
    @MethodSource(ALL)
    void ofFailuresThatArriveTogetherTheOneCountsThatReachesTheCondition(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            if (job % 3 == 1) {
                throw new IOException("job " + job);
            }
            return job;
        })) {
            BatchResult<Integer> result = get(
                    pool.submitAll(jobs(30), DEFAULTS.withHalt(HaltPolicy.soon().failed(3)))
                            .result());
            assertThat(result.haltedBy()).hasValue(7);
            BatchResult<Integer> bySuccess = get(
                    pool.submitAll(jobs(30), DEFAULTS.withHalt(HaltPolicy.soon().succeeded(3)))
                            .result());
            assertThat(bySuccess.haltedBy()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void soonLetsWhatRunsFinish(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job == 0) {
                running.countDown();
                gate.await();
                return job;
            }
            running.await();
            throw new IOException("job " + job);
        })) {
            Batch<Integer> batch = pool.submitAll(
                    jobs(500), DEFAULTS.withHalt(HaltPolicy.soon().failed(1)));
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(batch.progress().pending()).isEqualTo(1));
            BatchProgress halted = batch.progress();
            assertThat(halted.cancelled()).isPositive();
            gate.countDown();
            BatchResult<Integer> result = get(batch.result());
            assertThat(result.outcomes().get(0)).isEqualTo(new Outcome.Succeeded<>(0, 1));
            assertThat(result.counts().cancelled()).isEqualTo(halted.cancelled());
            assertThat(result.outcomes())
                    .filteredOn(outcome -> outcome instanceof Outcome.Cancelled)
                    .allMatch(outcome -> outcome.attempts() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void afterTheHaltWhatFailsIsNotTriedAgain(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job == 0) {
                calls.incrementAndGet();
                running.countDown();
                gate.await();
                throw new IOException("job 0");
            }
            running.await();
            return job;
        })) {
            BatchOptions options = DEFAULTS.withRetry(RetryPolicy.attempts(5).withFixedBackoff(Duration.ZERO))
                    .withHalt(HaltPolicy.soon().succeeded(1));
            Batch<Integer> batch = pool.submitAll(jobs(50), options);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(batch.progress().pending()).isEqualTo(1));
            gate.countDown();
            assertThat(get(batch.result()).outcomes().get(0)).isInstanceOf(Outcome.Failed.class);
            assertThat(calls).hasValue(1);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void retriesThatWaitAreCancelledByTheHalt(PoolKind kind) throws Exception {
        CountDownLatch failed = new CountDownLatch(3);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            if (job < 3) {
                failed.countDown();
                throw new IOException("job " + job);
            }
            failed.await();
            return job;
        })) {
            BatchOptions options = DEFAULTS.withRetry(RetryPolicy.attempts(2).withFixedBackoff(Duration.ofDays(1)))
                    .withHalt(HaltPolicy.soon().done(1));
            BatchResult<Integer> result = get(pool.submitAll(jobs(4), options).result());
            assertThat(result.succeeded()).isEqualTo(1);
            assertThat(result.outcomes().subList(0, 3))
                    .allMatch(outcome -> !outcome.isSuccess() && outcome.attempts() == 1);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aShareOfFailuresHaltsOneBatchAndNoOther(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job < 0) {
                throw new IOException("negative");
            }
            return job;
        })) {
            List<Integer> failing = jobs(1_001).stream().map(job -> -job).toList();
            Batch<Integer> halted =
                    pool.submitAll(failing, DEFAULTS.withHalt(HaltPolicy.now().failedPercent(10)));
            Batch<Integer> other = pool.submitAll(
                    jobs(1_000), DEFAULTS.withHalt(HaltPolicy.now().failed(1)));
            Batch<Integer> unhalted = pool.submitAll(failing);
            assertThat(get(other.result()).isSuccess()).isTrue();
            BatchProgress counts = get(halted.result()).counts();
            assertThat(counts.failed()).isGreaterThanOrEqualTo(100);
            assertThat(counts.done()).isEqualTo(1_001);
            assertThat(get(unhalted.result()).failed()).isEqualTo(1_000);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aHandlerThatIgnoresTheHaltIsAbandoned(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        WorkerPoolSettings settings = settings(2).withCancelGrace(Duration.ofMillis(10));
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            if (job == 0) {
                running.countDown();
                Handlers.ignoreInterruptsUntil(released);
            } else {
                running.await();
            }
            return job;
        })) {
            BatchResult<Integer> result = get(
                    pool.submitAll(jobs(100), DEFAULTS.withHalt(HaltPolicy.now().succeeded(1)))
                            .result());
            assertThat(result.outcomes().get(0)).isEqualTo(new Outcome.Cancelled<>(1));
            assertThat(get(pool.stats()).abandoned()).isEqualTo(1);
            released.countDown();
        }
    }
}
