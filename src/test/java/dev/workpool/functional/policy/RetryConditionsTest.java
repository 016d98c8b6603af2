package dev.workpool.functional.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Retry policies whose conditions are users' code, over every kind of pool. */
class RetryConditionsTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final BatchOptions DEFAULTS = BatchOptions.defaults();
    private static final RetryPolicy AT_ONCE = RetryPolicy.attempts(5).withFixedBackoff(Duration.ZERO);

    private final Map<Integer, AtomicInteger> calls = new ConcurrentHashMap<>();

    private int call(int job) {
        return calls.computeIfAbsent(job, each -> new AtomicInteger()).incrementAndGet();
    }

    /** Fails in a way of the job's own. */
    private int fail(int job) throws Exception {
        int attempt = call(job);
        switch (job % 4) {
            case 0 -> throw new SQLException("serialization", "40001");
            case 1 -> throw new IllegalStateException(new SQLException("unique", "23505"));
            case 2 -> throw new IllegalStateException(new SQLException("deadlock", "40P01"));
            default -> {
                if (attempt == 1) {
                    throw new IOException("once");
                }
                return job;
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anyCauseInTheChainDecides(PoolKind kind) throws Exception {
        calls.clear();
        RetryPolicy policy = AT_ONCE.retryOnCause(
                SQLException.class, e -> List.of("40001", "40P01").contains(e.getSQLState()));
        try (WorkerPool<Integer, Integer> pool =
                kind.start(system, settings(2).withRetry(policy), (job, context) -> fail(job))) {
            int count = kind.isAsync() ? 200 : 2_000;
            BatchResult<Integer> result = get(pool.submitAll(jobs(count)).result());
            for (int job = 0; job < count; job++) {
                assertThat(result.outcomes().get(job).attempts())
                        .as("job %s", job)
                        .isEqualTo(job % 2 == 0 ? 5 : 1);
            }
            assertThat(result.failed()).isEqualTo(count);
            CompletableFuture<Integer> single = pool.submit(0);
            assertThat(single).failsWithin(LONG);
            assertThat(calls.get(0)).as("a job by itself, too").hasValue(10);
            Queue<Integer> attempts = new ConcurrentLinkedQueue<>();
            get(pool.process(
                            List.of(1, 2).iterator(),
                            StreamOptions.ordered(),
                            (job, outcome) -> attempts.add(outcome.attempts()))
                    .result());
            assertThat(attempts).as("and those of a stream").containsExactly(1, 5);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aConditionSeesErrorAndAttemptAndNeverRunsOnAnActorsThread(PoolKind kind) throws Exception {
        calls.clear();
        Queue<String> asked = new ConcurrentLinkedQueue<>();
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        RetryPolicy policy = AT_ONCE.retryIf((error, attempt) -> {
            asked.add(error.getMessage() + " " + attempt);
            threads.add(Thread.currentThread().getName());
            return attempt < 3;
        });
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            call(job);
            throw new IOException("job " + job);
        })) {
            assertThat(get(pool.submitAll(List.of(7), DEFAULTS.withRetry(policy))
                                    .result())
                            .outcomes()
                            .get(0)
                            .attempts())
                    .isEqualTo(3);
            assertThat(asked).containsExactly("job 7 1", "job 7 2", "job 7 3");
            assertThat(threads).noneMatch(name -> name.contains("control"));
            if (!kind.isAsync()) {
                assertThat(threads).allMatch(name -> name.contains("-worker-"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aJobWhoseConditionThrowsFailsWithItsOwnErrorThatSuppressesWhatWasThrown(PoolKind kind) throws Exception {
        Error broken = new StackOverflowError("the condition");
        RetryPolicy policy = AT_ONCE.retryIf((error, attempt) -> {
            if (attempt == 2) {
                throw broken;
            }
            return true;
        });
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            throw new IOException("attempt " + call(job));
        })) {
            calls.clear();
            Outcome<Integer> outcome = get(pool.submitAll(List.of(1), DEFAULTS.withRetry(policy))
                            .result())
                    .outcomes()
                    .get(0);
            assertThat(outcome.attempts()).isEqualTo(2);
            Throwable error = ((Outcome.Failed<Integer>) outcome).error();
            assertThat(error).hasMessage("attempt 2");
            assertThat(error.getSuppressed()).hasSize(2).contains(broken);
            assertThat(error.getSuppressed()[1]).hasMessage("attempt 1");
        }
    }

    /** All of many jobs and their condition throw the same two objects. */
    @Test
    void aConditionThatThrowsWhatHandlersThrowTiesNoCircle() throws Exception {
        IOException one = new IOException("one");
        IllegalStateException other = new IllegalStateException("other");
        RetryPolicy policy = AT_ONCE.retryIf((error, attempt) -> {
            throw error == other ? new IllegalStateException(one) : other;
        });
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(4), job -> {
            if (job % 2 == 0) {
                throw one;
            }
            throw other;
        })) {
            BatchResult<Integer> result =
                    get(pool.submitAll(jobs(1_000), DEFAULTS.withRetry(policy)).result());
            assertThat(result.failed()).isEqualTo(1_000);
            assertThat(result.failures().get(0).error()).isSameAs(one);
            assertThat(one.getSuppressed().length == 0)
                    .as("one of the two suppresses the other, whichever was first, and not the other way round as well")
                    .isNotEqualTo(other.getSuppressed().length == 0);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aConditionThatHangsIsEndedWithItsJob(PoolKind kind) throws Exception {
        CountDownLatch asking = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        RetryPolicy policy = AT_ONCE.retryIf((error, attempt) -> {
            asking.countDown();
            try {
                release.await();
                return true;
            } catch (InterruptedException e) {
                interrupted.countDown();
                return true;
            }
        });
        WorkerPoolSettings settings = settings(1).withCancelGrace(Duration.ofMillis(10));
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            if (job == 0) {
                throw new IOException("on purpose");
            }
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(List.of(0), DEFAULTS.withRetry(policy));
            asking.await();
            batch.cancel();
            assertThat(get(batch.result()).outcomes()).containsExactly(new Outcome.Cancelled<>(1));
            if (kind.isAsync()) {
                release.countDown(); // nobody interrupts a thread of all asynchronous pools
            }
            assertThat(get(pool.submit(1)))
                    .as("the worker is free, or replaced")
                    .isEqualTo(1);
            if (!kind.isAsync()) {
                interrupted.await();
            }
        }
    }

    /** Whoever submits runs some of the jobs, and asks about those. */
    @Test
    void aConditionIsAskedAboutJobsThatTheirSubmitterRuns() throws Exception {
        calls.clear();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        WorkerPoolSettings settings = settings(1).withQueueCapacity(2, WhenFull.CALLER_RUNS);
        RetryPolicy policy = AT_ONCE.retryIf((error, attempt) -> {
            threads.add(Thread.currentThread());
            return attempt < 3;
        });
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, job -> {
            if (job < 0) {
                running.countDown();
                release.await();
                return job;
            }
            throw new IOException("attempt " + call(job));
        })) {
            pool.submit(-1);
            running.await();
            Batch<Integer> batch = pool.submitAll(jobs(6), DEFAULTS.withRetry(policy));
            assertThat(threads).hasSizeGreaterThanOrEqualTo(3).containsOnly(Thread.currentThread());
            release.countDown();
            assertThat(get(batch.result()).outcomes())
                    .extracting(Outcome::attempts)
                    .containsOnly(3);
            assertThat(threads).hasSize(18);
        }
    }
}
