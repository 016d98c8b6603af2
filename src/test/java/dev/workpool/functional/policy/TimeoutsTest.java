package dev.workpool.functional.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs and batches that take too long, over every kind of pool. */
class TimeoutsTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final Duration SHORT = Duration.ofMillis(20);

    private static final BatchOptions DEFAULTS = BatchOptions.defaults();

    private void awaitAbandoned(WorkerPool<?, ?> pool, int abandoned) {
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(get(pool.stats()).abandoned()).isEqualTo(abandoned));
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aJobThatTakesTooLongIsTimedOutAndTold(PoolKind kind) throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job != 1) {
                return job;
            }
            try {
                return Handlers.hang();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        })) {
            BatchResult<Integer> result = get(pool.submitAll(jobs(3), DEFAULTS.withJobTimeout(Duration.ofMillis(200)))
                    .result());
            assertThat(result.outcomes().get(1)).isEqualTo(new Outcome.TimedOut<>(Duration.ofMillis(200), 1));
            assertThat(result.timedOut()).isEqualTo(1);
            interrupted.await();
            PoolStats stats = get(pool.stats());
            assertThat(stats.timedOut()).isEqualTo(1);
            assertThat(stats.done()).isEqualTo(3);
            assertThat(get(pool.submitAll(List.of(5, 6)).result()).values()).containsExactly(5, 6);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aJobByItselfTimesOutByTheSettings(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool =
                kind.start(system, settings(1).withJobTimeout(SHORT), (job, context) -> Handlers.hang())) {
            assertThatThrownBy(() -> get(pool.submit(1)))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class)
                    .hasMessageContaining("PT0.02S");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aHandlerThatIgnoresItIsAbandonedAndItsLateResultChangesNothing(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger returned = new AtomicInteger();
        WorkerPoolSettings settings = settings(1).withCancelGrace(SHORT);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            if (job == 0) {
                Handlers.ignoreInterruptsUntil(released);
                returned.incrementAndGet();
            }
            return job;
        })) {
            Batch<Integer> stuck = pool.submitAll(List.of(0), DEFAULTS.withJobTimeout(SHORT));
            assertThat(get(stuck.result()).outcomes()).containsExactly(new Outcome.TimedOut<>(SHORT, 1));
            assertThat(get(pool.submitAll(jobs(3).subList(1, 3)).result()).values())
                    .as("another worker has its place")
                    .containsExactly(1, 2);
            awaitAbandoned(pool, 1);
            released.countDown();
            awaitAbandoned(pool, 0);
            assertThat(returned).hasValue(1);
            PoolStats stats = get(pool.stats());
            assertThat(stats.timedOut()).isEqualTo(1);
            assertThat(stats.succeeded()).isEqualTo(2);
            assertThat(stuck.progress()).isEqualTo(new BatchProgress(1, 0, 0, 1, 0, 0));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whereItIsToBeAtRestTheOutcomeWaitsForTheHandler(PoolKind kind) throws Exception {
        BatchOptions atRest = DEFAULTS.withTimeoutsAtRest(true);
        for (BatchOptions options : List.of(atRest.withJobTimeout(SHORT), atRest.withTimeout(SHORT))) {
            CountDownLatch told = new CountDownLatch(1);
            CountDownLatch released = new CountDownLatch(1);
            AtomicInteger returned = new AtomicInteger();
            Queue<Integer> returnedWhenTold = new ConcurrentLinkedQueue<>();
            try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
                try {
                    return Handlers.hang();
                } catch (InterruptedException e) {
                    told.countDown();
                    Handlers.ignoreInterruptsUntil(released);
                    returned.incrementAndGet();
                    return job;
                }
            })) {
                Batch<Integer> batch;
                do { // a batch may be over before its handler has begun
                    returnedWhenTold.clear();
                    batch = pool.submitAll(
                            List.of(0), options, (index, outcome) -> returnedWhenTold.add(returned.get()));
                } while (!isToldFirst(told, batch));
                get(pool.stats());
                assertThat(batch.progress().done()).isZero();
                released.countDown();
                assertThat(get(batch.result()).outcomes()).containsExactly(new Outcome.TimedOut<>(SHORT, 1));
                assertThat(returnedWhenTold).containsExactly(1);
            }
        }
    }

    private static boolean isToldFirst(CountDownLatch told, Batch<?> batch) {
        await().atMost(LONG)
                .until(() -> told.getCount() == 0
                        || batch.result().toCompletableFuture().isDone());
        return told.getCount() == 0;
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void butNotForOneThatIsGivenUp(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        WorkerPoolSettings settings = settings(1).withCancelGrace(SHORT);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            Handlers.ignoreInterruptsUntil(released);
            return job;
        })) {
            Batch<Integer> batch =
                    pool.submitAll(List.of(0), DEFAULTS.withTimeoutsAtRest(true).withJobTimeout(SHORT));
            assertThat(get(batch.result()).outcomes()).containsExactly(new Outcome.TimedOut<>(SHORT, 1));
            assertThat(released.getCount()).isEqualTo(1);
            released.countDown();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void beyondTheMostThatMayBeAbandonedWorkersWaitForTheirHandlers(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch bothAgain = new CountDownLatch(2);
        WorkerPoolSettings settings = settings(2).withCancelGrace(SHORT).withMaxAbandoned(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            if (job < 0) {
                Handlers.ignoreInterruptsUntil(released);
            } else if (job < 100) {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                Thread.onSpinWait();
                running.decrementAndGet();
            } else {
                bothAgain.countDown();
                bothAgain.await();
            }
            return job;
        })) {
            get(pool.submitAll(List.of(-1, -2), DEFAULTS.withJobTimeout(SHORT)).result());
            awaitAbandoned(pool, 2);
            assertThat(get(pool.submitAll(jobs(100)).result()).isSuccess()).isTrue();
            assertThat(most).as("one worker was replaced, the other is held").hasValue(1);
            released.countDown();
            assertThat(get(pool.submitAll(List.of(100, 101)).result()).isSuccess())
                    .isTrue();
            awaitAbandoned(pool, 0);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aBatchIsOverAtItsDeadlineWhateverItsHandlersDo(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            Handlers.ignoreInterruptsUntil(released);
            return job;
        })) {
            Duration timeout = Duration.ofMillis(300);
            BatchResult<Integer> result =
                    get(pool.submitAll(jobs(500), DEFAULTS.withTimeout(timeout)).result());
            assertThat(result.timedOut()).isEqualTo(500);
            assertThat(result.outcomes())
                    .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.TimedOut.class));
            assertThat(result.outcomes())
                    .filteredOn(new Outcome.TimedOut<Integer>(timeout, 1)::equals)
                    .hasSize(2);
            PoolStats stats = get(pool.stats());
            assertThat(stats.running()).as("jobs that have no outcome").isZero();
            released.countDown();
        }
    }

    /** A handler that hangs is told once, but its batch may be over before it has listened. */
    @ParameterizedTest
    @MethodSource(ALL)
    void aBatchIsOverAtItsDeadlineThoughAnAttemptThatTimedOutGoesOn(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            try {
                return Handlers.hang();
            } catch (InterruptedException e) {
                told.countDown();
                Handlers.ignoreInterruptsUntil(released);
                throw e;
            }
        })) {
            BatchOptions options = DEFAULTS.withJobTimeout(SHORT)
                    .withTimeout(Duration.ofMillis(500))
                    .withRetry(RetryPolicy.attempts(3).withTimeouts(true));
            Batch<Integer> batch = pool.submitAll(jobs(1), options);
            told.await();
            assertThat(get(batch.result()).outcomes())
                    .containsExactly(new Outcome.TimedOut<>(Duration.ofMillis(500), 1));
            released.countDown();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aBatchIsOverAtItsDeadlineThoughARetryWaits(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            throw new IOException("always");
        })) {
            BatchOptions options = DEFAULTS.withTimeout(Duration.ofMillis(300))
                    .withRetry(RetryPolicy.attempts(3).withFixedBackoff(Duration.ofDays(1)));
            assertThat(get(pool.submitAll(jobs(1), options).result()).outcomes())
                    .containsExactly(new Outcome.TimedOut<>(Duration.ofMillis(300), 1));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anAttemptThatTimesOutIsFollowedByAnotherIfThePolicySaysSo(PoolKind kind) throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger attempts = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                return job == 1 && attempts.incrementAndGet() == 3 ? job : Handlers.hang();
            } finally {
                running.decrementAndGet();
            }
        })) {
            RetryPolicy policy = RetryPolicy.attempts(3).withTimeouts(true).withFixedBackoff(Duration.ZERO);
            BatchOptions options = DEFAULTS.withJobTimeout(SHORT).withRetry(policy);
            assertThat(get(pool.submitAll(List.of(0), options).result()).outcomes())
                    .containsExactly(new Outcome.TimedOut<>(SHORT, 3));
            assertThat(most).as("attempts at a time").hasValue(1);
            assertThat(get(pool.submitAll(List.of(1), options).result()).outcomes())
                    .containsExactly(new Outcome.Succeeded<>(1, 3));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#withContext")
    void aHandlerKnowsItsDeadlineAndIsToldThroughItsContext(PoolKind kind) throws Exception {
        Queue<Instant> deadlines = new ConcurrentLinkedQueue<>();
        Instant before = Instant.now();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            context.deadline().ifPresent(deadlines::add);
            Semaphore told = new Semaphore(0);
            context.onCancel(told::release);
            told.acquireUninterruptibly();
            assertThat(context.isCancelled()).isTrue();
            return job;
        })) {
            BatchOptions options = DEFAULTS.withJobTimeout(SHORT).withTimeout(Duration.ofDays(1));
            assertThat(get(pool.submitAll(List.of(0), options).result()).timedOut())
                    .isEqualTo(1);
            assertThat(deadlines).hasSize(1).allMatch(deadline -> deadline.isAfter(before));
            assertThat(deadlines).allMatch(deadline -> deadline.isBefore(before.plus(Duration.ofHours(1))));
        }
    }

    /** It hands what is left to a client, which mostly notices the end of it before the pool does. */
    private static int waitUntil(Instant deadline) throws Exception {
        long leftMs = Duration.between(Instant.now(), deadline).toMillis();
        return new CompletableFuture<Integer>().get(Math.max(1, leftMs), TimeUnit.MILLISECONDS);
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#withContext")
    void aHandlerWhoseClientTimesOutAtTheDeadlineHasTimedOut(PoolKind kind) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(4), (job, context) -> {
            calls.incrementAndGet();
            try {
                return waitUntil(context.deadline().orElseThrow());
            } catch (TimeoutException e) {
                throw job % 2 == 0 ? e : new IOException("no answer", new IllegalStateException(e));
            }
        })) {
            BatchOptions options = DEFAULTS.withJobTimeout(SHORT);
            assertThat(get(pool.submitAll(jobs(20), options).result()).outcomes())
                    .containsOnly(new Outcome.TimedOut<>(SHORT, 1));
            RetryPolicy retries = RetryPolicy.attempts(3).withTimeouts(true).withFixedBackoff(Duration.ZERO);
            assertThat(get(pool.submitAll(jobs(10), options.withRetry(retries)).result())
                            .outcomes())
                    .containsOnly(new Outcome.TimedOut<>(SHORT, 3));
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(calls).hasValue(50)); // one may begin when its job has its outcome
            PoolStats stats = get(pool.stats());
            assertThat(stats.timedOut()).isEqualTo(30);
            assertThat(stats.failed()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#withContext")
    void soHasOneWhoseClientTimesOutAtTheEndOfItsBatch(PoolKind kind) throws Exception {
        Duration timeout = Duration.ofMillis(200);
        try (WorkerPool<Integer, Integer> pool = kind.start(
                system,
                settings(4),
                (job, context) -> waitUntil(context.deadline().orElseThrow()))) {
            BatchOptions options = DEFAULTS.withJobTimeout(LONG).withTimeout(timeout);
            assertThat(get(pool.submitAll(jobs(4), options).result()).outcomes())
                    .allMatch(outcome -> outcome instanceof Outcome.TimedOut<Integer> timedOut
                            && timedOut.timeout().equals(timeout));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#withContext")
    void oneThatFailsWithTimeLeftHasFailed(PoolKind kind) throws Exception {
        TimeoutException early = new TimeoutException("of the client's own");
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            throw early;
        })) {
            BatchOptions options = DEFAULTS.withJobTimeout(Duration.ofHours(1)).withTimeout(Duration.ofHours(1));
            assertThat(get(pool.submitAll(jobs(1), options).result()).outcomes())
                    .containsExactly(new Outcome.Failed<>(early, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#withContext")
    void aHandlerSeesTheSameDeadlineAtEachCall(PoolKind kind) throws Exception {
        Queue<Boolean> same = new ConcurrentLinkedQueue<>();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            Instant first = context.deadline().orElseThrow();
            for (int i = 0; i < 1_000; i++) {
                same.add(first.equals(context.deadline().orElseThrow()));
            }
            return job;
        })) {
            BatchOptions options = DEFAULTS.withJobTimeout(Duration.ofHours(1));
            assertThat(get(pool.submitAll(jobs(10), options).result()).isSuccess())
                    .isTrue();
            assertThat(same).hasSize(10_000).containsOnly(true);
        }
    }

    @Test
    void aFutureThatNeverCompletesIsCancelled() throws Exception {
        CompletableFuture<Integer> never = new CompletableFuture<>();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(system, settings(1), (job, context) -> never)) {
            assertThat(get(pool.submitAll(jobs(1), DEFAULTS.withJobTimeout(SHORT))
                                    .result())
                            .outcomes())
                    .containsExactly(new Outcome.TimedOut<>(SHORT, 1));
            await().atMost(LONG).until(never::isCancelled);
            assertThat(get(pool.stats()).abandoned()).isZero();
        }
    }

    @Test
    void aStageThatNeverCompletesIsAbandonedAndHoldsUpNobody() throws Exception {
        WorkerPoolSettings settings = settings(1).withCancelGrace(Duration.ZERO);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(
                system,
                settings,
                (job, context) -> job < 5
                        ? new CompletableFuture<Integer>().minimalCompletionStage()
                        : CompletableFuture.completedFuture(job))) {
            BatchResult<Integer> result = get(pool.submitAll(jobs(6), DEFAULTS.withJobTimeout(Duration.ofMillis(50)))
                    .result());
            assertThat(result.timedOut()).isEqualTo(5);
            assertThat(result.outcomes().get(5)).isEqualTo(new Outcome.Succeeded<>(5, 1));
            awaitAbandoned(pool, 5);
        }
    }
}
