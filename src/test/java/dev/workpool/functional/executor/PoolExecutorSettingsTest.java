package dev.workpool.functional.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.PoolExecutor;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.ContextPropagator;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.ExecutorKind;
import dev.workpool.support.ExecutorTest;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

/** What a pool's settings mean for an executor, and what of it goes beyond the JDK's. */
class PoolExecutorSettingsTest extends ExecutorTest {
    private static final String ALL = "dev.workpool.support.ExecutorKind#all";
    private static final String OURS = "dev.workpool.support.ExecutorKind#ours";

    private static int fill(ExecutorService executor, Callable<Integer> task, List<Future<Integer>> accepted) {
        while (true) {
            try {
                accepted.add(executor.submit(task));
            } catch (RejectedExecutionException e) {
                assertThat(accepted).hasSizeGreaterThanOrEqualTo(2);
                return accepted.size();
            }
        }
    }

    // Starting

    @Test
    void itsNameAndSettingsAreAPools() throws Exception {
        assertThatThrownBy(() -> PoolExecutor.start(null, "name")).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> PoolExecutor.start(system, (WorkerPoolSettings) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("settings");
        assertThatThrownBy(() -> PoolExecutor.start(system, "not a name"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a name");
        assertThatThrownBy(() -> PoolExecutor.start(system, settings(1).withCallbackDispatcher("nowhere")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("callback-dispatcher = nowhere");
        try (PoolExecutor executor = PoolExecutor.start(system, "an-executor")) {
            assertThat(executor.name()).isEqualTo("an-executor");
            assertThat(executor).hasToString("PoolExecutor(an-executor)");
            assertThatThrownBy(() -> PoolExecutor.start(system, "an-executor"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("an-executor");
            assertThatThrownBy(() -> executor.resize(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("workers = 0")
                    .hasMessageContaining("1 to 100000");
        }
        PoolExecutor.start(system, "an-executor").close();
    }

    @Test
    void itCanBeResizedAndSaysWhatItDoes() throws Exception {
        try (PoolExecutor executor = PoolExecutor.start(system, settings(1))) {
            executor.resize(3);
            List<Blocker> blockers = occupy(executor, 3);
            PoolStats busy = get(executor.stats());
            assertThat(busy.workers()).isEqualTo(3);
            assertThat(busy.running()).isEqualTo(3);
            blockers.forEach(blocker -> blocker.released.countDown());
        }
    }

    // A full queue

    @ParameterizedTest
    @MethodSource(ALL)
    void aFullQueueRejects(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, settings(1).withQueueCapacity(2, WhenFull.REJECT));
        Blocker blocker = occupy(executor);
        AtomicInteger ran = new AtomicInteger();
        List<Future<Integer>> accepted = new ArrayList<>();
        int count = fill(executor, ran::incrementAndGet, accepted);
        blocker.released.countDown();
        for (Future<Integer> future : accepted) {
            get(future);
        }
        assertThat(ran).hasValue(count);
        executor.submit(ran::incrementAndGet);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aFullQueueHasItsCallerRun(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, settings(1).withQueueCapacity(2, WhenFull.CALLER_RUNS));
        Blocker blocker = occupy(executor);
        Thread caller = Thread.currentThread();
        AtomicReference<Thread> last = new AtomicReference<>();
        while (last.get() != caller) {
            executor.execute(() -> last.set(Thread.currentThread()));
        }
        IllegalStateException own = new IllegalStateException("of the task");
        assertThatThrownBy(() -> {
                    while (true) {
                        executor.execute(() -> {
                            throw own;
                        });
                    }
                })
                .isSameAs(own);
        blocker.released.countDown();
    }

    @ParameterizedTest
    @MethodSource(OURS)
    void aFullQueueDropsTheOldestWhoseFutureSaysSo(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, settings(1).withQueueCapacity(2, WhenFull.DROP_OLDEST));
        Blocker blocker = occupy(executor);
        AtomicInteger ran = new AtomicInteger();
        List<Future<?>> futures = new ArrayList<>();
        ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(executor);
        for (int i = 0; i < 20; i++) {
            FutureTask<Integer> foreign = new FutureTask<>(ran::incrementAndGet);
            executor.execute(foreign);
            futures.add(foreign);
            futures.add(executor.submit(ran::incrementAndGet));
            futures.add(service.submit(ran::incrementAndGet));
        }
        blocker.released.countDown();
        executor.shutdown();
        assertTerminates(executor);
        int dropped = 0;
        for (Future<?> future : futures) {
            try {
                get(future);
            } catch (CancellationException e) {
                assertThat(future.getClass().getSimpleName()).isNotEqualTo("PoolFuture");
                dropped++;
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(RejectedExecutionException.class);
                assertThat(e).hasMessageContaining("dropped for a later job");
                dropped++;
            }
        }
        assertThat(dropped).isGreaterThan(30);
        assertThat(ran).hasValue(60 - dropped);
        for (int i = 0; i < 20; i++) {
            assertThat(service.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isNotNull();
        }
    }

    @ParameterizedTest
    @MethodSource(OURS)
    void aFullQueueHasItsSubmitterWait(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, settings(1).withQueueCapacity(1, WhenFull.BLOCK));
        Blocker blocker = occupy(executor);
        AtomicInteger ran = new AtomicInteger();
        Side<Integer> submitter = new Side<>(() -> {
            for (int i = 0; i < 100; i++) {
                executor.execute(ran::incrementAndGet);
            }
            return ran.get();
        });
        awaitWaiting(submitter.thread);
        blocker.released.countDown();
        assertThat(submitter.get()).isPositive();
        executor.shutdown();
        assertTerminates(executor);
        assertThat(ran).hasValue(100);
    }

    private static void awaitWaiting(Thread thread) {
        await().atMost(LONG).until(() -> thread.getState() == Thread.State.WAITING);
    }

    @ParameterizedTest
    @EnumSource(
            value = WhenFull.class,
            names = {"BLOCK", "CALLER_RUNS"})
    void noActorIsMadeToWaitOrRunTasks(WhenFull whenFull) throws Exception {
        ExecutorService executor = start(ExecutorKind.POOL, settings(1).withQueueCapacity(1, whenFull));
        occupy(executor);
        TestProbe<String> probe = kit.createTestProbe();
        kit.spawn(Behaviors.setup(context -> {
            try {
                while (true) {
                    executor.execute(() -> {});
                }
            } catch (RejectedExecutionException e) {
                probe.ref().tell(e.getMessage());
            }
            return Behaviors.empty();
        }));
        assertThat(probe.receiveMessage(LONG))
                .contains("an actor's thread would")
                .contains("set when-full = reject");
    }

    @ParameterizedTest
    @MethodSource(OURS)
    void neitherATaskOfItsOwnNorOneThatIsInterruptedWaits(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, settings(1).withQueueCapacity(1, WhenFull.BLOCK));
        Future<String> own = executor.submit(() -> {
            try {
                while (true) {
                    executor.execute(() -> {});
                }
            } catch (RejectedExecutionException e) {
                return e.getMessage();
            }
        });
        assertThat(get(own)).contains("of its own pool");
        occupy(executor);
        Side<String> interrupted = new Side<>(() -> {
            try {
                while (true) {
                    executor.execute(() -> {});
                }
            } catch (RejectedExecutionException e) {
                return e.getMessage() + ": " + Thread.interrupted();
            }
        });
        awaitWaiting(interrupted.thread);
        interrupted.thread.interrupt();
        assertThat(interrupted.get()).endsWith("was interrupted: true");
    }

    // What else a pool can do

    @ParameterizedTest
    @MethodSource(OURS)
    void aTaskThatTakesTooLongIsInterruptedAndItsFutureFails(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, settings(1).withJobTimeout(Duration.ofMillis(50)));
        Blocker blocker = new Blocker();
        Future<String> future = executor.submit(blocker);
        assertThatThrownBy(() -> get(future))
                .satisfies(e ->
                        assertThat(e.getCause()).isInstanceOfAny(TimeoutException.class, InterruptedException.class));
        awaitLatch(blocker.interrupted);
        assertThat(get(executor.submit(() -> "next"))).isEqualTo("next");
    }

    @ParameterizedTest
    @MethodSource(OURS)
    void aTaskThatFailsIsNotRunAgain(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, settings(1).withRetry(RetryPolicy.attempts(5)));
        AtomicInteger ran = new AtomicInteger();
        Future<?> future = executor.submit((Callable<?>) () -> {
            ran.incrementAndGet();
            throw new IllegalStateException("each time");
        });
        assertThatThrownBy(() -> get(future)).hasRootCauseInstanceOf(IllegalStateException.class);
        executor.shutdown();
        assertTerminates(executor);
        assertThat(ran).hasValue(1);
    }

    @ParameterizedTest
    @MethodSource(OURS)
    void tasksHaveTheContextsOfTheirSubmitter(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, settings(1).withContextPropagators(ContextPropagator.mdc()));
        MDC.put("request", "seven");
        try {
            assertThat(get(executor.submit(() -> MDC.get("request")))).isEqualTo("seven");
            MDC.remove("request");
            assertThat(get(executor.submit(() -> String.valueOf(MDC.get("request")))))
                    .isEqualTo("null");
        } finally {
            MDC.clear();
        }
    }

    @ParameterizedTest
    @MethodSource(OURS)
    void aContextThatFailsFailsTheFuture(ExecutorKind kind) {
        IllegalStateException broken = new IllegalStateException("cannot be attached");
        ContextPropagator<String> propagator = new ContextPropagator<>() {
            @Override
            public String capture() {
                return "captured";
            }

            @Override
            public Scope attach(String captured) {
                throw broken;
            }
        };
        ExecutorService executor = start(kind, settings(1).withContextPropagators(propagator));
        AtomicInteger ran = new AtomicInteger();
        Future<Integer> future = executor.submit(ran::incrementAndGet);
        assertThatThrownBy(() -> get(future)).hasCause(broken);
        assertThat(ran).hasValue(0);
    }

    @ParameterizedTest
    @MethodSource(OURS)
    void aTaskCannotCloseItsOwnExecutor(ExecutorKind kind) {
        PoolExecutor executor = (PoolExecutor) start(kind, settings(1));
        Future<?> closing = executor.submit(executor::close);
        assertThatThrownBy(() -> get(closing))
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("would wait for itself");
        assertThat(executor.isShutdown()).isFalse();
    }

    @Test
    void anExecutorThatIsClosedLeavesNothingBehind() throws Exception {
        List<WeakReference<Object>> references = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            Object held = new Object();
            WorkerPoolSettings settings = settings(2);
            names.add(settings.name());
            PoolExecutor executor = PoolExecutor.start(system, settings);
            executor.execute(() -> assertThat(held).isNotNull());
            get(executor.submit(held::hashCode));
            executor.invokeAny(List.of(held::hashCode));
            executor.close();
            references.add(new WeakReference<>(held));
            references.add(new WeakReference<>(executor));
        }
        await("threads that are through with all, and are about to end")
                .atMost(LONG)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .filteredOn(Thread::isAlive)
                        .extracting(Thread::getName)
                        .noneMatch(thread -> names.contains(thread.replaceFirst("-worker-.*", ""))));
        await().atMost(LONG).untilAsserted(() -> {
            System.gc();
            assertThat(references)
                    .filteredOn(reference -> reference.get() != null)
                    .isEmpty();
        });
    }
}
