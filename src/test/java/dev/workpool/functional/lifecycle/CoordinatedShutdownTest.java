package dev.workpool.functional.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.typesafe.config.ConfigFactory;
import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobHandler;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.CapturedLog;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A pool in the coordinated shutdown of its actor system. */
class CoordinatedShutdownTest {
    private static final String UNBIND = CoordinatedShutdown.PhaseServiceUnbind();
    private static final String STOP = CoordinatedShutdown.PhaseServiceStop();
    private static final AtomicInteger SYSTEMS = new AtomicInteger();

    /** A system whose phases have a minute, but for the one that pools are drained in. */
    private static ActorSystem<Void> system(String drainTimeout) {
        String config = "akka.coordinated-shutdown.default-phase-timeout = 60s\n"
                + "akka.coordinated-shutdown.phases.workpools-done.timeout = " + drainTimeout;
        return ActorSystem.create(
                Behaviors.empty(),
                "shutdown-" + SYSTEMS.incrementAndGet(),
                ConfigFactory.parseString(config).withFallback(ConfigFactory.load()));
    }

    /** A phase that lasts as long as a test wants it to. */
    private static final class Held {
        private final CompletableFuture<Done> reached = new CompletableFuture<>();
        private final CompletableFuture<Done> released = new CompletableFuture<>();

        Held(ActorSystem<?> system, String phase) {
            CoordinatedShutdown.get(system).addTask(phase, "held", () -> {
                reached.complete(Done.getInstance());
                return released;
            });
        }
    }

    private static CompletableFuture<Done> shutDown(ActorSystem<?> system) {
        return CoordinatedShutdown.get(system)
                .runAll(CoordinatedShutdown.unknownReason())
                .toCompletableFuture();
    }

    private static <J, R> WorkerPool<J, R> start(PoolKind kind, ActorSystem<?> system, JobHandler<J, R> body) {
        return kind.start(system, WorkerPoolSettings.create(system, "pool").withWorkers(1), body);
    }

    private static void assertTakesNoMore(WorkerPool<Integer, Integer> pool) {
        assertThatThrownBy(() -> PoolTest.get(pool.submit(9)))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RejectedExecutionException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = PoolKind.class,
            names = {"BLOCKING", "ASYNC"})
    void admissionClosesFirstAndWhatWasAcceptedIsFinished(PoolKind kind) throws Exception {
        ActorSystem<Void> system = system("60s");
        Held unbind = new Held(system, UNBIND);
        Held stop = new Held(system, STOP);
        CountDownLatch gate = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = start(kind, system, (job, context) -> {
            gate.await();
            return job;
        });
        Batch<Integer> batch = pool.submitAll(List.of(1, 2, 3));
        CompletableFuture<Done> shutdown = shutDown(system);
        PoolTest.get(unbind.reached);
        assertTakesNoMore(pool);
        assertThat(batch.progress().done()).isZero();
        gate.countDown();
        assertThat(PoolTest.get(batch.result()).values()).containsExactly(1, 2, 3);
        assertThat(stop.reached).isNotDone(); // and the drained pool is not what holds it up:
        unbind.released.complete(Done.getInstance());
        PoolTest.get(stop.reached);
        stop.released.complete(Done.getInstance());
        PoolTest.get(shutdown);
    }

