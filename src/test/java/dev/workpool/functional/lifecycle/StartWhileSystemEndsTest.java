package dev.workpool.functional.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.workpool.Batch;
import dev.workpool.PoolExecutor;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.ExecutorTest;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import dev.workpool.support.RefusingExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pools that are started one after another while their actor system ends, until none can be: the actor of the last of them may never run, and
 * yet all that they have returned completes. Small by default; {@code -Dstress.scale=20} runs twenty times as many rounds, {@code
 * -Dstress.seed} repeats the moments.
 */
@Timeout(600)
class StartWhileSystemEndsTest {
    private static final int ROUNDS = 10 * Integer.getInteger("stress.scale", 1);

    /** What somebody asked of a pool, mostly right after it was started. */
    private static final class Asked {
        private final WorkerPool<Integer, Integer> pool;
        private final boolean drained;
        private CompletableFuture<Integer> single;
        private CompletableFuture<BatchResult<Integer>> batch;
        private Processing stream;
        private CompletionStage<PoolStats> stats;
        private CompletionStage<Done> end;

        Asked(ActorSystem<?> system, String name, Random random) {
            this(system, WorkerPoolSettings.create(system, name), random);
        }

        Asked(ActorSystem<?> system, WorkerPoolSettings common, Random random) {
            WorkerPoolSettings settings = common.withWorkers(1).withCoordinatedShutdown(random.nextBoolean());
            pool = WorkerPool.start(
                    system,
                    random.nextBoolean() ? settings.withQueueCapacity(2, WhenFull.BLOCK) : settings,
                    (Integer job) -> job);
            drained = random.nextBoolean();
            if (random.nextInt(4) > 0) {
                ask();
            }
        }

        private void ask() {
            stats = pool.stats();
            single = pool.submit(1);
            // On a thread that may have to wait for room as long as the first job is there.
            batch = CompletableFuture.supplyAsync(() -> pool.submitAll(List.of(2, 3)), task -> new Thread(task).start())
                    .thenCompose(Batch::result);
            stream = pool.process(IntStream.range(0, 10).iterator(), StreamOptions.ordered(), (job, outcome) -> {});
            end = drained ? pool.drain() : pool.abort();
        }

        void assertCompletes() throws Exception {
            if (end == null) {
                ask();
            }
            PoolTest.get(end);
            PoolTest.get(stats);
            PoolTest.get(stream.result().handle((counts, problem) -> "over"));
            Throwable problem = PoolTest.get(single.handle((value, error) -> error));
            if (problem != null) {
                assertThat(problem).isInstanceOfAny(RejectedExecutionException.class, CancellationException.class);
            }
            assertThat(PoolTest.get(batch).size()).isEqualTo(2);
            pool.close();
            PoolTest.get(pool.drain());
            PoolTest.get(pool.abort());
            assertThatThrownBy(pool.submit(4)::get).hasCauseInstanceOf(RejectedExecutionException.class);
            assertThat(PoolTest.get(pool.submitAll(List.of(5)).result()).rejected())
                    .isEqualTo(1);
            PoolStats last = PoolTest.get(pool.stats());
            assertThat(last.queued() + last.running()).isZero();
            assertThat(last.accepted()).isEqualTo(last.done());
        }
    }

