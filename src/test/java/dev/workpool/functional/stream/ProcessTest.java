package dev.workpool.functional.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.ContextPropagator;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.Deliveries;
import dev.workpool.support.Handlers;
import dev.workpool.support.Jobs;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of the jobs of a stream, over every kind of pool. */
class ProcessTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final int COUNT = 3_000;

    private static StreamOptions<Integer> ordered() {
        return StreamOptions.ordered();
    }

    private static StreamOptions<Integer> asCompleted() {
        return StreamOptions.asCompleted();
    }

    private static StreamOptions<Integer> byTens() {
        return StreamOptions.keyed(job -> job / 10);
    }

    /** Some jobs take longer than those after them. */
    private static Integer twice(int job) {
        for (int i = job % 97 == 0 ? 20_000 : 0; i > 0; i--) {
            Thread.onSpinWait();
        }
        return 2 * job;
    }

    private static void checkTwice(Deliveries<Integer, Integer> deliveries) {
        for (int i = 0; i < deliveries.jobs().size(); i++) {
            assertThat(deliveries.outcomes().get(i))
                    .isEqualTo(new Outcome.Succeeded<>(2 * deliveries.jobs().get(i), 1));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anOrderedStreamDeliversInTheOrderOfTheJobs(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(3), (job, context) -> twice(job))) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            BatchProgress counts = deliveries.awaitSuccess(
                    pool.process(jobs(COUNT).iterator(), ordered().withWindow(100), deliveries));
            assertThat(counts).isEqualTo(new BatchProgress(COUNT, COUNT, 0, 0, 0, 0));
            assertThat(deliveries.jobs()).isEqualTo(jobs(COUNT));
            checkTwice(deliveries);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aStreamAsCompletedDeliversEachJobOnce(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(3), (job, context) -> twice(job))) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            deliveries.awaitSuccess(
                    pool.process(jobs(COUNT).stream(), asCompleted().withWindow(100), deliveries));
            assertThat(deliveries.jobs()).containsExactlyInAnyOrderElementsOf(jobs(COUNT));
            checkTwice(deliveries);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aSlowJobHoldsUpNoOutcomeOfAStreamAsCompleted(PoolKind kind) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job == 0) {
                release.await();
            }
            return job;
        })) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>() {
                @Override
                protected void onOutcome(Integer job, Outcome<Integer> outcome) {
                    if (count() == 499) {
                        release.countDown();
                    }
                }
            };
            deliveries.awaitSuccess(
                    pool.process(jobs(500).iterator(), asCompleted().withWindow(20), deliveries));
            assertThat(deliveries.jobs().get(499)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void jobsOfAKeyRunOneAfterAnotherInTheirOrder(PoolKind kind) throws Exception {
        Map<Integer, Integer> last = new ConcurrentHashMap<>();
        Map<Integer, AtomicInteger> running = new ConcurrentHashMap<>();
        try (WorkerPool<Integer, Boolean> pool = kind.start(system, settings(3), (job, context) -> {
            int key = job % 7;
            AtomicInteger ofKey = running.computeIfAbsent(key, any -> new AtomicInteger());
            boolean good = ofKey.incrementAndGet() == 1;
            Integer before = last.put(key, job);
            good &= before == null || before == job - 7;
            twice(job);
            ofKey.decrementAndGet();
            return good;
        })) {
            Deliveries<Integer, Boolean> deliveries = new Deliveries<>();
            StreamOptions<Integer> bySevens = StreamOptions.<Integer>keyed(job -> job % 7);
            deliveries.awaitSuccess(pool.process(jobs(COUNT).iterator(), bySevens.withWindow(100), deliveries));
            assertThat(deliveries.outcomes()).containsOnly(new Outcome.Succeeded<>(true, 1));
            Map<Integer, List<Integer>> byKey =
                    deliveries.jobs().stream().collect(Collectors.groupingBy(job -> job % 7));
            assertThat(byKey.values()).allSatisfy(jobs -> assertThat(jobs).isSorted());
            assertThat(deliveries.jobs()).containsExactlyInAnyOrderElementsOf(jobs(COUNT));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anEmptySourceIsCompleteWithoutACall(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> job)) {
            for (StreamOptions<Integer> options : List.of(ordered(), asCompleted(), byTens())) {
                Jobs source = new Jobs(0);
                Deliveries<Integer, Integer> deliveries = new Deliveries<>();
                BatchProgress counts = deliveries.awaitSuccess(pool.process(source, options, deliveries));
                assertThat(counts.total()).isZero();
                assertThat(source.closed()).isOne();
            }
            assertThat(get(pool.process(Stream.<Integer>empty(), ordered(), new Deliveries<>())
                                    .result())
                            .total())
                    .isZero();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void failuresAndTimeOutsAreOutcomes(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job >= 1_000) {
                return Handlers.hang();
            } else if (job % 10 == 3) {
                throw new IllegalArgumentException("three");
            } else if (job % 10 == 4) {
                throw new LinkageError("four");
            }
            return 2 * job;
        })) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            BatchProgress counts =
                    deliveries.awaitSuccess(pool.process(jobs(100).iterator(), ordered(), deliveries));
            assertThat(deliveries.jobs()).isEqualTo(jobs(100));
            assertThat(((Outcome.Failed<Integer>) deliveries.outcome(3)).error())
                    .hasMessage("three");
            assertThat(((Outcome.Failed<Integer>) deliveries.outcome(4)).error())
                    .isInstanceOf(LinkageError.class);
            assertThat(counts).isEqualTo(new BatchProgress(100, 80, 20, 0, 0, 0));

            Duration timeout = Duration.ofMillis(50); // for jobs that take it whatever else the machine does
            BatchOptions options = BatchOptions.defaults().withJobTimeout(timeout);
            for (StreamOptions<Integer> each : List.of(ordered(), byTens())) {
                Deliveries<Integer, Integer> late = new Deliveries<>();
                late.awaitSuccess(pool.process(List.of(1_000, 1_001).iterator(), each.withBatch(options), late));
                assertThat(late.jobs()).containsExactly(1_000, 1_001);
                assertThat(late.outcomes()).containsOnly(new Outcome.TimedOut<>(timeout, 1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whatFailsIsTriedAgainAndKeepsItsPlace(PoolKind kind) throws Exception {
        Map<Integer, AtomicInteger> attempts = new ConcurrentHashMap<>();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            int attempt =
                    attempts.computeIfAbsent(job, any -> new AtomicInteger()).incrementAndGet();
            if ((job % 10 == 3 && attempt < 3) || job == 55) {
                throw new IllegalStateException("attempt " + attempt);
            }
            return attempt;
        })) {
            RetryPolicy threeTimes = RetryPolicy.attempts(3).withFixedBackoff(Duration.ofMillis(2));
            for (StreamOptions<Integer> options : List.of(ordered(), byTens())) {
                attempts.clear();
                Deliveries<Integer, Integer> deliveries = new Deliveries<>();
                BatchProgress counts = deliveries.awaitSuccess(pool.process(
                        jobs(100).iterator(),
                        options.withBatch(BatchOptions.defaults().withRetry(threeTimes)),
                        deliveries));
                assertThat(counts).isEqualTo(new BatchProgress(100, 99, 1, 0, 0, 0));
                assertThat(deliveries.outcome(33)).isEqualTo(new Outcome.Succeeded<>(3, 3));
                assertThat(deliveries.outcome(55).attempts()).isEqualTo(3);
                if (options.isOrdered()) {
                    assertThat(deliveries.jobs()).isEqualTo(jobs(100));
                } else {
                    assertThat(deliveries.jobs()).containsSubsequence(jobs(100).subList(30, 40));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aKeyEndsWithItsFirstFailure(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job % 10 == 3 && job < 50) {
                throw new IllegalStateException("three");
            }
            return 2 * job;
        })) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            BatchProgress counts = deliveries.awaitSuccess(pool.process(
                    jobs(100).iterator(), byTens().withStopKeyOnFailure(true).withWindow(4), deliveries));
            assertThat(counts).isEqualTo(new BatchProgress(100, 65, 5, 0, 30, 0));
            for (int job = 0; job < 100; job++) {
                boolean cancelled = job < 50 && job % 10 > 3;
                assertThat(deliveries.outcome(job) instanceof Outcome.Cancelled)
                        .as("%d", job)
                        .isEqualTo(cancelled);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aHaltPolicyEndsTheStreamWell(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            throw new IllegalStateException("no");
        })) {
            Jobs source = new Jobs(Integer.MAX_VALUE);
            StreamOptions<Integer> options = asCompleted()
                    .withWindow(50)
                    .withBatch(BatchOptions.defaults().withHalt(HaltPolicy.now().failed(10)));
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            BatchProgress counts = deliveries.awaitSuccess(pool.process(source, options, deliveries));
            assertThat(counts.failed()).isGreaterThanOrEqualTo(10);
            assertThat(counts.failed() + counts.cancelled()).isEqualTo(counts.total());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void progressShowsHowFarItIs(PoolKind kind) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> job)) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>() {
                @Override
                protected void onOutcome(Integer job, Outcome<Integer> outcome) throws Exception {
                    if (job == 5) {
                        blocked.countDown();
                        release.await();
                    }
                }
            };
            Processing stream = pool.process(jobs(20).iterator(), ordered().withWindow(10), deliveries);
            blocked.await();
            BatchProgress progress = stream.progress();
            assertThat(progress.total()).isBetween(6L, 15L);
            assertThat(progress.succeeded()).isBetween(6L, progress.total());
            assertThat(stream.result().toCompletableFuture()).isNotDone();
            release.countDown();
            deliveries.awaitSuccess(stream);
            assertThat(stream.progress()).isEqualTo(new BatchProgress(20, 20, 0, 0, 0, 0));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theConsumerIsCalledByTheCallbackExecutor(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job)) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            deliveries.awaitSuccess(pool.process(jobs(200).iterator(), ordered(), deliveries));
            assertThat(deliveries.threads())
                    .allSatisfy(name -> assertThat(name).contains("workpool.dispatchers.callback"));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void contextsOfWhoBeganTheStreamGoWithItsJobs(PoolKind kind) throws Exception {
        ThreadLocal<String> user = new ThreadLocal<>();
        ContextPropagator<String> propagator = new ContextPropagator<>() {
            @Override
            public String capture() {
                return user.get();
            }

            @Override
            public Scope attach(String captured) {
                user.set(captured);
                return user::remove;
            }
        };
        try (WorkerPool<Integer, String> pool = kind.startInline(
                system, settings(2).withContextPropagators(propagator), (job, context) -> user.get() + job)) {
            for (StreamOptions<Integer> options : List.of(ordered(), asCompleted(), byTens())) {
                user.set("u");
                Deliveries<Integer, String> deliveries = new Deliveries<>();
                Processing stream = pool.process(jobs(50).iterator(), options, deliveries);
                user.set("v");
                deliveries.awaitSuccess(stream);
                for (int i = 0; i < 50; i++) {
                    assertThat(deliveries.outcomes().get(i))
                            .isEqualTo(new Outcome.Succeeded<>(
                                    "u" + deliveries.jobs().get(i), 1));
                }
            }
        }
    }
}