    /** What a pool tells, it tells on threads that others may hold up: here for as long as the test wants. */
    @Test
    void theLogSaysWhoAskedForTheEnd() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("dev.workpool.internal.pool.ShutdownHook");
        logger.setLevel(Level.INFO);
        try (CapturedLog log = CapturedLog.of(logger.getName())) {
            ActorSystem<Void> ending = ActorSystem.create(Behaviors.empty(), "ending");
            WorkerPool.start(ending, "first", (Integer job) -> job);
            ending.terminate();
            PoolTest.get(ending.getWhenTerminated());
            ActorSystem<Void> other = ActorSystem.create(Behaviors.empty(), "other");
            WorkerPool.start(other, "second", (Integer job) -> job);
            PoolTest.get(CoordinatedShutdown.get(other).runAll(new CoordinatedShutdown.Reason() {
                @Override
                public String toString() {
                    return "the licence is over";
                }
            }));
            assertThat(log.messages())
                    .containsExactly(
                            "Pool 'first' takes no more jobs, as its actor system 'ending' ends: terminate() was called",
                            "Pool 'second' takes no more jobs, as its actor system 'other' ends: the licence is over");
        } finally {
            logger.setLevel(null);
        }
    }

    @Test
    void everybodyHasBeenToldBeforeServicesStop() throws Exception {
        ActorSystem<Void> system = system("60s");
        Held stop = new Held(system, STOP);
        CountDownLatch dependentIsThere = new CountDownLatch(1); // or it would be run by who adds it
        WorkerPool<Integer, Integer> pool = start(PoolKind.BLOCKING, system, (job, context) -> {
            if (job == 4) {
                dependentIsThere.await();
            }
            return job;
        });
        Semaphore mayBeTold = new Semaphore(0);
        AtomicInteger told = new AtomicInteger();
        Runnable hears = () -> {
            mayBeTold.acquireUninterruptibly();
            told.incrementAndGet();
        };
        pool.submitAll(List.of(1, 2, 3), BatchOptions.defaults(), (job, outcome) -> hears.run());
        Processing stream =
                pool.process(List.of(1, 2, 3).iterator(), StreamOptions.asCompleted(), (job, outcome) -> hears.run());
        await().atMost(PoolTest.LONG).until(() -> stream.progress().total() == 3);
        pool.submit(4).thenRun(hears);
        dependentIsThere.countDown();
        CompletableFuture<Done> shutdown = shutDown(system);
        pool.close();
        for (int i = 0; i < 7; i++) {
            int before = i;
            await().atMost(PoolTest.LONG).until(() -> told.get() == before);
            assertThat(stop.reached).as("told " + before).isNotDone();
            mayBeTold.release();
        }
        PoolTest.get(stop.reached);
        assertThat(told).hasValue(7);
        stop.released.complete(Done.getInstance());
        PoolTest.get(shutdown);
    }

    @Test
    void aConsumerThatHangsDoesNotHoldUpTheShutdownForEver() throws Exception {
        ActorSystem<Void> system = system("2s");
        CountDownLatch dependentIsThere = new CountDownLatch(1); // or it would be run by who adds it
        WorkerPool<Integer, Integer> pool = start(PoolKind.BLOCKING, system, (job, context) -> {
            dependentIsThere.await();
            return job;
        });
        CountDownLatch never = new CountDownLatch(1);
        try (CapturedLog log = CapturedLog.of("dev.workpool")) {
            pool.submit(1).thenRun(() -> {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            dependentIsThere.countDown();
            PoolTest.get(shutDown(system));
            assertThat(log.messages())
                    .anyMatch(line -> line.contains("callbacks that have not been told all outcomes"));
        } finally {
            never.countDown();
        }
    }

    @Test
    void aLongPhaseLastsAsLongAsTheJobs() throws Exception {
        ActorSystem<Void> system = system("60s");
        Held stop = new Held(system, STOP);
        CountDownLatch gate = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = start(PoolKind.BLOCKING, system, (job, context) -> {
            gate.await();
            return job;
        });
        Batch<Integer> batch = pool.submitAll(List.of(1, 2));
        system.terminate(); // which is a coordinated shutdown, too
        PoolTest.get(pool.submit(3).handle((value, rejected) -> rejected));
        assertThat(stop.reached).isNotDone();
        gate.countDown();
        PoolTest.get(stop.reached);
        assertThat(PoolTest.get(batch.result()).isSuccess()).isTrue();
        stop.released.complete(Done.getInstance());
        PoolTest.get(system.getWhenTerminated());
    }

    /** Akka's own phases take 5 s unless told; here they are much too short for the jobs. */
    @Test
    void jobsMayTakeLongerThanAkkasPhases() throws Exception {
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                "shutdown-" + SYSTEMS.incrementAndGet(),
                ConfigFactory.parseString("akka.coordinated-shutdown.default-phase-timeout = 100ms")
                        .withFallback(ConfigFactory.load()));
        Held requestsDone = new Held(system, CoordinatedShutdown.PhaseServiceRequestsDone());
        Held drained = new Held(system, "workpools-done");
        Held stop = new Held(system, STOP);
        CountDownLatch gate = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = start(PoolKind.BLOCKING, system, (job, context) -> {
            gate.await();
            return job;
        });
        Batch<Integer> batch = pool.submitAll(List.of(1, 2, 3));
        CompletableFuture<Done> shutdown = shutDown(system);
        PoolTest.get(requestsDone.reached);
        PoolTest.get(drained.reached); // Akka has ended the phase before, whose task is not over
        assertThat(stop.reached).isNotDone();
        gate.countDown();
        drained.released.complete(Done.getInstance());
        assertThat(PoolTest.get(batch.result()).values()).containsExactly(1, 2, 3);
        PoolTest.get(stop.reached);
        stop.released.complete(Done.getInstance());
        PoolTest.get(shutdown);
    }

    @Test
    void whatIsCancelledIsCountedInTheLogWithTheSettingThatLimitedIt() throws Exception {
        ActorSystem<Void> system = system("60s");
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "late").withWorkers(1).withCloseTimeout(Duration.ofMillis(50));
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> {
            new Semaphore(0).acquire();
            return job;
        });
        try (CapturedLog log = CapturedLog.of("dev.workpool.internal.pool.ShutdownHook")) {
            Batch<Integer> batch = pool.submitAll(List.of(1, 2, 3));
            PoolTest.get(shutDown(system));
            assertThat(PoolTest.get(batch.result()).cancelled()).isEqualTo(3);
            await().untilAsserted(() -> assertThat(log.messages())
                    .containsExactly("Pool 'late' has 3 jobs left after 50 ms of shutdown, and cancels them;"
                            + " workpool.pools.late.close-timeout = 50 ms limits their time"));
        }
    }

    @Test
    void whereThePhaseIsInAnotherPlacePoolsAreDrainedWithTheRequestsAndThatIsSaid() throws Exception {
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                "shutdown-" + SYSTEMS.incrementAndGet(),
                ConfigFactory.parseString("""
                                akka.coordinated-shutdown.phases {
                                  service-stop.depends-on = [service-requests-done]
                                  workpools-done.depends-on = [service-stop]
                                  service-requests-done.timeout = 20s
                                }
                                """).withFallback(ConfigFactory.load()));
        Held stop = new Held(system, STOP);
        try (CapturedLog log = CapturedLog.of("dev.workpool.internal.pool.ShutdownHook")) {
            WorkerPool<Integer, Integer> pool = start(PoolKind.BLOCKING, system, (job, context) -> job);
            assertThat(log.messages())
                    .singleElement()
                    .asString()
                    .contains("'pool'", "close-timeout = 30000 ms")
                    .contains("service-requests-done", "20000 ms", "service-stop.depends-on");
            CompletableFuture<Done> shutdown = shutDown(system);
            PoolTest.get(stop.reached);
            PoolTest.get(pool.drain());
            stop.released.complete(Done.getInstance());
            PoolTest.get(shutdown);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = PoolKind.class,
            names = {"BLOCKING", "ASYNC"})
    void whatIsNotDoneNearTheEndOfThePhaseIsCancelled(PoolKind kind) throws Exception {
        ActorSystem<Void> system = system("400ms");
        Held stop = new Held(system, STOP);
        CountDownLatch interrupted = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = start(kind, system, (job, context) -> {
            try {
                new Semaphore(0).acquire();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return job;
        });
        Batch<Integer> batch = pool.submitAll(List.of(1, 2, 3));
        CompletableFuture<Done> shutdown = shutDown(system);
        PoolTest.get(stop.reached);
        interrupted.await();
        assertThat(PoolTest.get(batch.result()).cancelled()).isEqualTo(3);
        PoolTest.get(pool.drain());
        stop.released.complete(Done.getInstance());
        PoolTest.get(shutdown);
    }

    @Test
    void aHandlerThatIgnoresItsCancellationDoesNotHoldUpTheShutdown() throws Exception {
        ActorSystem<Void> system = system("400ms");
        CountDownLatch released = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = start(PoolKind.BLOCKING, system, (job, context) -> {
            while (released.getCount() > 0) {
                Thread.onSpinWait();
            }
            return job;
        });
        Batch<Integer> batch = pool.submitAll(List.of(1, 2));
        PoolTest.get(shutDown(system));
        assertThat(PoolTest.get(batch.result()).cancelled()).isEqualTo(2);
        released.countDown();
    }

    @Test
    void aPoolThatIsStartedTooLateTakesNoJobsAndEnds() throws Exception {
        ActorSystem<Void> system = system("60s");
        Held stop = new Held(system, STOP);
        CompletableFuture<Done> shutdown = shutDown(system);
        PoolTest.get(stop.reached);
        WorkerPool<Integer, Integer> pool = start(PoolKind.BLOCKING, system, (job, context) -> job);
        assertTakesNoMore(pool);
        pool.close();
        stop.released.complete(Done.getInstance());
        PoolTest.get(shutdown);
    }

    @Test
    void aPoolThatHasItSwitchedOffGoesOn() throws Exception {
        ActorSystem<Void> system = system("60s");
        Held stop = new Held(system, STOP);
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, "on").withCoordinatedShutdown(false);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> job);
        CompletableFuture<Done> shutdown = shutDown(system);
        PoolTest.get(stop.reached);
        assertThat(PoolTest.get(pool.submit(7))).isEqualTo(7);
        stop.released.complete(Done.getInstance());
        PoolTest.get(shutdown);
        assertTakesNoMore(pool);
    }

    @Test
    void aThousandPoolsLeaveNoTask() throws Exception {
        ActorSystem<Void> system = system("60s");
        int before = tasks(system);
        WorkerPool<Integer, Integer> open = start(PoolKind.BLOCKING, system, (job, context) -> job);
        assertThat(tasks(system)).isEqualTo(before + 2);
        for (int i = 0; i < 1_000; i++) {
            WorkerPoolSettings settings =
                    WorkerPoolSettings.create(system, "pool-" + i % 7).withWorkers(1);
            WorkerPool.start(system, settings, (Integer job) -> job).close();
        }
        assertThatThrownBy(() -> start(PoolKind.BLOCKING, system, (job, context) -> job)) // its name is taken
                .isInstanceOf(IllegalArgumentException.class);
        WorkerPoolSettings wrong = WorkerPoolSettings.create(system, "wrong").withControlDispatcher("nowhere");
        assertThatThrownBy(() -> WorkerPool.start(system, wrong, (Integer job) -> job))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(tasks(system)).isEqualTo(before + 2);
        open.close();
        assertThat(tasks(system)).isEqualTo(before);
        PoolTest.get(shutDown(system));
    }

    /** How many tasks a system's shutdown has, which Akka does not tell. */
    private static int tasks(ActorSystem<?> system) throws ReflectiveOperationException {
        Method tasks = CoordinatedShutdown.class.getDeclaredMethod("tasks");
        tasks.setAccessible(true);
        Object registry = tasks.invoke(CoordinatedShutdown.get(system));
        int count = 0;
        for (Field field : registry.getClass().getDeclaredFields()) {
            if (field.getName().endsWith("registeredPhases")) {
                field.setAccessible(true);
                for (Object phase : ((Map<?, ?>) field.get(registry)).values()) {
                    Method size = phase.getClass().getMethod("size");
                    size.setAccessible(true);
                    count += (int) size.invoke(phase);
                }
            }
        }
        return count;
    }
}
