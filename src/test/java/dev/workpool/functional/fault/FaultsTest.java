package dev.workpool.functional.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.Kill;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.PoolStats;
import dev.workpool.support.PoolActors;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A pool whose actors are stopped, or fail, behind its back. */
class FaultsTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    @ParameterizedTest
    @MethodSource(ALL)
    void workersThatAreStoppedAreReplacedAndNothingIsLost(PoolKind kind) throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        int count = kind.isAsync() ? 3_000 : 20_000;
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(3), (job, context) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            ran.incrementAndGet();
            for (int i = 0; i < 500; i++) {
                Thread.onSpinWait();
            }
            running.decrementAndGet();
            return job;
        })) {
            for (int round = 0; round < 3; round++) {
                ran.set(0);
                Batch<Integer> batch = pool.submitAll(jobs(count));
                for (int kills = 0; kills < 5; kills++) {
                    if (kills % 2 == 0) {
                        PoolActors.poison(system, pool, "router/worker-*");
                    } else {
                        PoolActors.kill(system, pool, "router/worker-1-*", Kill.getInstance());
                    }
                    int doneBefore = (int) batch.progress().done();
                    while (batch.progress().done() < Math.min(count, doneBefore + 10)) {
                        Thread.onSpinWait();
                    }
                }
                assertThat(get(batch.result()).values()).isEqualTo(jobs(count));
                assertThat(ran).hasValue(count);
            }
            assertThat(most.get()).isBetween(1, 3);
            assertThat(get(pool.stats()).workers()).isEqualTo(3);
        }
    }

    /** Its worker is stopped while a job runs: the job is neither lost nor run twice, and the bound holds meanwhile. */
    @ParameterizedTest
    @MethodSource(ALL)
    void aRunningJobSurvivesItsWorkersEnd(PoolKind kind) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            begun.incrementAndGet();
            running.countDown();
            release.await();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(3));
            running.await();
            PoolActors.poison(system, pool, "router/worker-*");
            org.awaitility.Awaitility.await()
                    .atMost(LONG)
                    .until(() ->
                            PoolActors.alive(system, pool, "/router/worker-0-0").isEmpty());
            PoolStats meanwhile = get(pool.stats());
            assertThat(meanwhile.running()).isEqualTo(1);
            assertThat(begun).hasValue(1);
            release.countDown();
            assertThat(get(batch.result()).values()).isEqualTo(jobs(3));
            assertThat(begun).hasValue(3);
        }
    }

    /** A fault of the control plane ends the pool; nobody waits for ever. */
    @ParameterizedTest
    @ValueSource(strings = {"router", "collector-0", "collector-2"})
    void aControlActorThatIsStoppedEndsThePoolWithEveryStageComplete(String actor) throws Exception {
        for (Object end : List.of(akka.actor.PoisonPill.getInstance(), Kill.getInstance())) {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
                if (job == 99) {
                    running.countDown();
                    try {
                        new Semaphore(0).acquire();
                    } finally {
                        interrupted.countDown();
                    }
                }
                return job;
            });
            assertThat(get(pool.submitAll(jobs(2)).result()).isSuccess()).isTrue();
            Batch<Integer> batch = pool.submitAll(List.of(99, 1, 2));
            CompletableFuture<Integer> single = pool.submit(3);
            running.await();
            PoolActors.kill(system, pool, actor, end);
            assertThat(get(batch.result()).counts().done()).isEqualTo(3);
            assertThatThrownBy(() -> get(single)).isInstanceOf(Exception.class);
            assertThat(interrupted.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            pool.close();
            assertThatThrownBy(() -> get(pool.submit(1)))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("since its " + actor + " stopped");
            PoolStats last = get(pool.stats());
            assertThat(last.done()).isEqualTo(last.accepted());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPoolThatIsStoppedItselfCompletesEverything(boolean kill) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            running.countDown();
            new Semaphore(0).acquire();
            return job;
        });
        Batch<Integer> batch = pool.submitAll(jobs(2));
        running.await();
        PoolActors.kill(system, pool, "", kill ? Kill.getInstance() : akka.actor.PoisonPill.getInstance());
        assertThat(get(batch.result()).cancelled()).isEqualTo(2);
        get(pool.drain());
    }
}
