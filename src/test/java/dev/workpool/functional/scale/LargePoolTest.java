package dev.workpool.functional.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Pools that are so large that what they are told takes them several messages, and that are told something else meanwhile. */
class LargePoolTest extends PoolTest {
    private static final int SCALE = Integer.getInteger("stress.scale", 1);
    private static final int WORKERS = 2_000;
    private static final int JOBS = 20_000;

    private final AtomicInteger running = new AtomicInteger();

    /** A pool whose jobs hang until they are cancelled; job −1 succeeds at once. */
    private WorkerPool<Integer, Integer> hanging(ActorSystem<?> in, WorkerPoolSettings settings) {
        return WorkerPool.startAsync(in, settings, (job, context) -> {
            if (job < 0) {
                return CompletableFuture.completedFuture(job);
            }
            CompletableFuture<Integer> hangs = new CompletableFuture<>();
            running.incrementAndGet();
            context.onCancel(() -> {
                running.decrementAndGet();
                hangs.complete(job);
            });
            return hangs;
        });
    }

    private static void awaitRunning(WorkerPool<?, ?> pool, long count) {
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(get(pool.stats()).running()).isEqualTo(count));
    }

    private static void awaitAll(List<CompletableFuture<Integer>> singles) throws Exception {
        get(CompletableFuture.allOf(singles.toArray(new CompletableFuture<?>[0]))
                .exceptionally(error -> null));
    }

    private static void assertAllCancelled(Batch<Integer> batch, int jobs) throws Exception {
        BatchResult<Integer> result = get(batch.result());
        assertThat(result.outcomes()).hasSize(jobs);
        assertThat(result.counts().cancelled()).isEqualTo(jobs);
    }

    @Test
    void resizedUpAndDownAndAbortedAtOnce() throws Exception {
        WorkerPool<Integer, Integer> pool = hanging(system, settings(2));
        Batch<Integer> batch = pool.submitAll(jobs(JOBS));
        List<CompletableFuture<Integer>> singles = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            singles.add(pool.submit(i));
        }
        pool.resize(WORKERS);
        pool.resize(1);
        pool.resize(WORKERS / 2);
        get(pool.abort());
        assertAllCancelled(batch, JOBS);
        awaitAll(singles);
        assertThat(singles).allMatch(CompletableFuture::isCancelled);
        PoolStats stats = get(pool.stats());
        assertThat(stats.cancelled()).isEqualTo(2 * JOBS);
        assertThat(stats.workers()).isEqualTo(WORKERS / 2);
        await().atMost(LONG).untilAsserted(() -> assertThat(running).hasValue(0));
    }

    @Test
    void jobsAreCancelledWhileWorkersComeAndGo() throws Exception {
        try (WorkerPool<Integer, Integer> pool = hanging(system, settings(WORKERS))) {
            Batch<Integer> first = pool.submitAll(jobs(JOBS));
            Batch<Integer> second = pool.submitAll(jobs(JOBS));
            awaitRunning(pool, WORKERS);
            pool.resize(10);
            first.cancel();
            assertAllCancelled(first, JOBS);
            pool.resize(WORKERS);
            awaitRunning(pool, WORKERS);
            second.cancel();
            pool.resize(1);
            assertAllCancelled(second, JOBS);
            assertThat(get(pool.submit(-1))).isEqualTo(-1);
            assertThat(get(pool.stats()).running()).isZero();
        }
    }

    @Test
    void aPauseThatIsTakenBackWhileItSpreadsLosesNothing() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(
                system,
                settings(WORKERS),
                (job, context) -> new CompletableFuture<Integer>().completeOnTimeout(job, 1, TimeUnit.MILLISECONDS))) {
            Batch<Integer> batch = pool.submitAll(jobs(JOBS));
            for (int i = 0; i < 20; i++) {
                pool.pause();
                pool.resume();
                get(pool.stats());
            }
            assertThat(get(batch.result()).isSuccess()).isTrue();
        }
    }

    @Test
    void manyBatchesTimeOutAtTheSameTime() throws Exception {
        BatchOptions options = BatchOptions.defaults().withTimeout(Duration.ofMillis(500));
        try (WorkerPool<Integer, Integer> pool = hanging(system, settings(2))) {
            List<Batch<Integer>> batches = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                batches.add(pool.submitAll(jobs(5), options));
            }
            for (Batch<Integer> batch : batches) {
                assertThat(get(batch.result()).counts().timedOut()).isEqualTo(5);
            }
            assertThat(get(pool.submit(-1))).isEqualTo(-1);
        }
    }

    @Test
    void theActorSystemEndsInTheMidstOfAnything() throws Exception {
        long seed = Long.getLong("stress.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 8 * SCALE; i++) {
            endInTheMidst(random, "seed " + seed + ", round " + i);
        }
    }

    private void endInTheMidst(Random random, String round) throws Exception {
        ActorSystem<Void> ending = ActorSystem.create(Behaviors.empty(), "ending");
        try {
            WorkerPool<Integer, Integer> pool = hanging(
                    ending,
                    WorkerPoolSettings.create(ending, "large")
                            .withWorkers(1 + random.nextInt(WORKERS))
                            .withCoordinatedShutdown(false));
            Batch<Integer> batch = pool.submitAll(jobs(JOBS));
            List<CompletableFuture<Integer>> singles = new ArrayList<>();
            for (int i = 0; i < JOBS; i++) {
                singles.add(pool.submit(i));
            }
            List<Batch<Integer>> small = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                small.add(pool.submitAll(jobs(3)));
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                disturb(pool, batch, random);
            }
            if (random.nextBoolean()) {
                pool.stats().toCompletableFuture().join(); // all of it has been heard
            }
            ending.terminate();
            assertThat(get(batch.result()).outcomes()).as(round).hasSize(JOBS);
            for (Batch<Integer> each : small) {
                assertThat(get(each.result()).outcomes()).as(round).hasSize(3);
            }
            awaitAll(singles);
            PoolStats stats = get(pool.stats());
            assertThat(stats.accepted()).as(round).isEqualTo(stats.done());
        } finally {
            ending.terminate();
            get(ending.getWhenTerminated());
        }
    }

    private static void disturb(WorkerPool<Integer, Integer> pool, Batch<Integer> batch, Random random) {
        switch (random.nextInt(6)) {
            case 0 -> pool.resize(1 + random.nextInt(WORKERS));
            case 1 -> batch.cancel();
            case 2 -> pool.abort();
            case 3 -> pool.pause();
            case 4 -> pool.resume();
            default -> pool.drain();
        }
    }
}
