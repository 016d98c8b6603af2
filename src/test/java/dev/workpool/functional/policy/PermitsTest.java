package dev.workpool.functional.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that take several of the workers' permits, beside others, over every kind of pool. */
class PermitsTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    private static BatchOptions permits(int permits) {
        return BatchOptions.defaults().withPermits(permits);
    }

    /** A handler of jobs that are the permits they take, and what it has seen. */
    private static final class Load {
        private final int workers;
        private final AtomicInteger permits = new AtomicInteger();
        private final AtomicInteger mostPermits = new AtomicInteger();
        private final AtomicInteger mostJobs = new AtomicInteger();
        private final AtomicInteger jobs = new AtomicInteger();

        Load(int workers) {
            this.workers = workers;
        }

        int handle(int job) {
            int taken = Math.min(job, workers);
            mostPermits.accumulateAndGet(permits.addAndGet(taken), Math::max);
            mostJobs.accumulateAndGet(jobs.incrementAndGet(), Math::max);
            if (job % 2 == 0) {
                LockSupport.parkNanos(50_000);
            }
            jobs.decrementAndGet();
            permits.addAndGet(-taken);
            return job;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theSumOfPermitsNeverExceedsTheWorkers(long seed) throws Exception {
        Random random = new Random(seed);
        int workers = 1 + random.nextInt(8);
        Load load = new Load(workers);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(workers), job -> load.handle(job))) {
            List<Batch<Integer>> batches = new ArrayList<>();
            int all = 0;
            for (int i = 0; i < 40; i++) {
                int permits = random.nextBoolean() ? 1 : 1 + random.nextInt(10);
                int count = 1 + random.nextInt(permits == 1 ? 400 : 12);
                all += count;
                batches.add(pool.submitAll(
                        Collections.nCopies(count, permits),
                        permits(permits).withWeight(1 + random.nextInt(3)).withPriority(random.nextInt(3))));
                if (random.nextInt(8) == 0) {
                    batches.get(random.nextInt(batches.size())).cancel();
                }
            }
            int ended = 0;
            for (Batch<Integer> batch : batches) {
                ended += get(batch.result()).size();
            }
            assertThat(ended).isEqualTo(all);
            assertThat(load.mostPermits.get()).isBetween(1, workers);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void jobsThatTakeHalfOfTheWorkersRunTwoAtATimeAndNotFewer(PoolKind kind) throws Exception {
        CountDownLatch bothRun = new CountDownLatch(2);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(4), (job, context) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            bothRun.countDown();
            bothRun.await();
            running.decrementAndGet();
            return job;
        })) {
            assertThat(get(pool.submitAll(jobs(20), permits(2)).result()).succeeded())
                    .isEqualTo(20);
            assertThat(most.get()).isEqualTo(2);
        }
    }

    @Test
    void aJobThatTakesMoreThanThereAreTakesAll() throws Exception {
        Load load = new Load(3);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(3), job -> load.handle(job))) {
            Batch<Integer> light = pool.submitAll(Collections.nCopies(200, 1));
            Batch<Integer> heavy = pool.submitAll(Collections.nCopies(10, 100), permits(100));
            assertThat(get(heavy.result()).succeeded()).isEqualTo(10);
            assertThat(get(light.result()).succeeded()).isEqualTo(200);
            assertThat(load.mostPermits.get()).isBetween(1, 3);
        }
    }

    /** As many light jobs are always queued as there could be, until the heavy ones have ended, and the other way round. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neitherHeavyNorLightJobsAreStarved(boolean heavyAreFew) throws Exception {
        Load load = new Load(4);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(4), job -> load.handle(job))) {
            int few = heavyAreFew ? 4 : 1;
            int many = heavyAreFew ? 1 : 4;
            Semaphore queued = new Semaphore(64);
            CountDownLatch fewEnded = new CountDownLatch(1);
            Thread flood = new Thread(() -> {
                while (fewEnded.getCount() > 0) {
                    queued.acquireUninterruptibly();
                    pool.submitAll(List.of(many), permits(many)).result().thenRun(queued::release);
                }
            });
            flood.start();
            assertThat(get(pool.submitAll(Collections.nCopies(50, few), permits(few))
                                    .result())
                            .succeeded())
                    .isEqualTo(50);
            fewEnded.countDown();
            flood.join();
            assertThat(load.mostPermits.get()).isBetween(1, 4);
        }
    }

    @Test
    void aHandlerThatIsAbandonedGivesItsPermitsBack() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(3).withCancelGrace(Duration.ofMillis(20)), job -> {
                    while (job == 0 && release.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return job;
                })) {
            Batch<Integer> stubborn = pool.submitAll(
                    List.of(0), permits(3).withJobTimeout(Duration.ofMillis(20)).withTimeoutsAtRest(true));
            assertThat(get(stubborn.result()).outcomes().get(0)).isInstanceOf(Outcome.TimedOut.class);
            assertThat(get(pool.submitAll(List.of(1, 2, 3), permits(3)).result())
                            .succeeded())
                    .isEqualTo(3);
            release.countDown();
        }
    }

    /** Its permit is not to be had, and so is not waited for. */
    @Test
    void aHandlerThatKeepsItsPlaceHoldsUpNoHeavyJob() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, settings(4).withMaxAbandoned(0).withCancelGrace(Duration.ofMillis(10)), job -> {
                    if (job == 0) {
                        running.countDown();
                        while (release.getCount() > 0) {
                            Thread.onSpinWait();
                        }
                    }
                    return job;
                })) {
            Batch<Integer> stubborn = pool.submitAll(List.of(0));
            running.await();
            stubborn.cancel();
            get(stubborn.result());
            assertThat(get(pool.submitAll(List.of(4, 4), permits(4)).result()).succeeded())
                    .isEqualTo(2);
            release.countDown();
        }
    }

    @Test
    void fewerAndMoreWorkersAtAnyTimeHoldUpNothing() throws Exception {
        Load load = new Load(8);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(8), job -> load.handle(job))) {
            List<Batch<Integer>> batches = new ArrayList<>();
            Random random = new Random(7);
            for (int i = 0; i < 100; i++) {
                int permits = 1 + random.nextInt(8);
                batches.add(pool.submitAll(Collections.nCopies(20, permits), permits(permits)));
                pool.resize(1 + random.nextInt(8));
            }
            for (Batch<Integer> batch : batches) {
                assertThat(get(batch.result()).succeeded()).isEqualTo(20);
            }
        }
    }

    @Test
    void thereAreAtLeastOneAndAtMostAHundredThousand() {
        assertThatThrownBy(() -> BatchOptions.defaults().withPermits(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("permits of a job of a batch = 0; allowed: 1 to 100000");
        assertThat(BatchOptions.defaults().permits()).isEqualTo(1);
        assertThat(BatchOptions.defaults().withPermits(7).withWeight(2).permits())
                .isEqualTo(7);
    }
}
