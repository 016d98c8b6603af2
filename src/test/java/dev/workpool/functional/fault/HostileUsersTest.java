package dev.workpool.functional.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolActors;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Users' code that would break the pool if the pool ran it in the wrong place or believed in it too much. */
class HostileUsersTest extends PoolTest {

    private static final class Unprintable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message for anybody");
        }
    }

    @Test
    void aConsumerWhoseExceptionCannotBePrintedDoesNotStopItsBatch() throws Exception {
        OutcomeConsumer<Integer, Integer> consumer = (job, outcome) -> {
            throw new Unprintable();
        };
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            assertThat(get(pool.submitAll(jobs(3), BatchOptions.defaults(), consumer)
                                    .result())
                            .isSuccess())
                    .isTrue();
        }
    }

    /** The dependent of each future waits for the next one, as a chain of neighbours in one chunk. */
    @Test
    void aDependentMayWaitForANeighbour() throws Exception {
        CountDownLatch submitted = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            submitted.await();
            return job;
        })) {
            List<CompletableFuture<Integer>> futures =
                    jobs(8).stream().map(pool::submit).toList();
            List<CompletableFuture<Integer>> sums = new ArrayList<>();
            for (int i = 0; i + 1 < futures.size(); i++) {
                CompletableFuture<Integer> next = futures.get(i + 1);
                sums.add(futures.get(i).thenApply(value -> value + next.join()));
            }
            submitted.countDown();
            for (int i = 0; i < sums.size(); i++) {
                assertThat(get(sums.get(i))).isEqualTo(2 * i + 1);
            }
        }
    }

    @Test
    void aContextThatItsHandlerHasLockedHoldsUpNobody() throws Exception {
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                        WorkerPool.start(system, settings(1), (Integer job, JobContext context) -> {
                            synchronized (context) {
                                locked.countDown();
                                while (release.getCount() > 0) {
                                    Thread.onSpinWait();
                                }
                            }
                            return job;
                        });
                WorkerPool<Integer, Integer> other = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            Batch<Integer> batch = pool.submitAll(jobs(1));
            locked.await();
            batch.cancel();
            assertThat(get(other.submit(1))).isEqualTo(1);
            assertThat(get(pool.stats()).running()).isEqualTo(1);
            release.countDown();
            assertThat(get(batch.result()).cancelled()).isEqualTo(1);
        }
    }

    @Test
    void anAbandonedStageIsNotAskedWhatItIs() throws Exception {
        CompletableFuture<Integer> hostile = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                return false;
            }

            @Override
            public String toString() {
                throw new IllegalStateException("no name for anybody");
            }
        };
        try (WorkerPool<Integer, Integer> pool = WorkerPool.startAsync(
                system,
                settings(1).withCancelGrace(Duration.ofMillis(10)),
                (Integer job, JobContext context) -> job == 0 ? hostile : CompletableFuture.completedFuture(job))) {
            CountDownLatch begun = new CountDownLatch(1);
            Batch<Integer> batch = pool.submitAll(jobs(1));
            pool.stats().thenRun(begun::countDown);
            begun.await();
            batch.cancel();
            assertThat(get(batch.result()).cancelled()).isEqualTo(1);
            assertThat(get(pool.submit(2))).isEqualTo(2);
            hostile.complete(0);
        }
    }

    /** What is refused when a pool dies is refused where users' code may do as it likes, closing the pool included. */
    @Test
    void aDependentOfARefusedJobMayCloseThePool() throws Exception {
        for (int round = 0; round < 30; round++) {
            WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job);
            PoolActors.poison(system, pool, "");
            List<CompletableFuture<Boolean>> closed = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                closed.add(pool.submit(i).handle((value, error) -> {
                    pool.close();
                    return true;
                }));
            }
            for (CompletableFuture<Boolean> each : closed) {
                assertThat(get(each)).isTrue();
            }
        }
    }

    @Test
    void cancellingWhatIsSettledOrWasRefusedChangesNoCount() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            running.countDown();
            release.await();
            return job;
        });
        CompletableFuture<Integer> accepted = pool.submit(1);
        running.await();
        pool.drain();
        for (int i = 0; i < 100; i++) {
            pool.submit(2).cancel(true);
        }
        assertThat(get(pool.stats()).running()).isEqualTo(1);
        release.countDown();
        get(pool.drain());
        assertThat(get(accepted)).isEqualTo(1);
        assertThat(get(pool.stats()).accepted()).isEqualTo(1);
        assertThat(get(pool.stats()).cancelled()).isZero();
    }

    @Test
    void cancellingAtOnceAfterAbortCountsEachJobOnce() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            running.countDown();
            new Semaphore(0).acquire();
            return job;
        });
        List<CompletableFuture<Integer>> futures =
                jobs(1_000).stream().map(pool::submit).toList();
        running.await();
        pool.abort();
        futures.forEach(future -> future.cancel(true));
        get(pool.abort());
        assertThat(get(pool.stats()).cancelled()).isEqualTo(1_000);
    }

    /** Jobs that looked cheap and turn out dear go back to the queue, where other batches have their turn. */
    @Test
    void aBatchThatTurnsOutDearDoesNotKeepOthersWaiting() throws Exception {
        CountDownLatch otherIsDone = new CountDownLatch(1);
        AtomicInteger dear = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> {
            // Of the dear ones all but a few run only when the other batch is done; one worker is left to do it.
            if (job > 0 && dear.incrementAndGet() == 1) {
                otherIsDone.await();
            } else if (job > 0) {
                long until = System.nanoTime() + 2_000_000;
                while (System.nanoTime() < until && otherIsDone.getCount() > 0) {
                    Thread.onSpinWait();
                }
            }
            return job;
        })) {
            assertThat(get(pool.submitAll(Collections.nCopies(1_000_000, 0)).result())
                            .isSuccess())
                    .isTrue();
            Batch<Integer> large = pool.submitAll(jobs(20_001).subList(1, 20_001));
            while (dear.get() < 5) {
                Thread.onSpinWait();
            }
            Batch<Integer> other = pool.submitAll(List.of(-1, -2, -3));
            CompletableFuture<Integer> single = pool.submit(-4);
            get(other.result());
            get(single);
            assertThat(dear.get()).as("dear jobs that were begun before").isLessThan(10_000);
            otherIsDone.countDown();
            assertThat(get(large.result()).isSuccess()).isTrue();
        }
    }

    @Test
    void aPoolThatFailsIsNotRestartedByWhoeverSupervisesIt() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        ActorRef<PoolCommand<Integer, Integer>> pool =
                kit.spawn(Behaviors.supervise(WorkerPool.behavior(settings(1), (Integer job) -> {
                            running.countDown();
                            new Semaphore(0).acquire();
                            return job;
                        }))
                        .onFailure(SupervisorStrategy.restart()));
        TestProbe<BatchResult<Integer>> probe = kit.createTestProbe();
        pool.tell(new PoolCommand.SubmitAll<>(jobs(3), BatchOptions.defaults(), probe.ref()));
        running.await();
        akka.actor.typed.javadsl.Adapter.toClassic(system)
                .actorSelection(pool.path() + "/router")
                .tell(akka.actor.PoisonPill.getInstance(), akka.actor.ActorRef.noSender());
        assertThat(probe.receiveMessage(LONG).cancelled()).isEqualTo(3);
        probe.expectTerminated(pool, LONG);
    }

    @Test
    void theLongestCloseTimeoutIsNoFault() throws Exception {
        WorkerPoolSettings settings =
                settings(1).withCloseTimeout(Duration.ofDays(1)).withCancelGrace(Duration.ofDays(1));
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> {
            running.countDown();
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
            return job;
        });
        Batch<Integer> batch = pool.submitAll(jobs(1));
        CompletableFuture<Integer> single = pool.submit(1);
        running.await();
        batch.cancel();
        Thread closer = new Thread(pool::close);
        closer.start();
        assertThat(get(pool.stats()).running()).isEqualTo(1);
        release.countDown();
        closer.join(LONG.toMillis());
        assertThat(closer.isAlive()).isFalse();
        assertThat(get(batch.result()).cancelled()).isEqualTo(1);
        assertThat(get(single)).isEqualTo(1);
        assertThatThrownBy(() -> settings.withCloseTimeout(Duration.ofDays(2))).hasMessageContaining("0 to 1 day");
    }
}
