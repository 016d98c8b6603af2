package dev.workpool.functional.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What belongs to a job ends with it, over every kind of pool whose handlers get a context. */
class ChildrenTest extends PoolTest {
    private static final String WITH_CONTEXT = "dev.workpool.support.PoolKind#withContext";

    /** Jobs that hang until they are interrupted. */
    private WorkerPool<Integer, Integer> inner;

    private final CompletableFuture<Batch<Integer>> child = new CompletableFuture<>();

    @BeforeEach
    void startInner() {
        inner = WorkerPool.start(system, settings(2), job -> {
            new Semaphore(0).acquire();
            return job;
        });
    }

    @AfterEach
    void closeInner() {
        inner.close();
    }

    private void assertChildIsCancelled() throws Exception {
        BatchResult<Integer> result = get(get(child).result());
        assertThat(result.cancelled()).isEqualTo(result.size());
    }

    private static int hang() throws InterruptedException {
        new Semaphore(0).acquire();
        return 0;
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void aBatchIsCancelledWithItsJob(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> outer = kind.start(system, settings(2), (job, context) -> {
            child.complete(context.child(inner.submitAll(jobs(5))));
            return hang();
        })) {
            Batch<Integer> batch = outer.submitAll(List.of(1));
            get(child);
            batch.cancel();
            assertChildIsCancelled();
            assertThat(get(batch.result()).cancelled()).isEqualTo(1);
        }
    }

    @Test
    void aStageOfTheChildIsTheJobs() throws Exception {
        try (WorkerPool<Integer, Integer> outer = WorkerPool.startAsync(system, settings(2), (job, context) -> {
            Batch<Integer> batch = context.child(inner.submitAll(jobs(5)));
            child.complete(batch);
            return batch.result().thenApply(BatchResult::size);
        })) {
            CompletableFuture<Integer> job = outer.submit(1);
            get(child);
            job.cancel(true);
            assertChildIsCancelled();
        }
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void aTimeOutOfTheJobCancelsIt(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> outer =
                kind.start(system, settings(2).withJobTimeout(Duration.ofMillis(50)), (job, context) -> {
                    child.complete(context.child(inner.submitAll(jobs(5))));
                    return hang();
                })) {
            Batch<Integer> batch = outer.submitAll(List.of(1));
            assertChildIsCancelled();
            assertThat(get(batch.result()).outcomes().get(0)).isInstanceOf(Outcome.TimedOut.class);
        }
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void aFailureOfTheHandlerCancelsIt(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> outer = kind.start(system, settings(2), (job, context) -> {
            child.complete(context.child(inner.submitAll(jobs(5))));
            throw new IllegalStateException("after the child was submitted");
        })) {
            assertThat(get(outer.submitAll(List.of(1)).result()).failed()).isEqualTo(1);
            assertChildIsCancelled();
        }
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void aHandlerThatDoesNotWaitForItLeavesNothingBehind(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> outer = kind.start(system, settings(2), (job, context) -> {
            child.complete(context.child(inner.submitAll(jobs(5))));
            return job;
        })) {
            assertThat(get(outer.submitAll(List.of(1)).result()).succeeded()).isEqualTo(1);
            assertChildIsCancelled();
        }
    }

    @Test
    void aStreamAndAFutureAreCancelledToo() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        Iterator<Integer> endless = IntStream.generate(taken::incrementAndGet).iterator();
        CompletableFuture<Processing> stream = new CompletableFuture<>();
        CompletableFuture<CompletableFuture<Integer>> single = new CompletableFuture<>();
        try (WorkerPool<Integer, Integer> outer =
                WorkerPool.start(system, settings(1), (Integer job, JobContext context) -> {
                    stream.complete(
                            context.child(inner.process(endless, StreamOptions.asCompleted(), (each, outcome) -> {})));
                    single.complete(context.child(inner.submit(1)));
                    return job;
                })) {
            get(outer.submit(1));
            assertThat(get(get(stream).result()).pending()).isZero();
            assertThat(get(single))
                    .failsWithin(LONG)
                    .withThrowableOfType(java.util.concurrent.CancellationException.class);
        }
    }

    /** A context that is used when the attempt is over. */
    @Test
    void whatIsStartedTooLateIsCancelledAtOnce() throws Exception {
        CompletableFuture<JobContext> leaked = new CompletableFuture<>();
        try (WorkerPool<Integer, Integer> outer =
                WorkerPool.start(system, settings(1), (Integer job, JobContext context) -> {
                    leaked.complete(context);
                    return job;
                })) {
            get(outer.submit(1));
            child.complete(get(leaked).child(inner.submitAll(jobs(3))));
            assertChildIsCancelled();
        }
    }

    /** It has ended before; to cancel it once more changes nothing. */
    @Test
    void oneThatIsCompleteStaysSo() throws Exception {
        try (WorkerPool<Integer, Integer> quick = WorkerPool.start(system, settings(2), job -> job);
                WorkerPool<Integer, Long> outer = WorkerPool.startAsync(
                        system,
                        settings(2),
                        (job, context) -> context.child(quick.submitAll(jobs(job)))
                                .result()
                                .thenApply(BatchResult::succeeded))) {
            for (int round = 1; round < 300; round++) {
                assertThat(get(outer.submit(round))).isEqualTo(round);
            }
        }
    }

    /** Somebody's own, which throws, or is slow: neither the job nor the worker is the worse for it. */
    @Test
    void whatAChildThrowsHarmsNobody() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch slowIsAtIt = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> outer =
                WorkerPool.start(system, settings(1), (Integer job, JobContext context) -> {
                    context.child(() -> {
                        throw new IllegalStateException("cannot be cancelled");
                    });
                    context.child(() -> {
                        slowIsAtIt.countDown();
                        try {
                            release.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    });
                    return job;
                })) {
            assertThat(get(outer.submit(1))).isEqualTo(1);
            slowIsAtIt.await();
            assertThat(get(outer.submitAll(List.of(2, 3), BatchOptions.defaults())
                                    .result())
                            .succeeded())
                    .isEqualTo(2);
            release.countDown();
        }
    }
}
