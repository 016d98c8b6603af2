package dev.workpool.internal.akka;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.workpool.internal.util.SingleThreadExecutor;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExitGuardTest {
    private static final String SHORT_PHASES = """
            akka.coordinated-shutdown.default-phase-timeout = 10ms
            akka.coordinated-shutdown.phases {
              cluster-sharding-shutdown-region.timeout = 10ms, cluster-exiting.timeout = 10ms, actor-system-terminate.timeout = 10ms
            }
            """;

    private final CompletableFuture<Thread> hook = new CompletableFuture<>();
    private final CountDownLatch halted = new CountDownLatch(1);
    private final CompletableFuture<String> heardOn = new CompletableFuture<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private final SingleThreadExecutor executor = new SingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "control");
        thread.setUncaughtExceptionHandler((failed, error) -> {
            heardOn.complete(Thread.currentThread().getName() + " of " + failed.getName() + ": " + error.getMessage());
            awaitForEver(); // as System.exit does
        });
        return thread;
    });
    private ActorSystem<Void> system;

    private void awaitForEver() {
        try {
            never.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private ExitGuard start(String settings, Duration least) {
        system = ActorSystem.create(
                Behaviors.empty(),
                "guarded",
                ConfigFactory.parseString(settings).withFallback(ConfigFactory.load()));
        return new ExitGuard(system, new ExitGuard.Jvm(halted::countDown, hook::complete, least));
    }

    @AfterEach
    void end() throws Exception {
        never.countDown();
        executor.shutdown();
        system.terminate();
        PoolTest.get(system.getWhenTerminated());
    }

    private void fail(ExitGuard guard, Duration closeTimeout) throws Exception {
        executor.submit(() -> guard.add(ExitGuard.Phase.POOLS, closeTimeout, Duration.ZERO))
                .get();
        executor.execute(() -> {
            throw new OutOfMemoryError("a test's");
        });
    }

    private boolean isHalted() throws InterruptedException {
        return halted.await(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void akkaHearsOfAFatalErrorOnAnotherThreadAndTheActorsGoOn() throws Exception {
        ExitGuard guard = start("", Duration.ofDays(1));
        fail(guard, Duration.ofDays(1));
        assertThat(heardOn)
                .succeedsWithin(PoolTest.LONG)
                .isEqualTo("guarded-workpool-fatal-error of control: a test's");
        assertThat(executor.submit(() -> 1).get()).isEqualTo(1);
        assertThat(halted.getCount()).isEqualTo(1);
    }

    @Test
    void theProcessIsHaltedIfTheSystemDoesNotEndAfterAFatalError() throws Exception {
        fail(start("", Duration.ofMillis(1)), Duration.ofMillis(100));
        assertThat(isHalted()).isTrue();
    }

    @Test
    void theProcessIsHaltedIfItsShutdownTakesLongerThanItsPhasesMay() throws Exception {
        ExitGuard guard = start(SHORT_PHASES, Duration.ofDays(1));
        guard.add(ExitGuard.Phase.POOLS, Duration.ofMillis(10), Duration.ofMillis(10));
        hook.join().start();
        assertThat(isHalted()).isTrue();
    }

    @Test
    void whoHasEndedIsNotWaitedFor() throws Exception {
        ExitGuard guard = start(SHORT_PHASES, Duration.ofDays(1));
        ExitGuard.Member member = guard.add(ExitGuard.Phase.WORKERS, Duration.ofDays(1), Duration.ofDays(1));
        guard.remove(member);
        hook.join().start();
        assertThat(isHalted()).isTrue();
    }
}
