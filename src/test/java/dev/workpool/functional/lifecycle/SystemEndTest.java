package dev.workpool.functional.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A pool whose actor system, or parent, ends without asking it. */
class SystemEndTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final AtomicInteger SYSTEMS = new AtomicInteger();

    private static <T> ActorSystem<T> start(Behavior<T> guardian) {
        return ActorSystem.create(guardian, "ending-" + SYSTEMS.incrementAndGet());
    }

    private static void awaitEnd(ActorSystem<?> system) throws Exception {
        system.getWhenTerminated().toCompletableFuture().get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void everyStageCompletesWhenTheSystemIsTerminated(PoolKind kind) throws Exception {
        ActorSystem<Void> system = start(Behaviors.empty());
        endWhileJobsHang(kind, system, system::terminate);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void everyStageCompletesWhenTheGuardianStops(PoolKind kind) throws Exception {
        ActorSystem<String> system = start(Behaviors.receive(String.class)
                .onAnyMessage(message -> Behaviors.stopped())
                .build());
        endWhileJobsHang(kind, system, () -> system.tell("stop"));
    }

    private static void endWhileJobsHang(PoolKind kind, ActorSystem<?> system, Runnable end) throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(2);
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "hanging").withWorkers(2).withCoordinatedShutdown(false);
        WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            if (job >= 0) {
                running.countDown();
                try {
                    new Semaphore(0).acquire();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
            }
            return job;
        });
        PoolTest.get(pool.submitAll(List.of(-1, -2)).result());
        Batch<Integer> batch = pool.submitAll(List.of(1, 2, 3, 4, 5));
        running.await();
        CompletableFuture<Integer> single = pool.submit(6);
        assertThat(PoolTest.get(pool.stats()).accepted()).isEqualTo(8);
        end.run();
        BatchResult<Integer> result = PoolTest.get(batch.result());
        assertThat(result.cancelled()).isEqualTo(5);
        assertThat(result.outcomes())
                .filteredOn(outcome -> outcome.attempts() == 1)
                .hasSizeGreaterThanOrEqualTo(2);
        Throwable error = PoolTest.get(single.handle((value, thrown) -> thrown));
        assertThat(error).isInstanceOf(CancellationException.class);
        assertThat(interrupted.await(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        awaitEnd(system);
        // And afterwards.
        assertThat(PoolTest.get(pool.submitAll(List.of(1)).result()).rejected()).isEqualTo(1);
        assertThat(PoolTest.get(pool.stats()).cancelled()).isEqualTo(6);
        pool.close();
        PoolTest.get(pool.abort());
    }

    /** A handler that ignores everything holds up neither its batch nor the actor system. */
    @ParameterizedTest
    @MethodSource(ALL)
    void aStuckHandlerDoesNotHoldUpTheSystem(PoolKind kind) throws Exception {
        ActorSystem<Void> system = start(Behaviors.empty());
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "stuck").withWorkers(1).withCoordinatedShutdown(false);
        WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            running.countDown();
            while (released.getCount() > 0) {
                Thread.onSpinWait();
            }
            return job;
        });
        Batch<Integer> batch = pool.submitAll(List.of(1));
        running.await();
        system.terminate();
        awaitEnd(system);
        assertThat(PoolTest.get(batch.result()).outcomes()).containsExactly(new Outcome.Cancelled<>(1));
        released.countDown();
    }

    @Test
    void aPoolWorksUnderAnyGuardianAndUnderAClassicSystem() throws Exception {
        akka.actor.ActorSystem classic = akka.actor.ActorSystem.create("classic-" + SYSTEMS.incrementAndGet());
        ActorSystem<Void> system = akka.actor.typed.javadsl.Adapter.toTyped(classic);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, "any", (Integer job) -> job + 1)) {
            assertThat(PoolTest.get(pool.submit(1))).isEqualTo(2);
        }
        classic.terminate();
        awaitEnd(system);
    }

    @Test
    void aPoolThatIsAnActorEndsWithItsParent() throws Exception {
        CompletableFuture<ActorRef<PoolCommand<Integer, Integer>>> spawned = new CompletableFuture<>();
        CountDownLatch running = new CountDownLatch(1);
        ActorSystem<String> system = start(Behaviors.setup(context -> {
            WorkerPoolSettings settings =
                    WorkerPoolSettings.create(context.getSystem(), "child").withWorkers(1);
            spawned.complete(context.spawn(
                    WorkerPool.behavior(settings, (Integer job) -> {
                        running.countDown();
                        new Semaphore(0).acquire();
                        return job;
                    }),
                    "pool"));
            return Behaviors.receive(String.class)
                    .onAnyMessage(message -> Behaviors.stopped())
                    .build();
        }));
        ActorRef<PoolCommand<Integer, Integer>> pool = PoolTest.get(spawned);
        CompletableFuture<Outcome<Integer>> consumed = new CompletableFuture<>();
        pool.tell(new PoolCommand.SubmitAll<>(
                        List.of(1), BatchOptions.defaults(), system.<BatchResult<Integer>>ignoreRef())
                .withConsumer((job, outcome) -> consumed.complete(outcome)));
        running.await();
        system.tell("stop");
        assertThat(PoolTest.get(consumed)).isEqualTo(new Outcome.Cancelled<>(1));
        awaitEnd(system);
    }

    /** The timer of a pool that is closing must not keep anything, and closing twice at a time is one closing. */
    @Test
    void closeFromManyThreadsAtATime() throws Exception {
        ActorSystem<Void> system = start(Behaviors.empty());
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "closing").withCloseTimeout(Duration.ofSeconds(60));
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> job);
        Batch<Integer> batch = pool.submitAll(List.of(1, 2, 3));
        Thread[] closers = new Thread[8];
        for (int i = 0; i < closers.length; i++) {
            closers[i] = new Thread(pool::close);
            closers[i].start();
        }
        for (Thread closer : closers) {
            closer.join(PoolTest.LONG.toMillis());
            assertThat(closer.isAlive()).isFalse();
        }
        assertThat(PoolTest.get(batch.result()).isSuccess()).isTrue();
        system.terminate();
        awaitEnd(system);
    }
}
