package dev.workpool.functional.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.workpool.PoolExecutor;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.ExecutorKind;
import dev.workpool.support.ExecutorTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An executor whose actor system ends: nobody who waits for it waits for ever. */
class PoolExecutorSystemEndTest {
    private static final AtomicInteger SYSTEMS = new AtomicInteger();

    /** Each kind, with and without the system's orderly shutdown. */
    static Stream<Arguments> kinds() {
        return ExecutorKind.ours().flatMap(kind -> Stream.of(Arguments.of(kind, true), Arguments.of(kind, false)));
    }

    /** A system whose shutdown waits for no more than a second for what runs. */
    private static ActorSystem<Void> startSystem() {
        return ActorSystem.create(
                Behaviors.empty(),
                "executors-" + SYSTEMS.incrementAndGet(),
                ConfigFactory.parseString("akka.coordinated-shutdown.phases.workpools-done.timeout = 1s")
                        .withFallback(ConfigFactory.load()));
    }

    private static ExecutorService start(ActorSystem<?> system, ExecutorKind kind, int workers, boolean orderly) {
        return kind.start(
                system,
                WorkerPoolSettings.create(system, "executor")
                        .withWorkers(workers)
                        .withCoordinatedShutdown(orderly));
    }

    private static void end(ActorSystem<?> system) throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(ExecutorTest.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private static void assertTerminates(ExecutorService executor) throws InterruptedException {
        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.awaitTermination(ExecutorTest.LONG.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(executor.isTerminated()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyFutureCompletes(ExecutorKind kind, boolean orderly) throws Exception {
        ActorSystem<Void> system = startSystem();
        ExecutorService executor = start(system, kind, 2, orderly);
        List<ExecutorTest.Blocker> blockers = List.of(new ExecutorTest.Blocker(), new ExecutorTest.Blocker());
        List<Future<String>> running = new ArrayList<>();
        for (ExecutorTest.Blocker blocker : blockers) {
            running.add(executor.submit(blocker));
        }
        for (ExecutorTest.Blocker blocker : blockers) {
            blocker.awaitBegun();
        }
        AtomicInteger ran = new AtomicInteger();
        ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(executor);
        List<Future<Integer>> queued = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            queued.add(executor.submit(ran::incrementAndGet));
            queued.add(service.submit(ran::incrementAndGet));
        }
        end(system);
        for (Future<Integer> future : queued) {
            assertThatThrownBy(() -> ExecutorTest.get(future)).isInstanceOf(CancellationException.class);
        }
        for (Future<String> future : running) {
            assertThatThrownBy(() -> ExecutorTest.get(future))
                    .isInstanceOfAny(CancellationException.class, ExecutionException.class);
        }
        for (ExecutorTest.Blocker blocker : blockers) {
            ExecutorTest.awaitLatch(blocker.interrupted);
        }
        assertTerminates(executor);
        assertThat(ran).hasValue(0);
        assertThat(executor.shutdownNow()).isEmpty();
        assertThatThrownBy(() -> executor.execute(ran::incrementAndGet)).isInstanceOf(RejectedExecutionException.class);
        executor.shutdown();
        ((PoolExecutor) executor).close();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whoeverWaitsInInvokeAllOrAnyIsLetGo(ExecutorKind kind, boolean orderly) throws Exception {
        ActorSystem<Void> system = startSystem();
        ExecutorService executor = start(system, kind, 1, orderly);
        ExecutorTest.Blocker blocker = new ExecutorTest.Blocker();
        executor.submit(blocker);
        blocker.awaitBegun();
        List<ExecutorTest.Blocker> tasks = List.of(new ExecutorTest.Blocker(), new ExecutorTest.Blocker());
        ExecutorTest.Side<Throwable> any = new ExecutorTest.Side<>(() -> {
            try {
                return new AssertionError(executor.invokeAny(tasks));
            } catch (ExecutionException e) {
                return e.getCause();
            }
        });
        ExecutorTest.Side<List<Future<String>>> all = new ExecutorTest.Side<>(() -> executor.invokeAll(tasks));
        PoolExecutor pool = (PoolExecutor) executor;
        org.awaitility.Awaitility.await()
                .atMost(ExecutorTest.LONG)
                .until(() -> ExecutorTest.get(pool.stats()).accepted() == 5);
        end(system);
        assertThat(any.get()).isInstanceOf(CancellationException.class);
        assertThat(all.get()).hasSize(2).allMatch(Future::isCancelled);
        assertTerminates(executor);
    }

    /** A task that has been accepted runs, or its future is cancelled; one that is refused does neither. */
    @ParameterizedTest
    @MethodSource("kinds")
    void submittingWhileTheSystemEnds(ExecutorKind kind, boolean orderly) throws Exception {
        for (int round = 0; round < 5; round++) {
            ActorSystem<Void> system = startSystem();
            ExecutorService executor = start(system, kind, 2, orderly);
            AtomicInteger ran = new AtomicInteger();
            ExecutorTest.Side<List<Future<?>>> submitter = new ExecutorTest.Side<>(() -> {
                List<Future<?>> accepted = new ArrayList<>();
                while (true) {
                    try {
                        for (int i = 0; i < 100; i++) {
                            accepted.add(executor.submit(ran::incrementAndGet));
                        }
                        ExecutorTest.get(accepted.get(accepted.size() - 1)); // so that they do not become too many
                    } catch (RejectedExecutionException | CancellationException e) {
                        return accepted;
                    }
                }
            });
            end(system);
            int done = 0;
            for (Future<?> future : submitter.get()) {
                try {
                    ExecutorTest.get(future);
                    done++;
                } catch (CancellationException e) {
                    assertThat(orderly).as("orderly, and yet not run").isFalse();
                }
            }
            assertTerminates(executor);
            assertThat(ran.get()).isGreaterThanOrEqualTo(done);
        }
    }

    @Test
    void noneStartsInASystemThatHasEnded() throws Exception {
        ActorSystem<Void> system = startSystem();
        end(system);
        assertThatThrownBy(() -> PoolExecutor.start(system, "late"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended");
    }
}
