package dev.workpool.functional.scale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Batch;
import dev.workpool.PoolExecutor;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** W idle workers and a queue of C take W + C jobs, as a ThreadPoolExecutor's do. {@code -Dstress.seed} repeats a run. */
class RoomBesideIdleWorkersTest extends PoolTest {
    private static final Logger LOG = LoggerFactory.getLogger(RoomBesideIdleWorkersTest.class);
    private static final int WORKERS = 8;
    private static final int SCALE = Integer.getInteger("stress.scale", 1);

    /** No job has ended yet, nor seems to take long, so that none is handed out behind another. */
    private WorkerPoolSettings settings(int workers, int capacity, WhenFull whenFull) {
        return settings(workers).withQueueCapacity(capacity, whenFull).withChunkBudget(Duration.ofSeconds(1));
    }

    /** How many of so many tasks are accepted that do not end, handed in by so many threads at once. */
    private static int accepted(Executor executor, int submitters, int tasks, CountDownLatch end) throws Exception {
        AtomicInteger accepted = new AtomicInteger();
        AtomicInteger left = new AtomicInteger(tasks);
        CyclicBarrier start = new CyclicBarrier(submitters);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < submitters; i++) {
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                    while (left.decrementAndGet() >= 0) {
                        try {
                            executor.execute(() -> awaitEnd(end));
                            accepted.incrementAndGet();
                        } catch (RejectedExecutionException e) {
                            LOG.trace("full", e);
                        }
                    }
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return accepted.get();
    }

