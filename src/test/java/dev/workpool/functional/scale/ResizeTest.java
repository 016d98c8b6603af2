package dev.workpool.functional.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolActors;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** More and fewer workers while jobs run, over every kind of pool. */
class ResizeTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    /** How many handlers run, and ran at most. */
    private static final class Gauge {
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();

        void enter() {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
        }

        void leave() {
            running.decrementAndGet();
        }

        void awaitRunning(int handlers) {
            await().atMost(LONG).untilAsserted(() -> assertThat(running).hasValue(handlers));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theNewWorkersTakePartAndThoseTooManyFinish(PoolKind kind) throws Exception {
        Gauge gauge = new Gauge();
        Semaphore ends = new Semaphore(0, true); // fair, or a job that begins takes the permit of one that is to end
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            gauge.enter();
            ends.acquireUninterruptibly();
            gauge.leave();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(20));
            gauge.awaitRunning(1);
            pool.resize(4);
            gauge.awaitRunning(4);
            assertThat(get(pool.stats()).workers()).isEqualTo(4);
            pool.resize(1);
            assertThat(get(pool.stats()).workers()).isEqualTo(1);
            assertThat(gauge.running).as("nobody is cut off").hasValue(4);
            ends.release(4);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(batch.progress().done()).isEqualTo(4));
            gauge.awaitRunning(1);
            get(pool.stats());
            gauge.most.set(0);
            pool.resize(2);
            gauge.awaitRunning(2);
            ends.release(16);
            assertThat(get(batch.result()).isSuccess()).isTrue();
            assertThat(gauge.most.get()).isLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aWorkerThatWasToGoAndIsWantedAgainStays(PoolKind kind) throws Exception {
        Gauge gauge = new Gauge();
        Set<Integer> indexes = ConcurrentHashMap.newKeySet();
        AtomicInteger clashes = new AtomicInteger();
        Semaphore ends = new Semaphore(0, true);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(4), (job, context) -> {
            gauge.enter();
            if (context != null && !indexes.add(context.workerIndex())) {
                clashes.incrementAndGet();
            }
            ends.acquireUninterruptibly();
            if (context != null) {
                indexes.remove(context.workerIndex());
            }
            gauge.leave();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(12));
            gauge.awaitRunning(4);
            pool.resize(1);
            pool.resize(3);
            pool.resize(2);
            pool.resize(4);
            get(pool.stats());
            ends.release(4);
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(batch.progress().done()).isEqualTo(4));
            gauge.awaitRunning(4);
            ends.release(8);
            assertThat(get(batch.result()).isSuccess()).isTrue();
            assertThat(gauge.most).hasValue(4);
            assertThat(clashes).hasValue(0);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void workersThatAreStuckComeAndGoLikeOthers(PoolKind kind) throws Exception {
        for (int maxAbandoned : new int[] {0, 1, 64}) {
            CountDownLatch released = new CountDownLatch(1);
            CountDownLatch allAtOnce = new CountDownLatch(3);
            Gauge gauge = new Gauge();
            WorkerPoolSettings settings =
                    settings(3).withCancelGrace(Duration.ofMillis(5)).withMaxAbandoned(maxAbandoned);
            try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
                if (job < 0) {
                    gauge.enter();
                    Handlers.ignoreInterruptsUntil(released);
                } else if (job < 100) {
                    allAtOnce.countDown();
                    allAtOnce.await();
                }
                return job;
            })) {
                Batch<Integer> stuck = pool.submitAll(List.of(-1, -2, -3));
                gauge.awaitRunning(3);
                pool.resize(1);
                stuck.cancel();
                assertThat(get(stuck.result()).cancelled()).isEqualTo(3);
                assertThat(get(pool.stats()).abandoned()).isEqualTo(3);
                pool.resize(3);
                pool.resize(4);
                assertThat(get(pool.submitAll(jobs(200).subList(100, 200)).result())
                                .isSuccess())
                        .as("the fourth is free in any case")
                        .isTrue();
                pool.resize(3);
                released.countDown();
                assertThat(get(pool.submitAll(jobs(3)).result()).isSuccess()).isTrue();
                await().atMost(LONG)
                        .untilAsserted(
                                () -> assertThat(get(pool.stats()).abandoned()).isZero());
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aPoolThatDrainsCanBeResized(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch together = new CountDownLatch(3);
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            running.countDown();
            together.countDown();
            together.await();
            return job;
        });
        Batch<Integer> batch = pool.submitAll(jobs(30));
        running.await();
        CompletionStage<?> drained = pool.drain();
        pool.resize(3);
        get(drained);
        assertThat(get(batch.result()).isSuccess()).isTrue();
        assertThat(get(pool.stats()).workers()).isEqualTo(3);
        pool.resize(2); // in vain, and harmless
    }

    /** Up and down at random, with workers' actors that die: nothing is lost, and no two handlers have the same index. */
    @ParameterizedTest
    @MethodSource(ALL)
    void nothingIsLostInAStormOfResizes(PoolKind kind) throws Exception {
        Set<Integer> indexes = ConcurrentHashMap.newKeySet();
        AtomicInteger clashes = new AtomicInteger();
        Gauge gauge = new Gauge();
        Random random = new Random(kind.name().length());
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(3), (job, context) -> {
            gauge.enter();
            if (context != null && !indexes.add(context.workerIndex())) {
                clashes.incrementAndGet();
            }
            for (int i = 0; i < job % 300; i++) {
                Thread.onSpinWait();
            }
            if (context != null) {
                indexes.remove(context.workerIndex());
            }
            gauge.leave();
            return job;
        })) {
            for (int round = 0; round < 5; round++) {
                Batch<Integer> batch = pool.submitAll(jobs(kind.isAsync() ? 300 : 5_000));
                while (batch.progress().pending() > 0) {
                    pool.resize(1 + random.nextInt(6));
                    if (random.nextInt(4) == 0) {
                        PoolActors.poison(system, pool, "router/worker-" + random.nextInt(6) + "-*");
                    }
                    get(pool.stats());
                }
                assertThat(get(batch.result()).isSuccess()).isTrue();
            }
            assertThat(clashes).hasValue(0);
            assertThat(gauge.most.get()).isLessThanOrEqualTo(6);
        }
    }
}
