package dev.workpool.functional.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.PoolExecutor;
import dev.workpool.support.ExecutorKind;
import dev.workpool.support.ExecutorTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How an executor ends, the JDK's as well as ours. */
class PoolExecutorEndTest extends ExecutorTest {
    private static final String ALL = "dev.workpool.support.ExecutorKind#all";

    /** Those that have {@code close}, which the JDK's has since 19. */
    static Stream<ExecutorKind> closeable() {
        return ExecutorKind.all()
                .filter(kind -> kind != ExecutorKind.JDK || Runtime.version().feature() >= 19);
    }

    private static void close(ExecutorService executor) throws Exception {
        ((AutoCloseable) executor).close();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void afterShutdownWhatWasAcceptedRunsAndNothingElse(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        assertThat(executor.isShutdown()).isFalse();
        assertThat(executor.isTerminated()).isFalse();
        Blocker blocker = new Blocker();
        Future<String> running = executor.submit(blocker);
        blocker.awaitBegun();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            executor.execute(ran::incrementAndGet);
        }
        executor.shutdown();
        executor.shutdown();
        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.isTerminated()).isFalse();
        for (Runnable submission : List.<Runnable>of(
                () -> executor.execute(ran::incrementAndGet),
                () -> executor.submit((Callable<?>) ran::incrementAndGet),
                () -> executor.submit((Runnable) ran::incrementAndGet),
                () -> executor.submit(ran::incrementAndGet, "result"))) {
            assertThatThrownBy(submission::run).isInstanceOf(RejectedExecutionException.class);
        }
        for (long timeout : new long[] {-1, 0, 1}) {
            assertThat(executor.awaitTermination(timeout, TimeUnit.MILLISECONDS))
                    .isFalse();
        }
        blocker.released.countDown();
        assertTerminates(executor);
        assertThat(get(running)).isEqualTo("released");
        assertThat(ran).hasValue(100);
        assertThat(executor.awaitTermination(0, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.awaitTermination(-1, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.shutdownNow()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anExecutorThatHadNothingToDoTerminates(ExecutorKind kind) throws Exception {
        ExecutorService first = start(kind, 3);
        first.shutdown();
        assertTerminates(first);
        ExecutorService second = start(kind, 3);
        assertThat(second.shutdownNow()).isEmpty();
        assertTerminates(second);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whoeverAwaitsTheEndCanBeInterrupted(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        assertThatThrownBy(() -> executor.awaitTermination(1, null)).isInstanceOf(NullPointerException.class);
        Side<Throwable> waiter = new Side<>(() -> {
            try {
                executor.awaitTermination(1, TimeUnit.DAYS);
                return new AssertionError("not interrupted");
            } catch (InterruptedException e) {
                return e;
            }
        });
        waiter.thread.interrupt();
        assertThat(waiter.get()).isInstanceOf(InterruptedException.class);
        assertThat(executor.isShutdown()).isFalse();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void stoppingGivesBackWhatNeverBegan(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 2);
        List<Blocker> blockers = occupy(executor, 2);
        AtomicInteger ran = new AtomicInteger();
        List<Object> given = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Runnable task = new FutureTask<>(ran::incrementAndGet);
            executor.execute(task);
            given.add(task);
            given.add(executor.submit((Callable<Integer>) ran::incrementAndGet));
        }
        Future<?> cancelled = (Future<?>) given.get(1);
        cancelled.cancel(true);
        List<Runnable> back = executor.shutdownNow();
        assertThat(executor.isShutdown()).isTrue();
        assertThat(back).hasSameSizeAs(given);
        for (int i = 0; i < back.size(); i++) {
            assertThat(back.get(i)).isSameAs(given.get(i));
        }
        for (Blocker blocker : blockers) {
            awaitLatch(blocker.interrupted);
        }
        assertTerminates(executor);
        assertThat(executor.shutdownNow()).isEmpty();
        assertThat(ran).hasValue(0);
        for (Object future : given) {
            assertThat(((Future<?>) future).isDone()).isEqualTo(future == cancelled);
        }
        back.forEach(Runnable::run); // it is the caller's now
        assertThat(get((Future<?>) given.get(599))).isEqualTo(599);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void theListOfWhatIsGivenBackIsTheCallers(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        occupy(executor);
        Counted task = new Counted();
        executor.execute(task);
        List<Runnable> back = executor.shutdownNow();
        back.add(() -> {});
        assertThat(back.remove(0)).isSameAs(task);
        List<Runnable> again = executor.shutdownNow();
        again.addAll(back);
        assertThat(again).hasSize(1);
    }

    /** A task that counts its interrupts, and lets none of them end it. */
    private static final class Stubborn implements Runnable, AutoCloseable {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        final Semaphore interrupts = new Semaphore(0);

        @Override
        public void run() {
            begun.countDown();
            while (release.getCount() > 0) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    interrupts.release();
                }
            }
        }

        @Override
        public void close() {
            release.countDown();
        }

        void awaitInterrupt() throws InterruptedException {
            assertThat(interrupts.tryAcquire(LONG.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    /** Also what the pool has given up, with all of its actors. */
    @ParameterizedTest
    @MethodSource(ALL)
    void stoppingAgainInterruptsAgainWhatStillRuns(ExecutorKind kind) throws Exception {
        for (long graceMs : new long[] {1, 60_000}) {
            ExecutorService executor = start(kind, settings(2).withCancelGrace(Duration.ofMillis(graceMs)));
            try (Stubborn one = new Stubborn();
                    Stubborn other = new Stubborn()) {
                executor.execute(one);
                executor.execute(other);
                awaitLatch(one.begun);
                awaitLatch(other.begun);
                for (int round = 0; round < 20; round++) {
                    executor.shutdownNow();
                    one.awaitInterrupt();
                    other.awaitInterrupt();
                    if (round == 10 && executor instanceof PoolExecutor pool && graceMs == 1) {
                        await().atMost(LONG).until(() -> isGone(pool));
                    }
                }
                one.release.countDown();
                assertThat(executor.isTerminated()).isFalse();
                other.release.countDown();
                assertTerminates(executor);
                executor.shutdownNow();
                assertThat(one.interrupts.availablePermits() + other.interrupts.availablePermits())
                        .isZero();
            }
        }
    }

    /** Then its name is free. */
    private boolean isGone(PoolExecutor executor) {
        try {
            PoolExecutor.start(system, executor.name()).close();
            return true;
        } catch (IllegalArgumentException taken) {
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.ExecutorKind#ours")
    void stoppingInterruptsWhatHasTimedOutAndRunsOn(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, settings(1).withJobTimeout(Duration.ofMillis(5)));
        try (Stubborn task = new Stubborn()) {
            executor.execute(task);
            task.awaitInterrupt();
            executor.shutdownNow();
            task.awaitInterrupt();
        }
        assertTerminates(executor);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void stoppingInterruptsWhatRunsAndItsFutureSaysWhatItCameTo(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = new Blocker();
        Future<String> future = executor.submit(blocker);
        blocker.awaitBegun();
        executor.shutdownNow();
        assertThatThrownBy(() -> get(future))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertTerminates(executor);
    }

    /** Also when it takes longer than the pool's patience with what it calls an abandoned handler. */
    @ParameterizedTest
    @MethodSource(ALL)
    void anExecutorHasNotTerminatedWhileATaskThatIgnoresItsInterruptRuns(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, settings(1).withCancelGrace(Duration.ofMillis(1)));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        Future<String> stubborn = executor.submit(() -> {
            begun.countDown();
            while (release.getCount() > 0) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    told.countDown();
                }
            }
            return "its value";
        });
        awaitLatch(begun);
        executor.shutdownNow();
        awaitLatch(told);
        assertThat(executor.awaitTermination(300, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(executor.isTerminated()).isFalse();
        assertThat(stubborn.isDone()).isFalse();
        release.countDown();
        assertThat(get(stubborn)).isEqualTo("its value");
        assertTerminates(executor);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aTaskCanStopItsOwnExecutor(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        CountDownLatch queued = new CountDownLatch(1);
        Future<Integer> stopping = executor.submit(() -> {
            awaitLatch(queued);
            return executor.shutdownNow().size();
        });
        executor.execute(() -> {});
        executor.execute(() -> {});
        queued.countDown();
        assertThat(get(stopping)).isEqualTo(2);
        assertTerminates(executor);
    }

    @ParameterizedTest
    @MethodSource("closeable")
    void closingWaitsForWhatWasAccepted(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = occupy(executor);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 50; i++) {
            executor.execute(ran::incrementAndGet);
        }
        Side<Integer> closer = new Side<>(() -> {
            close(executor);
            return ran.get();
        });
        await().atMost(LONG).until(executor::isShutdown);
        assertThat(closer.result.isDone()).isFalse();
        blocker.released.countDown();
        assertThat(closer.get()).isEqualTo(50);
        assertThat(executor.isTerminated()).isTrue();
        close(executor);
    }

    @ParameterizedTest
    @MethodSource("closeable")
    void closingThatIsInterruptedStops(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = occupy(executor);
        AtomicInteger ran = new AtomicInteger();
        Future<?> queued = executor.submit(ran::incrementAndGet);
        Side<Boolean> closer = new Side<>(() -> {
            close(executor);
            return Thread.interrupted();
        });
        await().atMost(LONG).until(executor::isShutdown);
        closer.thread.interrupt();
        assertThat(closer.get()).isTrue();
        assertThat(executor.isTerminated()).isTrue();
        assertThat(blocker.interrupted.getCount()).isZero();
        assertThat(ran).hasValue(0);
        if (kind != ExecutorKind.JDK) { // which leaves whoever waits for it waiting
            assertThatThrownBy(() -> get(queued)).isInstanceOf(CancellationException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("closeable")
    void closingOnAThreadThatIsInterruptedStopsAtOnce(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = occupy(executor);
        Thread.currentThread().interrupt();
        close(executor);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(blocker.interrupted.getCount()).isZero();
    }

    @ParameterizedTest
    @MethodSource("closeable")
    void aTerminatedExecutorIsClosedWithoutALook(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        executor.shutdown();
        assertTerminates(executor);
        Thread.currentThread().interrupt();
        close(executor);
        assertThat(Thread.interrupted()).isTrue();
    }
}
