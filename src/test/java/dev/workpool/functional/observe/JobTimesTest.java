package dev.workpool.functional.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How long jobs take and wait, over every kind of pool. */
class JobTimesTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    @Test
    void nothingIsMeasuredUntilSomebodyWantsToKnow() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), job -> job)) {
            get(pool.submitAll(jobs(100)).result());
            assertThat(pool.snapshot().jobTime().count()).isZero();
            assertThat(pool.snapshot().queueWait().count()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void everyJobThatTakesLongIsMeasured(PoolKind kind) throws Exception {
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            Handlers.computeFor(Duration.ofMillis(2));
            return job;
        });
        pool.measureTimes();
        pool.measureTimes();
        get(pool.submitAll(jobs(20)).result());
        for (int job = 0; job < 5; job++) {
            get(pool.submit(job).toCompletableFuture());
        }
        pool.close();
        PoolSnapshot last = pool.snapshot();
        assertThat(last.jobTime().count()).isEqualTo(25);
        assertThat(last.jobTime().p50()).isGreaterThanOrEqualTo(Duration.ofNanos(1_960_000));
        assertThat(last.jobTime().max()).isGreaterThanOrEqualTo(last.jobTime().p99());
        assertThat(last.jobTime().total()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        assertThat(last.queueWait().count()).isEqualTo(25);
        assertThat(last.queueWait().max()).isGreaterThanOrEqualTo(Duration.ofMillis(18));
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void ofCheapJobsASampleStandsForAll(PoolKind kind) throws Exception {
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job);
        pool.measureTimes();
        for (int round = 0; round < 10; round++) {
            get(pool.submitAll(jobs(10_000)).result());
        }
        pool.close();
        assertThat(pool.snapshot().queueWait().count()).isEqualTo(100_000);
        assertThat(pool.snapshot().jobTime().count()).isBetween(90_000L, 110_000L);
    }

    @Test
    void jobsOfAStreamWaitFromTheirAcceptanceOn() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> {
            release.await();
            return job;
        })) {
            pool.measureTimes();
            Processing stream = pool.process(jobs(50).iterator(), StreamOptions.asCompleted(), (job, outcome) -> {});
            await().atMost(LONG).until(() -> pool.snapshot().accepted() == 50);
            Handlers.computeFor(Duration.ofMillis(20));
            release.countDown();
            get(stream.result());
            assertThat(pool.snapshot().queueWait().count()).isEqualTo(50);
            assertThat(pool.snapshot().queueWait().max()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
        }
    }

    @Test
    void aDelayIsNoWait() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> job)) {
            pool.measureTimes();
            get(pool.submitAll(jobs(3), BatchOptions.defaults().withDelay(Duration.ofSeconds(2)))
                    .result());
            assertThat(pool.snapshot().queueWait().count()).isEqualTo(3);
            assertThat(pool.snapshot().queueWait().p50()).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void whatAWorkerThatWasReplacedHasMeasuredStays() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withCancelGrace(Duration.ZERO), job -> {
                    if (job < 0) {
                        Handlers.ignoreInterruptsUntil(released);
                    }
                    Handlers.computeFor(Duration.ofMillis(1));
                    return job;
                })) {
            pool.measureTimes();
            get(pool.submitAll(jobs(10)).result());
            var stuck = pool.submit(-1);
            await().atMost(LONG).until(() -> pool.snapshot().running() == 1);
            stuck.cancel(true);
            await().atMost(LONG).until(() -> pool.snapshot().abandoned() == 1);
            get(pool.submitAll(jobs(10)).result());
            assertThat(pool.snapshot().jobTime().count()).isEqualTo(20);
            released.countDown();
        }
    }
}
