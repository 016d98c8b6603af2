package dev.workpool.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real rounds with real pools. What they find depends on the machine; that it hangs together does not. */
@Timeout(60)
class TunerTest extends PoolTest {
    private static final List<Integer> JOBS = List.of(1, 2, 3);
    private static final Duration SHORT = Duration.ofSeconds(2);

    /** More than a test waits for: it ends earlier. */
    private static final Duration LONGER = Duration.ofSeconds(20);

    private static final int ROUNDS = 12; // three of each of the first numbers, and some

    private static int pause(int job) {
        LockSupport.parkNanos(1_000_000);
        return job;
    }

    /** Measures some rounds, however long they take. */
    private TuneReport someRounds(Tuner<Integer> tuner) throws Exception {
        CountDownLatch rounds = new CountDownLatch(ROUNDS);
        Tuning tuning = tuner.workers(1, 4)
                .duration(LONGER)
                .settings(settings(1))
                .onProgress(round -> rounds.countDown())
                .start(system);
        CompletableFuture<TuneReport> result = tuning.result().toCompletableFuture();
        Awaitility.await().atMost(LONG).until(() -> rounds.getCount() == 0 || result.isDone());
        tuning.cancel();
        return get(result);
    }

    @Test
    void reportsHangTogether() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        TuneReport report = someRounds(Tuner.over(JOBS, (Integer job) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                return pause(job);
            } finally {
                running.decrementAndGet();
            }
        }));
        assertThat(report.points()).extracting(TunePoint::workers).isSorted().contains(1, 2, 4);
        assertThat(most).hasValue(4);
        assertThat(running).hasValue(0);
        assertThat(report.points()).allSatisfy(point -> {
            assertThat(point.rounds()).isGreaterThanOrEqualTo(point.workers() == 3 ? 1 : 3);
            assertThat(point.jobs()).isPositive();
            assertThat(point.failed()).isZero();
            for (Estimate figure : List.of(point.throughput(), point.p50(), point.p99(), point.mean(), point.busy())) {
                assertThat(figure.value()).isPositive().isBetween(figure.low(), figure.high());
            }
            assertThat(point.p50().value()).isLessThanOrEqualTo(point.p99().value());
            assertThat(point.busy().value()).isLessThanOrEqualTo(point.workers() * 1.001);
        });
        assertThat(report.recommended().orElseThrow()).isBetween(1, 4);
        assertThat(report.fit()).isPresent();
        assertThat(report.because()).isNotEmpty();
        assertThat(report.points().stream().mapToInt(TunePoint::rounds).sum()).isGreaterThanOrEqualTo(ROUNDS);
        assertThat(TuneText.of(report)).contains("recommended: ");
        assertThat(TunePage.of(report, "test")).contains("Recommended: ");
    }

    @Test
    void asynchronousHandlersAreMeasuredAsWell() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try {
            TuneReport report = someRounds(Tuner.<Integer, Integer>overAsync(JOBS, (job, context) -> {
                CompletableFuture<Integer> stage = new CompletableFuture<>();
                timer.schedule(() -> stage.complete(job), 1, TimeUnit.MILLISECONDS);
                return stage;
            }));
            assertThat(report.recommended()).isPresent();
            assertThat(report.points())
                    .allSatisfy(point -> assertThat(point.jobs()).isPositive());
        } finally {
            timer.shutdown();
        }
    }

    @Test
    void jobsThatAllFailAreSaidToHave() {
        TuneReport report = Tuner.over(JOBS, (Integer job) -> {
                    pause(job);
                    throw new IllegalStateException("no " + job);
                })
                .workers(1, 4)
                .duration(SHORT)
                .settings(settings(1))
                .failureWords(Throwable::getMessage)
                .run(system);
        assertThat(report.ending()).isEqualTo(TuneEnding.FAILED);
        assertThat(report.recommended()).isEmpty();
        assertThat(report.because()).startsWith("every job failed, ").contains("; the first: no ");
    }

    @Test
    void stagesThatFailAreFailures() {
        TuneReport report = Tuner.<Integer, Integer>overAsync(
                        JOBS, (job, context) -> CompletableFuture.failedFuture(new IllegalStateException("refused")))
                .workers(1, 2)
                .duration(Duration.ofSeconds(1))
                .settings(settings(1))
                .run(system);
        assertThat(report.because()).contains("java.lang.IllegalStateException: refused");
    }

    @Test
    void cancellingEndsItWithWhatThereIs() throws Exception {
        CountDownLatch rounds = new CountDownLatch(2);
        Tuning tuning = Tuner.over(JOBS, (Integer job) -> pause(job))
                .duration(LONGER)
                .workers(1, 2)
                .settings(settings(1))
                .onProgress(round -> rounds.countDown())
                .start(system);
        assertThat(rounds.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        tuning.cancel();
        tuning.cancel();
        TuneReport report = get(tuning.result());
        assertThat(report.ending()).isEqualTo(TuneEnding.CANCELLED);
        assertThat(report.points()).isNotEmpty();
    }

    @Test
    void cancellingInterruptsJobsThatHang() throws Exception {
        Semaphore begun = new Semaphore(0);
        Tuning tuning = Tuner.over(JOBS, (Integer job) -> {
                    begun.release();
                    return Handlers.hang();
                })
                .workers(1, 2)
                .settings(settings(1))
                .start(system);
        assertThat(begun.tryAcquire(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        tuning.cancel();
        TuneReport report = get(tuning.result());
        assertThat(report.ending()).isEqualTo(TuneEnding.CANCELLED);
        assertThat(report.because()).isEqualTo("it was cancelled before there was enough to tell");
    }

    @Test
    void cancellingCancelsTheStagesOfHandlers() throws Exception {
        CompletableFuture<Integer> never = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        Tuning tuning = Tuner.<Integer, Integer>overAsync(JOBS, (Integer job, JobContext context) -> {
                    begun.countDown();
                    return never;
                })
                .workers(1, 2)
                .settings(settings(1))
                .start(system);
        assertThat(begun.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        tuning.cancel();
        assertThat(get(tuning.result()).points()).isEmpty();
        assertThat(never).isCancelled();
    }

    @Test
    void anInterruptEndsWhatBlocks() throws Exception {
        AtomicReference<Object> ended = new AtomicReference<>();
        CountDownLatch begun = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            TuneReport report = Tuner.over(JOBS, (Integer job) -> pause(job))
                    .duration(LONGER)
                    .settings(settings(1))
                    .onProgress(round -> begun.countDown())
                    .run(system);
            ended.set(Thread.currentThread().isInterrupted() ? report.ending() : "not interrupted");
        });
        thread.start();
        assertThat(begun.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        thread.interrupt();
        thread.join(LONG.toMillis());
        assertThat(ended).hasValue(TuneEnding.CANCELLED);
    }

    @Test
    void aSourceThatThrowsIsAnError() {
        Iterable<Integer> jobs = () -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Integer next() {
                throw new IllegalStateException("no more");
            }
        };
        Tuning tuning =
                Tuner.over(jobs, (Integer job) -> job).settings(settings(1)).start(system);
        assertThatThrownBy(() -> get(tuning.result()))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("no more");
    }

    @Test
    void aNameThatIsTakenIsAnError() {
        try (var pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            Tuner<Integer> tuner =
                    Tuner.over(JOBS, (Integer job) -> job).settings(WorkerPoolSettings.create(system, pool.name()));
            assertThatThrownBy(() -> tuner.run(system))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(pool.name());
        }
    }

    @Test
    void whatIsNotAllowedIsSaid() {
        Tuner<Integer> tuner = Tuner.over(JOBS, (Integer job) -> job);
        assertThatThrownBy(() -> tuner.workers(0, 4))
                .hasMessage("workers to tune with = 0 to 4; allowed: two numbers from 1 to 100000, the lower first");
        assertThatThrownBy(() -> tuner.workers(5, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tuner.workers(1, 100_001)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tuner.duration(Duration.ofMillis(999)))
                .hasMessage("duration of tuning = PT0.999S; allowed: 1 second to 1 day");
        assertThatThrownBy(() -> Tuner.over(List.<Integer>of(), (Integer job) -> job)
                        .settings(settings(1))
                        .start(system))
                .hasMessage("jobs to tune with: none; allowed: 1 or more");
    }
}
