package dev.workpool.functional.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.DispatcherSelector;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolProblem;
import dev.workpool.job.PoolProblem.Kind;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.JobOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What observers of pools and batches are told, over every kind of pool. */
class PoolObserverTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    /** Writes down what it is told. */
    private static class Diary implements PoolObserver {
        final Queue<String> events = new ConcurrentLinkedQueue<>();
        final Queue<PoolProblem> problems = new ConcurrentLinkedQueue<>();
        final AtomicInteger atATime = new AtomicInteger();
        final AtomicInteger mostAtATime = new AtomicInteger();
        final CountDownLatch ended = new CountDownLatch(1);

        private void note(String event) {
            mostAtATime.accumulateAndGet(atATime.incrementAndGet(), Math::max);
            events.add(event);
            atATime.decrementAndGet();
        }

        void await(String event) {
            Awaitility.await().atMost(LONG).until(() -> events.contains(event));
        }

        List<PoolProblem> problems(Kind kind) {
            return problems.stream().filter(each -> each.kind() == kind).toList();
        }

        @Override
        public void onStart(String pool, int workers) {
            note("start " + workers);
        }

        @Override
        public void onBatchAccepted(BatchInfo batch, OptionalLong jobs) {
            note("accepted " + batch.name() + " " + (jobs.isPresent() ? jobs.getAsLong() : "?"));
        }

        @Override
        public void onBatchEnded(BatchInfo batch, BatchProgress counts, Duration took) {
            assertThat(took.isNegative()).isFalse();
            note("ended " + batch.name() + " " + counts.succeeded() + "/" + counts.failed() + "/" + counts.cancelled());
        }

        @Override
        public void onProblem(PoolProblem problem) {
            problems.add(problem);
            note("problem " + problem.kind());
        }

        @Override
        public void onWorkers(String pool, int before, int now, WorkersChange why) {
            note("workers " + before + " " + now + " " + why);
        }

        @Override
        public void onPaused(String pool, boolean paused) {
            note(paused ? "paused" : "resumed");
        }

        @Override
        public void onSlowedDown(String pool, Duration duration) {
            note("slowed down " + duration);
        }

        @Override
        public void onEnd(PoolSnapshot last) {
            note("end " + last.accepted());
            ended.countDown();
        }
    }

    private Diary diary;

    @BeforeEach
    void openADiary() {
        diary = new Diary();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theLifeOfAPoolIsToldInItsOrder(PoolKind kind) throws Exception {
        WorkerPool<Integer, Integer> pool =
                kind.start(system, settings(2).withObserver(diary), (job, context) -> 12 / job);
        pool.submitAll(List.of(1, 2, 0), BatchOptions.defaults().withName("three"));
        diary.await("ended three 2/1/0");
        pool.process(List.of(3, 4).iterator(), StreamOptions.asCompleted(), (job, outcome) -> {});
        diary.await("ended  2/0/0");
        get(pool.submit(1));
        pool.submit(2, JobOptions.defaults().withPriority(1));
        diary.await("ended  1/0/0");
        get(pool.submitAll(List.of()).result());
        pool.close();
        diary.ended.await();
        assertThat(diary.events)
                .containsExactly(
                        "start 2",
                        "accepted three 3",
                        "problem FAILED",
                        "ended three 2/1/0",
                        "accepted  ?",
                        "ended  2/0/0",
                        "accepted  1",
                        "ended  1/0/0",
                        "end 7");
        assertThat(diary.mostAtATime).hasValue(1);
        PoolProblem problem = diary.problems.peek();
        assertThat(problem.pool()).isEqualTo(pool.name());
        assertThat(problem.batch().orElseThrow().name()).isEqualTo("three");
        assertThat(problem.batch().orElseThrow().kind()).isEqualTo(BatchInfo.Kind.BATCH);
        assertThat(problem.index()).isEqualTo(2);
        assertThat(problem.jobs()).isOne();
        assertThat(problem.attempt()).isOne();
        assertThat(problem.error().orElseThrow()).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void pausesAndChangesOfTheWorkersAreTold() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(2).withObserver(diary).withMaxSlowDown(Duration.ofMillis(5)), (job, context) -> {
                    context.slowDown(Duration.ofSeconds(1));
                    return job;
                })) {
            pool.pause();
            pool.pause();
            pool.resume();
            pool.resume();
            pool.resize(5);
            pool.resize(5);
            get(pool.submit(1));
        }
        diary.ended.await();
        assertThat(diary.events)
                .containsExactlyInAnyOrder(
                        "start 2", "paused", "resumed", "workers 2 5 RESIZED", "slowed down PT0.005S", "end 1");
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void everyRetryIsToldAndOneFailure(PoolKind kind) throws Exception {
        RetryPolicy thrice = RetryPolicy.attempts(3).withFixedBackoff(Duration.ofMillis(7));
        try (WorkerPool<Integer, Integer> pool =
                kind.start(system, settings(1).withObserver(diary).withRetry(thrice), (job, context) -> {
                    throw new IllegalStateException("job " + job);
                })) {
            get(pool.submitAll(List.of(1)).result());
        }
        diary.ended.await();
        List<PoolProblem> retries = diary.problems(Kind.RETRIED);
        assertThat(retries).extracting(PoolProblem::attempt).containsExactly(1, 2);
        assertThat(retries).extracting(PoolProblem::time).containsOnly(Duration.ofMillis(7));
        assertThat(retries)
                .extracting(each -> each.error().orElseThrow().getMessage())
                .containsExactly("job 1", "job 1");
        assertThat(diary.problems(Kind.FAILED)).extracting(PoolProblem::attempt).containsExactly(3);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void timeOutsAndAbandonedHandlersAreTold(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        Duration timeout = Duration.ofMillis(20);
        try (WorkerPool<Integer, Integer> pool = kind.start(
                system,
                settings(1)
                        .withObserver(diary)
                        .withJobTimeout(timeout)
                        .withCancelGrace(Duration.ZERO)
                        .withMaxAbandoned(5),
                (job, context) -> {
                    Handlers.ignoreInterruptsUntil(released);
                    return job;
                })) {
            pool.submit(1);
            await().atMost(LONG).until(() -> !diary.problems(Kind.ABANDONED).isEmpty());
            released.countDown();
        }
        diary.ended.await();
        assertThat(diary.problems(Kind.TIMED_OUT)).hasSize(1);
        assertThat(diary.problems(Kind.TIMED_OUT).get(0).time()).isEqualTo(timeout);
        assertThat(diary.problems(Kind.TIMED_OUT).get(0).batch()).isEmpty();
        assertThat(diary.problems(Kind.TIMED_OUT).get(0).index()).isEqualTo(-1);
        assertThat(diary.problems(Kind.ABANDONED)).hasSize(1);
        assertThat(diary.problems(Kind.ABANDONED).get(0).time()).isGreaterThanOrEqualTo(timeout);
        assertThat(diary.events).contains("workers 1 1 REPLACED");
    }

    @Test
    void aJobThatRunsForLongIsToldOnce() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withObserver(diary).withWarnAfter(Duration.ofSeconds(1)), job -> {
                    release.await();
                    return job;
                })) {
            pool.submitAll(jobs(3), BatchOptions.defaults().withName("slow"));
            await().atMost(LONG).until(() -> !diary.problems(Kind.OVERDUE).isEmpty());
            release.countDown();
        }
        diary.ended.await();
        assertThat(diary.problems(Kind.OVERDUE)).hasSize(1);
        PoolProblem overdue = diary.problems(Kind.OVERDUE).get(0);
        assertThat(overdue.index()).isZero();
        assertThat(overdue.batch().orElseThrow().name()).isEqualTo("slow");
        assertThat(overdue.time()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aBatchWhoseTimeIsOverIsOneProblem() throws Exception {
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withObserver(diary), job -> Handlers.hang())) {
            get(pool.submitAll(jobs(1_000), BatchOptions.defaults().withTimeout(Duration.ofMillis(20)))
                    .result());
        }
        diary.ended.await();
        assertThat(diary.problems(Kind.TIMED_OUT).stream()
                        .mapToLong(PoolProblem::jobs)
                        .sum())
                .isEqualTo(1_000);
        assertThat(diary.problems(Kind.TIMED_OUT)).hasSizeLessThan(10);
    }

    @Test
    void rejectionsAreTold() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withObserver(diary).withQueueCapacity(1, WhenFull.REJECT), job -> {
                    release.await();
                    return job;
                });
        pool.submitAll(jobs(2));
        await().atMost(LONG).until(() -> pool.snapshot().running() == 1);
        pool.submit(1);
        get(pool.submitAll(jobs(3)).result());
        release.countDown();
        pool.close();
        diary.ended.await();
        assertThat(diary.problems(Kind.REJECTED)).extracting(PoolProblem::jobs).containsExactlyInAnyOrder(1L, 3L);
        assertThat(diary.problems(Kind.REJECTED)).allMatch(each -> each.reason().contains(pool.name()));
    }

    /** Jobs may be rejected before the pool's actor has run. */
    @Test
    void theStartIsToldFirst() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        system.dispatchers()
                .lookup(DispatcherSelector.fromConfig(settings(1).controlDispatcher()))
                .execute(() -> await().atMost(LONG).until(() -> release.getCount() == 0));
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(1).withObserver(diary).withQueueCapacity(1, WhenFull.REJECT), job -> job)) {
            assertThat(get(pool.submitAll(jobs(3)).result()).rejected()).isEqualTo(3);
            release.countDown();
        }
        diary.ended.await();
        assertThat(diary.events).containsExactly("start 1", "problem REJECTED", "end 0");
    }

    @Test
    void aJobThatItsSubmitterHasRunMayFailToo() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(1).withObserver(diary).withQueueCapacity(1, WhenFull.CALLER_RUNS), job -> {
                    if (job == 0) {
                        release.await();
                    }
                    return 12 / (job - 13);
                })) {
            pool.submit(0);
            pool.submit(0);
            assertThatThrownBy(() -> get(pool.submit(13))).hasRootCauseInstanceOf(ArithmeticException.class);
            release.countDown();
        }
        diary.ended.await();
        assertThat(diary.problems(Kind.FAILED)).hasSize(1);
        assertThat(diary.problems(Kind.FAILED).get(0).index()).isEqualTo(-1);
    }

    /** Its submitter has run all of it, since there was no room, and hands it in when the pool is closed. */
    @Test
    void aBatchThatHasRunIsNotRejected() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicReference<WorkerPool<Integer, Integer>> drained = new AtomicReference<>();
        WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(1).withObserver(diary).withQueueCapacity(1, WhenFull.CALLER_RUNS), job -> {
                    if (job == 0) {
                        release.await();
                    } else {
                        drained.get().drain();
                    }
                    return job;
                });
        drained.set(pool);
        pool.submit(0);
        pool.submit(0);
        assertThat(get(pool.submitAll(List.of(1)).result()).succeeded()).isOne();
        release.countDown();
        diary.ended.await();
        assertThat(diary.problems(Kind.REJECTED)).isEmpty();
    }

    @Test
    void droppedJobsAreTold() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(1).withObserver(diary).withQueueCapacity(1, WhenFull.DROP_OLDEST), job -> {
                    release.await();
                    return job;
                });
        pool.submit(1);
        await().atMost(LONG).until(() -> pool.snapshot().running() == 1);
        for (int job = 2; job <= 4; job++) {
            pool.submit(job);
        }
        await().atMost(LONG).until(() -> pool.snapshot().rejected() == 2);
        release.countDown();
        pool.close();
        diary.ended.await();
        assertThat(diary.problems(Kind.REJECTED)).hasSize(2);
    }

    @Test
    void aBatchMayHaveObserversOfItsOwn() throws Exception {
        Diary ofBatch = new Diary();
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1).withObserver(diary), job -> 12 / job);
        get(pool.submitAll(
                        List.of(0, 1),
                        BatchOptions.defaults().withName("watched").withObserver(ofBatch))
                .result());
        get(pool.submitAll(List.of(0), BatchOptions.defaults().withName("other"))
                .result());
        pool.close();
        diary.ended.await();
        assertThat(ofBatch.events).containsExactly("accepted watched 2", "problem FAILED", "ended watched 1/1/0");
        assertThat(diary.events)
                .contains("ended watched 1/1/0", "ended other 0/1/0")
                .hasSize(2 + 3 + 3);
    }

    @Test
    void severalObserversAreToldTheSame() throws Exception {
        Diary other = new Diary();
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withObserver(diary).withObserver(other), job -> job)) {
            get(pool.submitAll(jobs(3)).result());
        }
        diary.ended.await();
        other.ended.await();
        assertThat(other.events).containsExactlyElementsOf(diary.events);
    }

    @Test
    void whatAnObserverThrowsHarmsNobody() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        PoolObserver broken = new PoolObserver() {
            @Override
            public void onBatchAccepted(BatchInfo batch, OptionalLong jobs) {
                calls.incrementAndGet();
                throw new StackOverflowError("by the test");
            }
        };
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withObserver(broken).withObserver(diary), job -> job)) {
            for (int i = 0; i < 5; i++) {
                assertThat(get(pool.submitAll(jobs(3)).result()).succeeded()).isEqualTo(3);
            }
        }
        diary.ended.await();
        await().atMost(LONG).until(() -> calls.get() == 5);
        assertThat(diary.events).hasSize(12);
    }

    /** The pool goes on, in bounded memory; what is dropped is counted. */
    @Test
    void anObserverThatBlocksMissesWhatItHasNoPlaceFor() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicLong told = new AtomicLong();
        AtomicLong dropped = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(1);
        PoolObserver slow = new PoolObserver() {
            @Override
            public void onStart(String pool, int workers) {
                await().atMost(LONG).until(() -> release.getCount() == 0);
            }

            @Override
            public void onBatchEnded(BatchInfo batch, BatchProgress counts, Duration took) {
                told.incrementAndGet();
            }

            @Override
            public void onBatchAccepted(BatchInfo batch, OptionalLong jobs) {
                told.incrementAndGet();
            }

            @Override
            public void onDropped(String pool, long events) {
                dropped.addAndGet(events);
            }

            @Override
            public void onEnd(PoolSnapshot last) {
                ended.countDown();
            }
        };
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1).withObserver(slow), job -> job);
        List<Batch<Integer>> batches = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            batches.add(pool.submitAll(jobs(1)));
        }
        for (Batch<Integer> batch : batches) {
            get(batch.result());
        }
        release.countDown();
        pool.close();
        ended.await();
        assertThat(told.get() + dropped.get()).isEqualTo(4_000);
        assertThat(told.get()).isBetween(1_000L, 1_100L);
    }

    @Test
    void ofManyProblemsInASecondSomeAreToldAndTheOthersCounted() throws Exception {
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(2).withObserver(diary), job -> {
                    throw new IllegalStateException("fails");
                })) {
            get(pool.submitAll(jobs(100_000)).result());
            await().pollInterval(Duration.ofMillis(100)).atMost(LONG).until(() -> {
                pool.submit(1); // once a second has passed, the next problem tells of those before
                long all = diary.problems.stream()
                        .mapToLong(problem -> 1 + problem.omitted())
                        .sum();
                return all >= 100_000;
            });
        }
        assertThat(diary.problems.size()).isLessThan(10_000);
    }

    @Test
    void nobodyIsNoObserver() {
        assertThatThrownBy(() -> settings(1).withObserver(null)).hasMessage("observer");
        assertThatThrownBy(() -> BatchOptions.defaults().withObserver(null)).hasMessage("observer");
    }
}
