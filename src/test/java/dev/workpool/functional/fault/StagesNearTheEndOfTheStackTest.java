package dev.workpool.functional.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Stages that are completed by threads which have no stack left for what depends on them. */
class StagesNearTheEndOfTheStackTest extends PoolTest {
    private static final int JOBS = 300;

    /** Completes a stage at each of the last depths, beginning with the deepest. */
    @SuppressWarnings("InfiniteRecursion") // on purpose
    private static void completeFromTheDeepest(Iterator<CompletableFuture<Integer>> stages) {
        try {
            completeFromTheDeepest(stages);
        } catch (StackOverflowError e) {
            // this is the deepest
        }
        if (stages.hasNext()) {
            try {
                stages.next().complete(1);
            } catch (StackOverflowError e) {
                // completed or not
            }
        }
    }

    @Test
    void everyJobEnds() throws Exception {
        Queue<CompletableFuture<Integer>> stages = new ConcurrentLinkedQueue<>();
        CountDownLatch begun = new CountDownLatch(JOBS);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.startAsync(system, settings(JOBS), (Integer job, JobContext context) -> {
                    CompletableFuture<Integer> stage = new CompletableFuture<>();
                    stages.add(stage);
                    begun.countDown();
                    return stage;
                })) {
            Batch<Integer> batch = pool.submitAll(jobs(JOBS));
            begun.await();
            get(pool.stats());
            Thread deep = new Thread(null, () -> completeFromTheDeepest(stages.iterator()), "deep", 256 * 1024);
            deep.start();
            deep.join();
            stages.forEach(stage -> stage.complete(1)); // those that were not even completed
            assertThat(get(batch.result()).succeeded()).isEqualTo(JOBS);
            assertThat(get(pool.stats()).running()).isZero();
        }
    }

    /** Handlers that do not listen are given up, keep their workers' places, and return after all. */
    @Test
    void everyWorkerWhoseHandlerWasGivenUpIsFreeAgain() throws Exception {
        class Deaf extends CompletableFuture<Integer> {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                return false;
            }
        }
        Queue<CompletableFuture<Integer>> stages = new ConcurrentLinkedQueue<>();
        CountDownLatch begun = new CountDownLatch(JOBS);
        WorkerPoolSettings impatient =
                settings(JOBS).withCancelGrace(Duration.ZERO).withMaxAbandoned(0);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.startAsync(system, impatient, (Integer job, JobContext context) -> {
                    if (begun.getCount() == 0) {
                        return CompletableFuture.completedFuture(job);
                    }
                    Deaf stage = new Deaf();
                    stages.add(stage);
                    begun.countDown();
                    return stage;
                })) {
            Batch<Integer> batch = pool.submitAll(jobs(JOBS));
            begun.await();
            batch.cancel();
            assertThat(get(batch.result()).cancelled()).isEqualTo(JOBS);
            await().atMost(LONG).until(() -> get(pool.stats()).abandoned() == JOBS);
            Thread deep = new Thread(null, () -> completeFromTheDeepest(stages.iterator()), "deep", 256 * 1024);
            deep.start();
            deep.join();
            stages.forEach(stage -> stage.complete(1)); // those that were not even completed
            await().atMost(LONG).until(() -> get(pool.stats()).abandoned() == 0);
            assertThat(get(pool.submitAll(jobs(JOBS)).result()).succeeded()).isEqualTo(JOBS);
        }
    }
}