    private static void awaitEnd(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void nineTasksAreTakenAndTheTenthIsRejected() throws Exception {
        for (int round = 0; round < 100 * SCALE; round++) {
            CountDownLatch end = new CountDownLatch(1);
            try (PoolExecutor executor = PoolExecutor.start(system, settings(WORKERS, 1, WhenFull.REJECT))) {
                try {
                    assertThat(accepted(executor, 1, 9, end)).isEqualTo(9);
                    assertThat(accepted(executor, 1, 1, end)).isZero();
                } finally {
                    end.countDown();
                }
            }
        }
    }

    @Test
    void asManyAreTakenAsByAThreadPoolExecutorWhoeverSubmits() throws Exception {
        long seed = Long.getLong("stress.seed", System.nanoTime());
        LOG.info("stress.seed={}", seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 100 * SCALE; round++) {
            int workers = 1 + random.nextInt(WORKERS);
            int capacity = 1 + random.nextInt(5);
            int submitters = 1 + random.nextInt(4);
            int tasks = random.nextInt(2 * (workers + capacity));
            CountDownLatch end = new CountDownLatch(1);
            ThreadPoolExecutor model =
                    new ThreadPoolExecutor(workers, workers, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(capacity));
            try (PoolExecutor executor = PoolExecutor.start(system, settings(workers, capacity, WhenFull.REJECT))) {
                try {
                    assertThat(accepted(executor, submitters, tasks, end))
                            .as("%d workers, a queue of %d, %d tasks", workers, capacity, tasks)
                            .isEqualTo(accepted(model, submitters, tasks, end));
                } finally {
                    end.countDown();
                    model.shutdown();
                }
            }
        }
    }

    private WorkerPool<Integer, Integer> start(int capacity, WhenFull whenFull, CountDownLatch end) {
        return start(settings(WORKERS, capacity, whenFull), end);
    }

    private WorkerPool<Integer, Integer> start(WorkerPoolSettings settings, CountDownLatch end) {
        return WorkerPool.start(system, settings, (Integer job) -> {
            end.await();
            return job;
        });
    }

    @Test
    void theOldestIsDroppedOnlyIfNobodyIsIdle() throws Exception {
        for (int round = 0; round < 20 * SCALE; round++) {
            CountDownLatch end = new CountDownLatch(1);
            try (WorkerPool<Integer, Integer> pool = start(1, WhenFull.DROP_OLDEST, end)) {
                for (int i = 0; i < 9; i++) {
                    pool.submit(i);
                }
                assertThat(get(pool.stats()).rejected()).isZero();
                pool.submit(9);
                assertThat(get(pool.stats()).rejected()).isEqualTo(1);
                end.countDown();
            }
        }
    }

    /** Which of so many jobs, handed in one by one, a full queue drops. */
    private static List<Integer> dropped(int jobs, IntFunction<CompletableFuture<Integer>> submit, CountDownLatch end) {
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            futures.add(submit.apply(i));
        }
        end.countDown();
        List<Integer> dropped = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            if (futures.get(i).handle((value, error) -> error != null).join()) {
                dropped.add(i);
            }
        }
        return dropped;
    }

    /** A pool just started, or one whose workers have just become idle. */
    @Test
    void theOldestThatIsDroppedIsTheOneThatAThreadPoolExecutorDrops() throws Exception {
        for (int round = 0; round < 100 * SCALE; round++) {
            int workers = 1 + round % WORKERS;
            int jobs = workers + 3 + round % 3;
            CountDownLatch end = new CountDownLatch(1);
            AtomicReference<CountDownLatch> wait = new AtomicReference<>(new CountDownLatch(0));
            WorkerPoolSettings settings =
                    settings(workers, 2, WhenFull.DROP_OLDEST).withChunkMaxJobs(1);
            try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> {
                wait.get().await();
                return job;
            })) {
                if (round % 2 == 1) {
                    get(pool.submitAll(jobs(workers)).result());
                    while (get(pool.stats()).running() > 0) {
                        Thread.onSpinWait();
                    }
                }
                wait.set(end);
                List<Integer> dropped = dropped(jobs, pool::submit, end);
                int idle =
                        jobs - 2 - dropped.size(); // of workers that have just ended some may not be known to be idle
                assertThat(idle).isBetween(round % 2 == 1 ? 1 : workers, workers);
                assertThat(dropped)
                        .as("round %d, %d workers, %d jobs", round, workers, jobs)
                        .isEqualTo(IntStream.range(idle, jobs - 2).boxed().toList());
            }
        }
    }

    /** The batch finds its places behind what idle workers take, and the job before it is dropped. */
    @Test
    void aBatchDropsWhatIsQueuedBehindTheIdle() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = start(2, WhenFull.DROP_OLDEST, end)) {
            List<CompletableFuture<Integer>> singles = new ArrayList<>();
            for (int i = 0; i < WORKERS + 1; i++) {
                singles.add(pool.submit(i));
            }
            Batch<Integer> two = pool.submitAll(jobs(2));
            assertThat(singles.remove(WORKERS)).failsWithin(LONG);
            end.countDown();
            assertThat(get(two.result()).succeeded()).isEqualTo(2);
            for (CompletableFuture<Integer> single : singles) {
                get(single);
            }
        }
    }

    @Test
    void theCallerRunsOnlyWhatNobodyElseCan() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = start(1, WhenFull.CALLER_RUNS, end)) {
            for (int i = 0; i < 9; i++) {
                pool.submit(i); // or it would wait for the end
            }
            end.countDown();
        }
    }

    /** It would not return. */
    @Test
    void theSubmitterWaitsOnlyIfNobodyIsIdle() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = start(1, WhenFull.BLOCK, end)) {
            for (int i = 0; i < 9; i++) {
                pool.submit(i);
            }
            Thread tenth = new Thread(() -> pool.submit(9));
            tenth.start();
            while (tenth.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            end.countDown();
            tenth.join();
        }
    }

    @Test
    void aBatchFitsIfTheIdleAndTheQueueTakeAllOfIt() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = start(1, WhenFull.REJECT, end)) {
            assertThat(get(pool.submitAll(jobs(10)).result()).outcomes().get(0).toString())
                    .contains("a batch of 10 jobs is larger than the queue");
            Batch<Integer> nine = pool.submitAll(jobs(9));
            assertThat(get(pool.submitAll(jobs(1)).result()).rejected()).isEqualTo(1);
            end.countDown();
            assertThat(get(nine.result()).succeeded()).isEqualTo(9);
            Batch<Integer> again = pool.submitAll(jobs(9));
            while (get(again.result()).rejected() > 0) { // until it is known that all are idle again
                again = pool.submitAll(jobs(9));
            }
        }
    }

    @Test
    void thePlacesOfTheIdleAreGoneOnceAPauseHasReturned() throws Exception {
        CountDownLatch end = new CountDownLatch(0);
        try (WorkerPool<Integer, Integer> pool = start(2, WhenFull.REJECT, end)) {
            for (int round = 0; round < 300 * SCALE; round++) {
                pool.pause();
                List<CompletableFuture<Integer>> fit = List.of(pool.submit(0), pool.submit(1));
                assertThat(pool.submit(2)).as("round " + round).failsWithin(LONG);
                pool.resume();
                for (CompletableFuture<Integer> one : fit) {
                    get(one);
                }
            }
        }
    }

    @Test
    void soTheyAreOnceASlowDownHasReturned() throws Exception {
        for (int round = 0; round < 50 * SCALE; round++) {
            CompletableFuture<WorkerPool<Integer, Integer>> self = new CompletableFuture<>();
            CompletableFuture<List<CompletableFuture<Integer>>> submitted = new CompletableFuture<>();
            WorkerPoolSettings settings = settings(WORKERS, 2, WhenFull.REJECT);
            try (WorkerPool<Integer, Integer> pool =
                    WorkerPool.start(system, settings, (Integer job, JobContext context) -> {
                        context.slowDown(Duration.ofMinutes(1));
                        WorkerPool<Integer, Integer> it = self.join();
                        submitted.complete(List.of(it.submit(1), it.submit(2), it.submit(3), it.submit(4)));
                        return job;
                    })) {
                self.complete(pool);
                pool.submit(0);
                List<CompletableFuture<Integer>> jobs = get(submitted);
                assertThat(jobs.get(2)).failsWithin(LONG);
                assertThat(jobs.get(3)).failsWithin(LONG);
                assertThat(jobs.get(0)).isNotDone();
                assertThat(jobs.get(1)).isNotDone();
                get(pool.abort());
            }
        }
    }

    @Test
    void nobodyTakesWhatMayNotBegin() throws Exception {
        CountDownLatch end = new CountDownLatch(0);
        try (WorkerPool<Integer, Integer> pool = start(1, WhenFull.REJECT, end)) {
            pool.pause();
            CompletableFuture<Integer> fits = pool.submit(0);
            assertThat(pool.submit(1)).failsWithin(LONG);
            pool.resume();
            assertThat(get(fits)).isZero();
        }
        WorkerPoolSettings slow = settings(WORKERS, 1, WhenFull.REJECT).withRateLimit(new RateLimit(0.001, 2));
        try (WorkerPool<Integer, Integer> pool = start(slow, end)) {
            get(pool.submit(0));
            get(pool.submit(1));
            pool.submit(2);
            assertThat(pool.submit(3)).failsWithin(LONG);
            get(pool.abort());
        }
    }
}
