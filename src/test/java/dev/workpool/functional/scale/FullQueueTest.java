package dev.workpool.functional.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of jobs that find the queue full. */
class FullQueueTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final int CAPACITY = 3;

    /** A pool whose only worker is held by job −1, with as many jobs queued as there is room for, 0 first. */
    private final class Full implements AutoCloseable {
        final CountDownLatch running = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        final Set<Thread> threads = ConcurrentHashMap.newKeySet();
        final WorkerPool<Integer, Integer> pool;
        final CompletableFuture<Integer> held;
        final Batch<Integer> queued;

        Full(PoolKind kind, WhenFull whenFull) throws InterruptedException {
            pool = kind.start(
                    system, settings(1).withQueueCapacity(CAPACITY, whenFull), (Integer job, JobContext context) -> {
                        threads.add(Thread.currentThread());
                        if (job == -1) {
                            running.countDown();
                            release.await();
                        }
                        if (job == 13) {
                            throw new IllegalArgumentException("thirteen");
                        }
                        return job * 10;
                    });
            held = pool.submit(-1);
            assertThat(running.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            queued = pool.submitAll(jobs(CAPACITY));
        }

        /** Lets everything run, and sees that the sums hold. */
        PoolStats finish() throws Exception {
            release.countDown();
            assertThat(get(held)).isEqualTo(-10);
            get(queued.result());
            get(pool.drain());
            PoolStats stats = get(pool.stats());
            assertThat(stats.queued() + stats.running()).isZero();
            assertThat(stats.done()).isEqualTo(stats.accepted());
            return stats;
        }

        @Override
        public void close() {
            release.countDown();
            pool.close();
        }
    }

    private static void assertFull(CompletableFuture<?> future) {
        assertThatThrownBy(() -> get(future))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("is full: there is no room for");
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void rejects(PoolKind kind) throws Exception {
        try (Full full = new Full(kind, WhenFull.REJECT)) {
            assertFull(full.pool.submit(7));
            BatchResult<Integer> batch = get(full.pool.submitAll(List.of(8, 9)).result());
            assertThat(batch.rejected()).isEqualTo(2);
            BatchResult<Integer> tooLarge = get(full.pool.submitAll(jobs(4)).result());
            assertThat(tooLarge.outcomes().get(0).toString()).contains("a batch of 4 jobs is larger than the queue");
            assertThat(get(full.pool.stats()).rejected()).isEqualTo(7);
            PoolStats stats = full.finish();
            assertThat(stats.succeeded()).isEqualTo(4);
            assertThat(stats.rejected()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void takesJobsAgainWhenThereIsRoom(PoolKind kind) throws Exception {
        try (Full full = new Full(kind, WhenFull.REJECT)) {
            full.queued.cancel();
            assertThat(get(full.queued.result()).cancelled()).isEqualTo(CAPACITY);
            CompletableFuture<Integer> one = full.pool.submit(1);
            CompletableFuture<Integer> two = full.pool.submit(2);
            two.cancel(false);
            get(full.pool.stats()); // comes after the cancellation
            Batch<Integer> three = full.pool.submitAll(List.of(3, 4));
            assertFull(full.pool.submit(5));
            full.finish();
            assertThat(get(one)).isEqualTo(10);
            assertThat(get(three.result()).values()).containsExactly(30, 40);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theSubmitterWaits(PoolKind kind) throws Exception {
        try (Full full = new Full(kind, WhenFull.BLOCK)) {
            CompletableFuture<CompletableFuture<Integer>> waiting = new CompletableFuture<>();
            Thread submitter = new Thread(() -> waiting.complete(full.pool.submit(5)));
            submitter.start();
            awaitWaiting(submitter);
            assertThat(waiting).isNotDone();
            PoolStats stats = get(full.pool.stats());
            assertThat(stats.queued()).isEqualTo(CAPACITY);
            full.release.countDown();
            assertThat(get(get(waiting))).isEqualTo(50);
            assertThat(full.finish().succeeded()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void manySubmittersWaitAndEachHasItsOutcome(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool =
                kind.start(system, settings(2).withQueueCapacity(2, WhenFull.BLOCK), (job, context) -> job + 1)) {
            int each = 300;
            List<CompletableFuture<Long>> submitters = jobs(4).stream()
                    .map(i -> CompletableFuture.supplyAsync(
                            () -> jobs(each).stream().map(pool::submit).toList().stream()
                                    .filter(future -> future.join() > 0)
                                    .count(),
                            task -> new Thread(task).start()))
                    .toList();
            for (CompletableFuture<Long> submitter : submitters) {
                assertThat(get(submitter)).isEqualTo(each);
            }
        }
    }

    /** Singles alone could keep the queue full for ever. */
    @ParameterizedTest
    @MethodSource(ALL)
    void aBatchThatWaitsIsNotOvertakenBySingles(PoolKind kind) throws Exception {
        Semaphore mayEnd = new Semaphore(0);
        try (WorkerPool<Integer, Integer> pool = kind.start(
                system, settings(1).withQueueCapacity(CAPACITY, WhenFull.BLOCK).withChunkMaxJobs(1), (job, context) -> {
                    mayEnd.acquire();
                    return job;
                })) {
            pool.submit(-1);
            while (get(pool.stats()).running() == 0) {
                Thread.onSpinWait();
            }
            pool.submitAll(jobs(CAPACITY));
            Thread batch = new Thread(() -> pool.submitAll(jobs(CAPACITY)));
            batch.start();
            awaitWaiting(batch);
            Thread single = new Thread(() -> pool.submit(-2));
            single.start();
            awaitWaiting(single);
            mayEnd.release();
            while (get(pool.stats()).succeeded() < 1) {
                Thread.onSpinWait();
            }
            assertThat(get(pool.stats()).accepted())
                    .as("there is room for the single, and not yet for the batch")
                    .isEqualTo(CAPACITY + 1);
            mayEnd.release(2 * CAPACITY + 1);
            batch.join();
            single.join();
            get(pool.drain());
            assertThat(get(pool.stats()).succeeded()).isEqualTo(2 * CAPACITY + 2);
        }
    }

    @Test
    void whoWaitsHearsThatThePoolIsClosed() throws Exception {
        try (Full full = new Full(PoolKind.SIMPLE, WhenFull.BLOCK)) {
            CompletableFuture<BatchResult<Integer>> result = new CompletableFuture<>();
            Thread submitter =
                    new Thread(() -> full.pool.submitAll(List.of(5, 6)).result().thenAccept(result::complete));
            submitter.start();
            awaitWaiting(submitter);
            full.pool.drain();
            assertThat(get(result).outcomes().get(1).toString()).contains("is closed");
            full.finish();
        }
    }

    @Test
    void whoWaitsCanBeInterrupted() throws Exception {
        try (Full full = new Full(PoolKind.SIMPLE, WhenFull.BLOCK)) {
            CompletableFuture<CompletableFuture<Integer>> waiting = new CompletableFuture<>();
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread submitter = new Thread(() -> {
                waiting.complete(full.pool.submit(5));
                interrupted.complete(Thread.currentThread().isInterrupted());
            });
            submitter.start();
            awaitWaiting(submitter);
            submitter.interrupt();
            assertThatThrownBy(() -> get(get(waiting))).hasMessageContaining("was interrupted");
            assertThat(get(interrupted)).isTrue();
            full.finish();
        }
    }

    @Test
    void neitherAnActorsThreadNorAWorkersIsMadeToWait() throws Exception {
        try (Full full = new Full(PoolKind.SIMPLE, WhenFull.BLOCK)) {
            TestProbe<String> probe = kit.createTestProbe();
            ActorRef<Integer> actor = kit.spawn(Behaviors.receiveMessage(job -> {
                try {
                    full.pool.submit(job);
                } catch (IllegalStateException e) {
                    probe.ref().tell(e.getMessage());
                }
                return Behaviors.same();
            }));
            actor.tell(1);
            assertThat(probe.receiveMessage())
                    .contains("an actor's thread would wait for room, since when-full = block")
                    .contains("PoolCommand");
            full.finish();
        }
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CompletableFuture<WorkerPool<Integer, Integer>> itself = new CompletableFuture<>();
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withQueueCapacity(1, WhenFull.BLOCK), (Integer job) -> {
                    if (job == 0) {
                        try {
                            itself.join().submit(1);
                            itself.join().submit(2);
                        } catch (IllegalStateException e) {
                            thrown.complete(e);
                        }
                    }
                    return job;
                })) {
            itself.complete(pool);
            pool.submit(0);
            assertThat(get(thrown)).hasMessageContaining("would wait for room in the queue of its own pool");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theSubmitterRunsIt(PoolKind kind) throws Exception {
        try (Full full = new Full(kind, WhenFull.CALLER_RUNS)) {
            full.threads.clear();
            assertThat(full.pool.submit(7)).succeedsWithin(LONG).isEqualTo(70);
            assertThatThrownBy(() -> get(full.pool.submit(13))).hasRootCauseMessage("thirteen");
            assertThat(full.threads.contains(Thread.currentThread())).isEqualTo(!kind.isAsync());
            PoolStats stats = full.finish();
            assertThat(stats.succeeded()).isEqualTo(5);
            assertThat(stats.failed()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theSubmitterRunsTheLastJobsOfABatchThatThereIsNoRoomFor(PoolKind kind) throws Exception {
        try (Full full = new Full(kind, WhenFull.CALLER_RUNS)) {
            full.queued.cancel();
            get(full.queued.result());
            get(full.pool.stats());
            Batch<Integer> batch = full.pool.submitAll(List.of(1, 2, 3, 4, 13, 6));
            // What the submitter ran goes by way of the batch's collector, which the dispatcher may hear of after it is
            // asked.
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(get(full.pool.stats()).queued()).isEqualTo(CAPACITY));
            full.finish();
            BatchResult<Integer> result = get(batch.result());
            assertThat(result.succeeded()).isEqualTo(5);
            assertThat(result.failures().get(0).index()).isEqualTo(4);
            assertThat(result.outcomes().get(5)).isEqualTo(new Outcome.Succeeded<>(60, 1));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theOldestMakesRoom(PoolKind kind) throws Exception {
        try (Full full = new Full(kind, WhenFull.DROP_OLDEST)) {
            CompletableFuture<Integer> four = full.pool.submit(4);
            Batch<Integer> batch = full.pool.submitAll(List.of(5, 6));
            CompletableFuture<Integer> seven = full.pool.submit(7);
            BatchResult<Integer> dropped = get(full.queued.result());
            assertThat(dropped.rejected()).isEqualTo(3);
            assertThat(dropped.outcomes().get(0).toString()).contains("dropped for a later job");
            assertFull(four);
            BatchResult<Integer> tooLarge = get(full.pool.submitAll(jobs(4)).result());
            assertThat(tooLarge.rejected()).isEqualTo(4);
            PoolStats stats = full.finish();
            assertThat(get(batch.result()).values()).containsExactly(50, 60);
            assertThat(get(seven)).isEqualTo(70);
            assertThat(stats.accepted()).isEqualTo(4);
            assertThat(stats.rejected()).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void actorsAreAnsweredAtOnce(PoolKind kind) throws Exception {
        for (WhenFull whenFull : WhenFull.values()) {
            try (Full full = new Full(kind, whenFull)) {
                TestProbe<Outcome<Integer>> one = kit.createTestProbe();
                TestProbe<BatchResult<Integer>> many = kit.createTestProbe();
                full.pool.ref().tell(new PoolCommand.Submit<>(1, one.ref()));
                full.pool.ref().tell(new PoolCommand.SubmitAll<>(List.of(2), BatchOptions.defaults(), many.ref()));
                if (whenFull != WhenFull.DROP_OLDEST) {
                    assertThat(one.receiveMessage()).isInstanceOf(Outcome.Rejected.class);
                    assertThat(many.receiveMessage().rejected()).isEqualTo(1);
                }
                full.finish();
                if (whenFull == WhenFull.DROP_OLDEST) {
                    assertThat(one.receiveMessage()).isEqualTo(new Outcome.Succeeded<>(10, 1));
                    assertThat(many.receiveMessage().values()).containsExactly(20);
                    assertThat(get(full.queued.result()).rejected()).isEqualTo(2);
                }
            }
        }
    }

    @Test
    void aJobThatWaitsForARetryTakesAPlace() throws Exception {
        RetryPolicy slow = RetryPolicy.attempts(2).withFixedBackoff(java.time.Duration.ofHours(1));
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(1).withQueueCapacity(1, WhenFull.REJECT).withRetry(slow), (Integer job) -> {
                    if (job == 1) {
                        throw new IllegalStateException("on purpose");
                    }
                    release.await();
                    return job;
                })) {
            CompletableFuture<Integer> parked = pool.submit(1);
            await().atMost(LONG).until(() -> pool.snapshot().waiting() == 1);
            CompletableFuture<Integer> runs = pool.submit(2);
            while (get(pool.stats()).running() == 0) { // until it is known that the worker is idle
                if (runs.isCompletedExceptionally()) {
                    runs = pool.submit(2);
                }
            }
            assertThat(pool.submit(3)).failsWithin(LONG);
            parked.cancel(false);
            get(pool.stats());
            CompletableFuture<Integer> fits = pool.submit(4);
            release.countDown();
            assertThat(get(fits)).isEqualTo(4);
            assertThat(get(runs)).isEqualTo(2);
        }
    }

    /** Retries come into the queue although it is full; then its submitter has to run all of a batch. */
    @Test
    void theSubmitterRunsAllOfABatchWhereMoreWaitThanThereIsRoomFor() throws Exception {
        RetryPolicy slow = RetryPolicy.attempts(2).withFixedBackoff(java.time.Duration.ofHours(1));
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system,
                settings(2)
                        .withQueueCapacity(1, WhenFull.CALLER_RUNS)
                        .withRetry(slow)
                        .withCloseTimeout(java.time.Duration.ZERO),
                (Integer job) -> {
                    if (job < 0) {
                        release.await();
                        throw new IllegalStateException("on purpose");
                    }
                    return job;
                })) {
            for (int running = 1; running <= 2; running++) {
                pool.submit(-1);
                awaitStats(pool, running, 0);
            }
            release.countDown();
            awaitStats(pool, 0, 2);
            get(pool.stats()); // the retries are asked for by then
            pool.pause(); // or workers that are idle would take some
            get(pool.stats());
            assertThat(get(pool.submitAll(List.of(1, 2)).result()).values()).containsExactly(1, 2);
        }
    }

    private static void awaitStats(WorkerPool<?, ?> pool, int running, int queued) throws Exception {
        PoolStats stats;
        do {
            stats = get(pool.stats());
        } while (stats.running() != running || stats.queued() != queued);
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }
}
