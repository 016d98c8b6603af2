package dev.workpool.functional.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.PoolExecutor;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.JobProgress;
import dev.workpool.job.RunningJob;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.ContextPropagator;
import dev.workpool.settings.JobOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What runs in a pool, as anybody can see it at once. */
class RunningJobsTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final String WITH_CONTEXT = "dev.workpool.support.PoolKind#withContext";

    private static List<RunningJob> awaitRunning(WorkerPool<?, ?> pool, int count) {
        return await().atMost(LONG).until(() -> pool.runningJobs(1_000), running -> running.size() == count);
    }

    private static RunningJob awaitOne(WorkerPool<?, ?> pool) {
        return awaitRunning(pool, 1).get(0);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theJobThatIsStuckIsFoundAmongThousands(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job == 1_234) {
                released.await();
            }
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(3_000), BatchOptions.named("nightly"));
            await().atMost(LONG).until(() -> batch.progress().done() == 2_999);
            RunningJob stuck = awaitOne(pool);
            assertThat(stuck.index()).hasValue(1_234);
            assertThat(stuck.batch()).hasValue("batch " + batch.id() + " 'nightly'");
            assertThat(stuck.batchId()).hasValue(batch.id());
            assertThat(stuck.description()).isEqualTo("java.lang.Integer");
            assertThat(stuck.attempt()).isEqualTo(1);
            assertThat(stuck.workerIndex()).isBetween(0, 1);
            assertThat(stuck.age()).isPositive();
            assertThat(stuck.timeLeft()).isEmpty();
            assertThat(stuck.progress()).isEmpty();
            assertThat(stuck.stopped()).isFalse();
            assertThat(stuck.abandoned()).isFalse();
            assertThat(stuck.toString())
                    .startsWith("java.lang.Integer, index 1234 of batch " + batch.id() + " 'nightly', attempt 1, for ");
            if (kind.isAsync()) {
                assertThat(stuck.thread()).isEmpty();
                assertThat(stuck.stack()).isEmpty();
            } else {
                assertThat(stuck.thread().orElseThrow()).startsWith(pool.name() + "-worker-");
                assertThat(stuck.stack())
                        .anyMatch(frame -> frame.getClassName().contains(RunningJobsTest.class.getSimpleName()));
            }
            released.countDown();
            get(batch.result());
            awaitRunning(pool, 0);
            assertThat(stuck.stack()).as("of another job, perhaps").isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theOldestComesFirst(PoolKind kind) throws Exception {
        Semaphore begun = new Semaphore(0);
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerPool<String, String> pool =
                kind.start(system, settings(3).withJobDescriber(String.class, String::toUpperCase), (job, context) -> {
                    begun.release();
                    released.await();
                    return job;
                })) {
            for (String job : List.of("first", "second", "third")) {
                pool.submit(job);
                begun.acquire();
            }
            assertThat(pool.runningJobs(10))
                    .extracting(RunningJob::description)
                    .containsExactly("FIRST", "SECOND", "THIRD");
            assertThat(pool.runningJobs(2)).extracting(RunningJob::description).containsExactly("FIRST", "SECOND");
            assertThat(pool.runningJobs(10))
                    .isSortedAccordingTo((a, b) -> b.age().compareTo(a.age()));
            released.countDown();
        }
    }

    /** A mistake that is made: it holds a thread that others need. */
    @Test
    void anAsynchronousHandlerThatBlocksShowsWhere() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = PoolKind.ASYNC.startInline(system, settings(1), (job, context) -> {
            released.await();
            return job;
        })) {
            CompletableFuture<Integer> result = pool.submit(1);
            RunningJob blocked = await().atMost(LONG)
                    .until(() -> awaitOne(pool), job -> job.thread().isPresent());
            assertThat(blocked.thread().orElseThrow()).contains("async");
            assertThat(blocked.stack())
                    .anyMatch(frame -> frame.getClassName().contains(RunningJobsTest.class.getSimpleName()));
            released.countDown();
            assertThat(get(result)).isEqualTo(1);
            assertThat(blocked.stack()).isEmpty();
        }
    }

    @Test
    void theLimitIsChecked() {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            assertThat(pool.runningJobs(1)).isEmpty();
            assertThatThrownBy(() -> pool.runningJobs(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("limit = 0; allowed: 1 or more");
        }
    }

    /** It asks no actor. */
    @Test
    void itIsSeenWhileTheControlThreadIsBusy() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> Handlers.hang())) {
            pool.submit(1);
            awaitOne(pool);
            kit.spawn(
                    Behaviors.setup(context -> {
                        blocked.countDown();
                        free.await();
                        return Behaviors.stopped();
                    }),
                    DispatcherSelector.fromConfig(pool.internals().settings().controlDispatcher()));
            blocked.await();
            assertThat(pool.runningJobs(10)).hasSize(1);
            free.countDown();
            get(pool.abort());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void itsAttemptAndItsTimeLeftAreShown(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        WorkerPoolSettings settings = settings(1)
                .withRetry(RetryPolicy.attempts(3).withFixedBackoff(Duration.ZERO))
                .withJobTimeout(Duration.ofHours(2));
        Semaphore attempts = new Semaphore(0);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            attempts.release();
            if (attempts.availablePermits() < 3) {
                throw new IllegalStateException("again");
            }
            released.await();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(1));
            await().atMost(LONG).until(() -> attempts.availablePermits() == 3);
            RunningJob third = awaitOne(pool);
            assertThat(third.attempt()).isEqualTo(3);
            assertThat(third.timeLeft().orElseThrow()).isPositive().isLessThanOrEqualTo(Duration.ofHours(2));
            Batch<Integer> hurried =
                    pool.submitAll(jobs(1), BatchOptions.defaults().withTimeout(Duration.ofHours(1)));
            released.countDown();
            get(batch.result());
            get(hurried.result());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void ofAJobByItselfThereIsNoIndex(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            released.await();
            return job;
        })) {
            CompletableFuture<Integer> plain = pool.submit(1);
            RunningJob single = awaitOne(pool);
            assertThat(single.batch()).isEmpty();
            assertThat(single.batchId()).isEmpty();
            assertThat(single.index()).isEmpty();
            released.countDown();
            get(plain);
        }
    }

    @Test
    void aJobWithOptionsIsCalledByItsNumberAndAStreamByItsOwn() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> {
            released.await();
            return job;
        })) {
            pool.submit(1, JobOptions.defaults().withPriority(1));
            RunningJob alone = awaitOne(pool);
            assertThat(alone.batch().orElseThrow()).matches("job \\d+");
            assertThat(alone.index()).isEmpty();
            CompletionStage<BatchProgress> stream = pool.process(
                            List.of(2).iterator(), StreamOptions.ordered(), (job, outcome) -> {})
                    .result();
            RunningJob ofStream = awaitRunning(pool, 2).get(1);
            assertThat(ofStream.batch().orElseThrow()).matches("stream \\d+");
            assertThat(ofStream.index()).hasValue(0);
            released.countDown();
            get(stream);
        }
    }

    private static final class Unprintable extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("nor that");
        }
    }

    /** What users supply harms only itself. */
    @ParameterizedTest
    @MethodSource(ALL)
    void aDescriberThatThrowsIsPartOfTheDescription(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        WorkerPoolSettings settings = settings(4).withJobDescriber(Integer.class, job -> switch (job) {
            case 0 -> throw new IllegalStateException("no name");
            case 1 -> throw new StackOverflowError();
            case 2 -> null;
            default -> throw new Unprintable();
        });
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            released.await();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(4));
            assertThat(awaitRunning(pool, 4))
                    .extracting(RunningJob::description)
                    .containsExactlyInAnyOrder(
                            "java.lang.Integer (its describer threw java.lang.IllegalStateException: no name)",
                            "java.lang.Integer (its describer threw java.lang.StackOverflowError)",
                            "java.lang.Integer (its describer returned null)",
                            "java.lang.Integer (its describer threw " + Unprintable.class.getName() + ")");
            released.countDown();
            assertThat(get(batch.result()).values()).isEqualTo(jobs(4));
        }
    }

    /** Jobs go with the contexts of their submitters, of which the describer knows nothing. */
    @Test
    void theDescriberIsGivenTheJobItself() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        WorkerPoolSettings settings = settings(2)
                .withContextPropagators(ContextPropagator.mdc())
                .withJobDescriber(Number.class, job -> "number " + job);
        try (WorkerPool<Object, Object> pool = WorkerPool.start(system, settings, (Object job) -> {
            released.await();
            return job;
        })) {
            Batch<Object> batch = pool.submitAll(List.of(7, "seven"));
            assertThat(awaitRunning(pool, 2))
                    .extracting(RunningJob::description)
                    .containsExactlyInAnyOrder("number 7", "java.lang.String");
            released.countDown();
            get(batch.result());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anAbandonedHandlerIsShownUntilItReturns(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        WorkerPoolSettings settings = settings(1).withCancelGrace(Duration.ofMillis(1));
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            if (job == 0) {
                Handlers.ignoreInterruptsUntil(released);
            }
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(1));
            awaitOne(pool);
            batch.cancel();
            assertThat(get(batch.result()).cancelled()).isEqualTo(1);
            RunningJob abandoned = await().atMost(LONG).until(() -> awaitOne(pool), RunningJob::abandoned);
            assertThat(abandoned.stopped()).isTrue();
            assertThat(abandoned.toString()).endsWith(", abandoned");
            assertThat(get(pool.submit(1))).as("by the worker in its place").isEqualTo(1);
            released.countDown();
            awaitRunning(pool, 0);
        }
    }

    /** It is nobody's job any more, and holds a thread all the same. */
    @ParameterizedTest
    @MethodSource(ALL)
    void soIsOneThatOutlivesItsPool(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool =
                kind.start(system, settings(1).withCancelGrace(Duration.ofMillis(1)), (job, context) -> {
                    Handlers.ignoreInterruptsUntil(released);
                    return job;
                });
        pool.submit(1);
        awaitOne(pool);
        get(pool.abort());
        assertThat(pool.runningJobs(10)).hasSize(1).allMatch(RunningJob::stopped);
        released.countDown();
        awaitRunning(pool, 0);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aJobThatItsSubmitterRunsIsShown(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(
                system, settings(1).withQueueCapacity(1, WhenFull.CALLER_RUNS).withChunkMaxJobs(1), (job, context) -> {
                    released.await();
                    return job;
                })) {
            pool.submit(0);
            awaitOne(pool);
            pool.submit(1);
            CompletableFuture<Thread> submitter = new CompletableFuture<>();
            CompletableFuture<CompletableFuture<Integer>> third = CompletableFuture.supplyAsync(
                    () -> {
                        submitter.complete(Thread.currentThread());
                        return pool.submit(2);
                    },
                    task -> new Thread(task, "submitter").start());
            RunningJob ofSubmitter = awaitRunning(pool, 2).stream()
                    .filter(job -> job.workerIndex() == -1)
                    .findFirst()
                    .orElseThrow();
            assertThat(ofSubmitter.batch()).isEmpty();
            if (!kind.isAsync()) {
                assertThat(ofSubmitter.thread()).hasValue(get(submitter).getName());
            }
            released.countDown();
            assertThat(get(get(third))).isEqualTo(2);
            awaitRunning(pool, 0);
        }
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void soIsAJobOfABatchForWhichThereIsNoRoom(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(
                system, settings(1).withQueueCapacity(1, WhenFull.CALLER_RUNS).withChunkMaxJobs(1), (job, context) -> {
                    released.await();
                    return job;
                })) {
            pool.submit(0);
            awaitOne(pool);
            CompletableFuture<Batch<Integer>> batch = CompletableFuture.supplyAsync(
                    () -> pool.submitAll(jobs(3), BatchOptions.named("large")),
                    task -> new Thread(task, "submitter").start());
            RunningJob last = awaitRunning(pool, 2).stream()
                    .filter(job -> job.workerIndex() == -1)
                    .findFirst()
                    .orElseThrow();
            assertThat(last.batch().orElseThrow()).endsWith("'large'");
            assertThat(last.index()).as("the last goes first").hasValue(2);
            released.countDown();
            assertThat(get(get(batch).result()).values()).isEqualTo(jobs(3));
        }
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void whatAJobReportsIsSeenWhileItRuns(PoolKind kind) throws Exception {
        CountDownLatch reported = new CountDownLatch(2);
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            context.progress(0, 4, "");
            context.progress(job + 1, 4, "row " + job);
            reported.countDown();
            released.await();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(2));
            reported.await();
            Batch<Integer> other = pool.submitAll(jobs(1));
            assertThat(awaitRunning(pool, 2))
                    .extracting(job -> job.progress().orElseThrow())
                    .containsExactlyInAnyOrder(new JobProgress(1, 4, "row 0"), new JobProgress(2, 4, "row 1"));
            assertThat(batch.progress()).isEqualTo(new BatchProgress(2, 0, 0, 0, 0, 0, 0.75));
            assertThat(batch.progress().fraction()).isEqualTo(0.375);
            assertThat(other.progress()).isEqualTo(new BatchProgress(1, 0, 0, 0, 0, 0));
            released.countDown();
            get(batch.result());
            assertThat(batch.progress()).isEqualTo(new BatchProgress(2, 2, 0, 0, 0, 0));
            get(other.result());
        }
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void aJobThatReportsNonsenseFails(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            context.progress(-1, 4, "");
            return job;
        })) {
            assertThat(get(pool.submitAll(jobs(1)).result()).failures())
                    .singleElement()
                    .asString()
                    .contains("done = -1; allowed: 0 or more");
        }
    }

    /** Of jobs that end while they are looked at. */
    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void whatIsSeenUnderLoadIsSound(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.startInline(
                system, settings(3).withJobDescriber(Integer.class, String::valueOf), (job, context) -> {
                    context.progress(job, 20_000, "");
                    return job;
                })) {
            Batch<Integer> batch = pool.submitAll(jobs(20_000));
            BatchProgress progress;
            do {
                for (RunningJob job : pool.runningJobs(10)) {
                    assertThat(job.index().orElseThrow())
                            .isEqualTo(Long.parseLong(job.description()))
                            .isBetween(0L, 19_999L);
                    assertThat(job.age()).isGreaterThanOrEqualTo(Duration.ZERO);
                    job.progress()
                            .ifPresent(it ->
                                    assertThat(it.done()).isEqualTo(job.index().getAsLong()));
                    assertThat(job.stack()).isNotNull();
                }
                progress = batch.progress();
                assertThat(progress.partlyDone()).isBetween(0.0, (double) progress.pending());
                assertThat(progress.fraction()).isBetween(0.0, 1.0);
            } while (progress.pending() > 0);
            get(batch.result());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void nothingOfAJobIsKeptAfterItsEnd(PoolKind kind) throws Exception {
        List<WeakReference<Object>> references = new CopyOnWriteArrayList<>();
        List<RunningJob> seen = new ArrayList<>();
        try (WorkerPool<Callable<Object>, Object> pool = kind.start(system, settings(2), (job, context) -> {
            if (context != null) {
                String note = new String("a note of its own");
                references.add(new WeakReference<>(note));
                context.progress(1, 2, note);
            }
            return job.call();
        })) {
            seen.addAll(runAndLook(pool, references));
            await().atMost(LONG).untilAsserted(() -> {
                System.gc();
                assertThat(references)
                        .filteredOn(reference -> reference.get() != null && !(reference.get() instanceof String))
                        .isEmpty();
            });
            assertThat(seen).isNotEmpty();
            seen.clear();
            await().atMost(LONG).untilAsserted(() -> {
                System.gc();
                assertThat(references)
                        .filteredOn(reference -> reference.get() != null)
                        .isEmpty();
            });
        }
    }

    private static List<RunningJob> runAndLook(
            WorkerPool<Callable<Object>, Object> pool, List<WeakReference<Object>> references) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        Callable<Object> job = () -> {
            released.await();
            return new Object();
        };
        references.add(new WeakReference<>(job));
        Batch<Object> batch = pool.submitAll(List.of(job));
        List<RunningJob> seen = awaitRunning(pool, 1);
        released.countDown();
        references.add(new WeakReference<>(get(batch.result()).values().get(0)));
        return seen;
    }

    /** A task that is wrapped in a future is that task. */
    @Test
    void theTasksOfAnExecutorAreShown() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        record Named(String name, CountDownLatch released) implements Callable<String>, Runnable {
            @Override
            public String call() throws InterruptedException {
                released.await();
                return name;
            }

            @Override
            public void run() {
                Handlers.ignoreInterruptsUntil(released);
            }
        }
        try (PoolExecutor executor =
                PoolExecutor.start(system, settings(4).withJobDescriber(Named.class, Named::name))) {
            executor.execute(new Named("executed", released));
            executor.submit((Callable<String>) new Named("submitted", released));
            executor.submit((Runnable) new Named("run", released), null);
            CompletableFuture<String> any = CompletableFuture.supplyAsync(() -> {
                try {
                    return executor.invokeAny(List.of(new Named("any", released)));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(executor.runningJobs(10))
                            .extracting(RunningJob::description)
                            .containsExactlyInAnyOrder("executed", "submitted", "run", "any"));
            released.countDown();
            get(any);
        }
    }
}
