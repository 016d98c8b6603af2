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
import dev.workpool.support.PoolActors;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs that fail and are tried again, over every kind of pool. */
class RetriesTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final BatchOptions DEFAULTS = BatchOptions.defaults();
    private static final RetryPolicy AT_ONCE = RetryPolicy.attempts(3).withFixedBackoff(Duration.ZERO);
    private static final RetryPolicy TOMORROW = RetryPolicy.attempts(3).withFixedBackoff(Duration.ofDays(1));

    /** How often the handler was called for each job. */
    private final Map<Integer, AtomicInteger> calls = new ConcurrentHashMap<>();

    private int call(int job) {
        return calls.computeIfAbsent(job, each -> new AtomicInteger()).incrementAndGet();
    }

    /** The job has failed, and nothing runs. */
    private void awaitWaiting(WorkerPool<?, ?> pool, int job) {
        await().atMost(LONG).untilAsserted(() -> {
            assertThat(calls.get(job)).hasValue(1);
            assertThat(get(pool.stats()).running()).isZero();
        });
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theOutcomeCarriesTheAttempts(PoolKind kind) throws Exception {
        calls.clear();
        int count = kind.isAsync() ? 300 : 3_000;
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            int attempt = call(job);
            if (context != null) {
                assertThat(context.attempt()).isEqualTo(attempt);
            }
            if (attempt <= job % 4) {
                throw new IOException("attempt " + attempt);
            }
            return job;
        })) {
            BatchResult<Integer> result =
                    get(pool.submitAll(jobs(count), DEFAULTS.withRetry(AT_ONCE)).result());
            for (int job = 0; job < count; job++) {
                Outcome<Integer> outcome = result.outcomes().get(job);
                if (job % 4 < 3) {
                    assertThat(outcome).isEqualTo(new Outcome.Succeeded<>(job, job % 4 + 1));
                } else {
                    Throwable error = ((Outcome.Failed<Integer>) outcome).error();
                    assertThat(error).hasMessage("attempt 3");
                    assertThat(List.of(error.getSuppressed()))
                            .extracting(Throwable::getMessage)
                            .containsExactlyInAnyOrder("attempt 1", "attempt 2");
                    assertThat(outcome.attempts()).isEqualTo(3);
                }
            }
            assertThat(result.counts()).isEqualTo(new BatchProgress(count, count - count / 4, count / 4, 0, 0, 0));
            assertThat(get(pool.stats()).failed()).isEqualTo(count / 4);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void jobsByThemselvesAreTriedAgainByTheSettings(PoolKind kind) throws Exception {
        calls.clear();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2).withRetry(AT_ONCE), (job, context) -> {
            if (call(job) < 3 || job == 7) {
                throw new IOException("job " + job);
            }
            return job;
        })) {
            List<CompletableFuture<Integer>> futures =
                    jobs(20).stream().map(pool::submit).toList();
            for (int job : jobs(20)) {
                if (job == 7) {
                    assertThatThrownBy(() -> get(futures.get(7)))
                            .isInstanceOf(ExecutionException.class)
                            .hasRootCauseMessage("job 7");
                } else {
                    assertThat(get(futures.get(job))).isEqualTo(job);
                }
            }
            assertThat(calls.values()).allMatch(each -> each.get() == 3);
            assertThat(get(pool.submitAll(List.of(7), DEFAULTS.withRetry(RetryPolicy.never()))
                                    .result())
                            .outcomes()
                            .get(0)
                            .attempts())
                    .as("a batch's own policy goes before")
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whichErrorsAreTriedAgainIsForThePolicyToSay(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            switch (job) {
                case 0 -> throw new FileNotFoundException("abort");
                case 1 -> throw new LinkageError("an Error");
                case 2 -> throw new IOException("retry");
                default -> throw new IllegalStateException("not named");
            }
        })) {
            RetryPolicy policy = AT_ONCE.retryOn(IOException.class).abortOn(FileNotFoundException.class);
            assertThat(get(pool.submitAll(jobs(4), DEFAULTS.withRetry(policy)).result())
                            .outcomes())
                    .extracting(Outcome::attempts)
                    .containsExactly(1, 1, 3, 1);
            assertThat(get(pool.submitAll(jobs(4), DEFAULTS.withRetry(AT_ONCE.retryOn(Throwable.class)))
                                    .result())
                            .outcomes())
                    .extracting(Outcome::attempts)
                    .containsExactly(3, 3, 3, 3);
        }
    }

    /** What a handler throws may be the same few objects, for all jobs and attempts, in any order. */
    @ParameterizedTest
    @MethodSource(ALL)
    void errorsThatAreThrownAgainAndAgainDoNotGrow(PoolKind kind) throws Exception {
        calls.clear();
        Exception one = new IOException("one");
        Exception other = new IOException("other", one);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            int attempt = call(job);
            throw job % 5 == 0 && attempt < 3 ? new IOException("new") : (job + attempt) % 2 == 0 ? one : other;
        })) {
            BatchResult<Integer> result =
                    get(pool.submitAll(jobs(2_000), DEFAULTS.withRetry(AT_ONCE)).result());
            assertThat(result.failed()).isEqualTo(2_000);
            assertThat(one.getSuppressed()).hasSizeLessThanOrEqualTo(100).doesNotContain(other);
            assertThat(other.getSuppressed()).hasSizeLessThanOrEqualTo(100).doesNotContain(one);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aRetryThatWaitsHoldsNoWorkerAndCancellingItsBatchEndsIt(PoolKind kind) throws Exception {
        calls.clear();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            call(job);
            if (job == 0) {
                throw new IOException("first");
            }
            return job;
        })) {
            Batch<Integer> waiting = pool.submitAll(List.of(0), DEFAULTS.withRetry(TOMORROW));
            awaitWaiting(pool, 0);
            assertThat(get(pool.submitAll(List.of(1, 2)).result()).isSuccess()).isTrue();
            PoolStats stats = get(pool.stats());
            assertThat(stats.queued()).isEqualTo(1);
            assertThat(stats.running()).isZero();
            waiting.cancel();
            assertThat(get(waiting.result()).outcomes()).containsExactly(new Outcome.Cancelled<>(1));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void cancellingAFutureWhoseRetryWaitsEndsItsJob(PoolKind kind) throws Exception {
        calls.clear();
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(1).withRetry(TOMORROW), (job, context) -> {
            call(job);
            throw new IOException("first");
        });
        CompletableFuture<Integer> future = pool.submit(0);
        awaitWaiting(pool, 0);
        assertThat(future.cancel(true)).isTrue();
        get(pool.drain());
        PoolStats stats = get(pool.stats());
        assertThat(stats.cancelled() + stats.failed()).isEqualTo(1);
        assertThat(calls.get(0)).hasValue(1);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void beyondTheBudgetAFailureStands(PoolKind kind) throws Exception {
        calls.clear();
        WorkerPoolSettings settings =
                settings(2).withRetry(RetryPolicy.attempts(1_000).withFixedBackoff(Duration.ZERO));
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings.withRetryBudget(0, 0), (job, context) -> {
            call(job);
            throw new IOException("always");
        })) {
            assertThat(get(pool.submitAll(jobs(50)).result()).outcomes())
                    .allMatch(outcome -> outcome instanceof Outcome.Failed && outcome.attempts() == 1);
        }
        calls.clear();
        try (WorkerPool<Integer, Integer> pool =
                kind.start(system, settings(2).withRetry(settings.retry()).withRetryBudget(0, 1e-6), (job, context) -> {
                    call(job);
                    throw new IOException("always");
                })) {
            assertThat(get(pool.submitAll(jobs(50)).result()).failed()).isEqualTo(50);
            assertThat(calls.values().stream().mapToInt(AtomicInteger::get).sum())
                    .as("the one retry that a minimum allows at least")
                    .isEqualTo(51);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void drainingFinishesRetriesAndAbortingCancelsThem(PoolKind kind) throws Exception {
        calls.clear();
        RetryPolicy soon = AT_ONCE.withFixedBackoff(Duration.ofMillis(20));
        WorkerPool<Integer, Integer> drained = kind.start(system, settings(1), (job, context) -> {
            if (call(job) < 3) {
                throw new IOException("first");
            }
            return job;
        });
        Batch<Integer> finished = drained.submitAll(jobs(3), DEFAULTS.withRetry(soon));
        get(drained.drain());
        assertThat(get(finished.result()).outcomes())
                .allMatch(outcome -> outcome.isSuccess() && outcome.attempts() == 3);
        calls.clear();
        WorkerPool<Integer, Integer> aborted = kind.start(system, settings(1), (job, context) -> {
            call(job);
            throw new IOException("first");
        });
        Batch<Integer> cancelled = aborted.submitAll(jobs(1), DEFAULTS.withRetry(TOMORROW));
        awaitWaiting(aborted, 0);
        get(aborted.abort());
        assertThat(get(cancelled.result()).outcomes()).containsExactly(new Outcome.Cancelled<>(1));
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aPoolThatIsKilledSaysHowOftenAJobHadBeenTried(PoolKind kind) throws Exception {
        calls.clear();
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            int attempt = call(job);
            throw new IOException("attempt " + attempt);
        });
        Batch<Integer> batch = pool.submitAll(jobs(1), DEFAULTS.withRetry(TOMORROW));
        awaitWaiting(pool, 0);
        PoolActors.poison(system, pool, "");
        assertThat(get(batch.result()).outcomes()).containsExactly(new Outcome.Cancelled<>(1));
        assertThat(get(pool.stats()).cancelled()).isEqualTo(1);
    }
}