    /** Starts a few pools, and then others while the system ends, until it takes no more. */
    private static <T> List<T> startUntilNoneStarts(long seed, Starter<T> starter) throws Exception {
        Random random = new Random(seed);
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "ending");
        CountDownLatch ending = new CountDownLatch(1);
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate(), "tell the test", () -> {
                    ending.countDown();
                    return CompletableFuture.completedFuture(Done.getInstance());
                });
        int before = random.nextInt(5);
        List<T> started = new ArrayList<>();
        for (int i = 0; ; i++) {
            if (i == before) {
                system.terminate();
                ending.await();
            }
            try {
                started.add(starter.start(system, "pool-" + i, random));
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("its actor system 'ending' has ended");
                break;
            }
        }
        PoolTest.get(system.getWhenTerminated());
        return started;
    }

    private interface Starter<T> {
        T start(ActorSystem<?> system, String name, Random random);
    }

    @Test
    void whateverAPoolReturnedCompletes() throws Exception {
        long seed = Long.getLong("stress.seed", System.nanoTime());
        for (int round = 0; round < ROUNDS; round++) {
            for (Asked asked : startUntilNoneStarts(seed + round, Asked::new)) {
                try {
                    asked.assertCompletes();
                } catch (Exception | AssertionError e) {
                    throw new AssertionError("round " + round + " of -Dstress.seed=" + seed + ", " + asked.pool, e);
                }
            }
        }
    }

    private record Executed(PoolExecutor executor, Future<Integer> future) {
        static Executed of(ActorSystem<?> system, String name, Random random) {
            PoolExecutor executor = PoolExecutor.start(
                    system,
                    WorkerPoolSettings.create(system, name)
                            .withWorkers(1)
                            .withCoordinatedShutdown(random.nextBoolean()));
            try {
                return new Executed(executor, executor.submit(() -> 1));
            } catch (RejectedExecutionException e) {
                return new Executed(executor, CompletableFuture.failedFuture(new CancellationException()));
            }
        }

        void assertCompletes() throws Exception {
            try {
                assertThat(ExecutorTest.get(future)).isEqualTo(1);
            } catch (CancellationException | java.util.concurrent.ExecutionException e) {
                assertThat(executor.isShutdown()).isTrue();
            }
            executor.shutdown();
            assertThat(executor.awaitTermination(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(executor.isTerminated()).isTrue();
            assertThat(executor.shutdownNow()).isEmpty();
            executor.close();
            PoolTest.get(executor.stats());
        }
    }

    @Test
    void everyFutureOfAnExecutorCompletes() throws Exception {
        long seed = Long.getLong("stress.seed", System.nanoTime());
        for (int round = 0; round < ROUNDS; round++) {
            for (Executed executed : startUntilNoneStarts(seed + round, Executed::of)) {
                try {
                    executed.assertCompletes();
                } catch (Exception | AssertionError e) {
                    throw new AssertionError("round " + round + " of -Dstress.seed=" + seed, e);
                }
            }
        }
    }

    /** A system that is told to end, and hears of the actors that are started from then on only afterwards, so that these never run. */
    private static final class Deaf implements AutoCloseable {
        final ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                "deaf",
                ConfigFactory.parseString("akka.actor.internal-dispatcher { executor = thread-pool-executor,"
                                + " thread-pool-executor.fixed-pool-size = 1 }\n"
                                + "refuses { type = Dispatcher, executor = \"" + RefusingExecutor.class.getName()
                                + "\" }")
                        .withFallback(ConfigFactory.load()));
        private final CountDownLatch hears = new CountDownLatch(1);

        Deaf() throws InterruptedException {
            CountDownLatch told = new CountDownLatch(1);
            // The thread of the guardian that every pool's actor is a child of.
            system.dispatchers()
                    .lookup(DispatcherSelector.fromConfig("akka.actor.internal-dispatcher"))
                    .execute(() -> {
                        told.countDown();
                        Handlers.ignoreInterruptsUntil(hears);
                    });
            told.await();
            ((ExtendedActorSystem) system.classicSystem()).systemGuardian().stop();
        }

        void end() throws Exception {
            hears.countDown();
            PoolTest.get(system.getWhenTerminated());
        }

        @Override
        public void close() {
            hears.countDown();
            system.terminate();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"workpool.dispatchers.callback", "refuses"})
    void aPoolWhoseActorNeverRunsEndsWithItsSystem(String callbackDispatcher) throws Exception {
        try (Deaf deaf = new Deaf()) {
            Random random = new Random(13);
            List<Asked> asked = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                WorkerPoolSettings settings = WorkerPoolSettings.create(deaf.system, "pool-" + i);
                asked.add(new Asked(deaf.system, settings.withCallbackDispatcher(callbackDispatcher), random));
            }
            CompletableFuture<Void> closed = CompletableFuture.runAsync(asked.get(0).pool::close);
            deaf.end();
            for (Asked one : asked) {
                one.assertCompletes();
                assertThat(PoolTest.get(one.pool.stats()).accepted())
                        .as("its actor never ran")
                        .isZero();
            }
            PoolTest.get(closed);
        }
    }
}
