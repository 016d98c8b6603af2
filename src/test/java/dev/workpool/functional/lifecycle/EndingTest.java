package dev.workpool.functional.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a pool ends, and what comes after. */
class EndingTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    @ParameterizedTest
    @MethodSource(ALL)
    void drainFinishesWhatWasAcceptedAndTakesNoMore(PoolKind kind) throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            gate.await();
            return job;
        });
        Batch<Integer> accepted = pool.submitAll(jobs(1_000));
        CompletableFuture<Integer> single = pool.submit(5);
        CompletionStage<Done> drained = pool.drain();
        Batch<Integer> late = pool.submitAll(jobs(3));
        assertThat(get(late.result()).outcomes())
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Rejected.class));
        assertThatThrownBy(pool.submit(1)::get).hasCauseInstanceOf(RejectedExecutionException.class);
        assertThat(drained.toCompletableFuture()).isNotDone();
        gate.countDown();
        get(drained);
        assertThat(get(accepted.result()).values()).isEqualTo(jobs(1_000));
        assertThat(get(single)).isEqualTo(5);
        PoolStats last = get(pool.stats());
        assertThat(last.accepted()).isEqualTo(1_001);
        assertThat(last.succeeded()).isEqualTo(1_001);
        assertThat(last.rejected()).isEqualTo(4);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void abortCancelsEverything(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            running.countDown();
            new Semaphore(0).acquire();
            return job;
        });
        Batch<Integer> batch = pool.submitAll(jobs(1_000));
        CompletableFuture<Integer> single = pool.submit(5);
        running.await();
        get(pool.abort());
        assertThat(get(batch.result()).cancelled()).isEqualTo(1_000);
        assertThatThrownBy(single::get).isInstanceOf(CancellationException.class);
        PoolStats last = get(pool.stats());
        assertThat(last.cancelled()).isEqualTo(1_001);
        assertThat(last.queued() + last.running()).isZero();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void closeCancelsWhatIsNotDoneInTime(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool =
                kind.start(system, settings(1).withCloseTimeout(Duration.ofMillis(30)), (job, context) -> {
                    running.countDown();
                    new Semaphore(0).acquire();
                    return job;
                });
        Batch<Integer> batch = pool.submitAll(jobs(3));
        running.await();
        pool.close();
        assertThat(get(batch.result()).cancelled()).isEqualTo(3);
        pool.close();
        batch.cancel();
        get(pool.drain());
        get(pool.abort());
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void nothingIsAcceptedAfterTheEnd(PoolKind kind) throws Exception {
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> job);
        pool.close();
        assertThat(get(pool.submitAll(jobs(2)).result()).outcomes())
                .allSatisfy(outcome ->
                        assertThat(outcome).isEqualTo(new Outcome.Rejected<>("pool '" + pool.name() + "' is closed")));
        assertThatThrownBy(pool.submit(1)::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("is closed");
        assertThat(get(pool.submitAll(List.of()).result()).size()).isZero();
        assertThat(get(pool.stats()).workers()).isEqualTo(1);
    }

    @Test
    void aThreadThatIsInterruptedWhileItClosesCancelsTheRest() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            running.countDown();
            new Semaphore(0).acquire();
            return job;
        });
        Batch<Integer> batch = pool.submitAll(jobs(3));
        running.await();
        AtomicBoolean interruptedAfterwards = new AtomicBoolean();
        Thread closer = new Thread(() -> {
            pool.close();
            interruptedAfterwards.set(Thread.currentThread().isInterrupted());
        });
        closer.start();
        closer.interrupt();
        closer.join(LONG.toMillis());
        assertThat(closer.isAlive()).isFalse();
        assertThat(interruptedAfterwards).isTrue();
        assertThat(get(batch.result()).cancelled()).isEqualTo(3);
    }

    @Test
    void aHandlerThatClosesItsOwnPoolIsToldSo() throws Exception {
        CompletableFuture<WorkerPool<Integer, Integer>> itself = new CompletableFuture<>();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            itself.get().close();
            return job;
        })) {
            itself.complete(pool);
            assertThatThrownBy(pool.submit(1)::get)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("would wait for itself");
        }
    }

    @Test
    void aHandlerMayDrainItsOwnPool() throws Exception {
        CompletableFuture<WorkerPool<Integer, Integer>> itself = new CompletableFuture<>();
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            itself.get().drain();
            return job;
        });
        itself.complete(pool);
        assertThat(get(pool.submit(1))).isEqualTo(1);
        get(pool.drain());
    }

    /** Threads submit while the pool closes: each job is run or refused, and the pool's count of both is right. */
    @ParameterizedTest
    @MethodSource(ALL)
    void submitAgainstClose(PoolKind kind) throws Exception {
        for (int round = 0; round < 20; round++) {
            WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job);
            List<CompletableFuture<Integer>> futures = new ArrayList<>();
            List<Batch<Integer>> batches = new ArrayList<>();
            CountDownLatch begun = new CountDownLatch(50);
            Thread submitter = new Thread(() -> {
                for (int i = 0; i < 300; i++) {
                    futures.add(pool.submit(i));
                    batches.add(pool.submitAll(jobs(2)));
                    begun.countDown();
                }
            });
            submitter.start();
            begun.await();
            if (round % 2 == 0) {
                pool.close();
            } else {
                get(pool.abort());
            }
            submitter.join();
            long accepted = 0;
            for (CompletableFuture<Integer> future : futures) {
                boolean refused = get(future.handle((value, error) -> error instanceof RejectedExecutionException));
                accepted += refused ? 0 : 1;
            }
            for (Batch<Integer> batch : batches) {
                BatchResult<Integer> result = get(batch.result());
                assertThat(result.rejected()).isIn(0L, 2L);
                accepted += result.size() - result.rejected();
            }
            PoolStats last = get(pool.stats());
            assertThat(last.accepted()).isEqualTo(accepted);
            assertThat(last.done()).isEqualTo(accepted);
        }
    }

    @Test
    void closeWaitsForItsThreadsWhateverTheGrace() throws Exception {
        for (int round = 0; round < 50; round++) {
            WorkerPoolSettings settings = settings(2).withCancelGrace(Duration.ZERO);
            WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> job);
            get(pool.submitAll(jobs(10)).result());
            pool.close();
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith(settings.name() + "-worker"));
        }
    }

    @Test
    void theLastStatsKnowWhoIsAbandoned() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        WorkerPoolSettings settings = settings(1).withCancelGrace(Duration.ofMillis(10));
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> {
            running.countDown();
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
            return job;
        });
        pool.submit(1);
        running.await();
        get(pool.abort());
        assertThat(get(pool.stats()).abandoned()).isEqualTo(1);
        release.countDown();
    }

    @Test
    void aNameIsFreeAgainOnceItsPoolIsClosed() {
        WorkerPoolSettings settings = settings(1);
        for (int i = 0; i < 50; i++) {
            WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> job);
            assertThatThrownBy(() -> WorkerPool.start(system, settings, (Integer job) -> job))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(settings.name());
            pool.close();
        }
    }
}
