package dev.workpool.functional.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.job.PoolStats;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads that wait for single jobs, which are handed the outcome if nobody else depends on it. */
class SubmittedJobTest extends PoolTest {
    /** As many as the callback executor has by default. */
    private static final int CALLBACK_THREADS = 16;

    private CountDownLatch gate;
    private WorkerPool<Integer, Integer> pool;

    @BeforeEach
    void startPool() {
        gate = new CountDownLatch(1);
        pool = WorkerPool.start(system, settings(2), (Integer job) -> {
            gate.await();
            if (job < 0) {
                throw new IllegalArgumentException("negative");
            }
            return job;
        });
    }

    @AfterEach
    void closePool() {
        gate.countDown();
        pool.close();
    }

    /** A thread that waits, and what for. */
    private static final class Waiter<T> {
        final FutureTask<T> task;
        final Thread thread;

        Waiter(Callable<T> wait) {
            task = new FutureTask<>(wait);
            thread = new Thread(task, "waiter");
            thread.start();
        }

        Waiter<T> untilItWaits() {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> thread.getState() == Thread.State.WAITING
                            || thread.getState() == Thread.State.TIMED_WAITING
                            || task.isDone());
            return this;
        }

        T result() throws Exception {
            return task.get(LONG.toSeconds(), TimeUnit.SECONDS);
        }
    }

    static Stream<String> ways() {
        return Stream.of("get", "get with a time", "join");
    }

    private static <T> Callable<T> wait(String way, CompletableFuture<T> future) {
        return switch (way) {
            case "get" -> future::get;
            case "join" -> future::join;
            default -> () -> future.get(1, TimeUnit.HOURS);
        };
    }

    /** Keeps every callback thread busy until the latch opens. */
    private void keepCallbackThreadsBusy(CountDownLatch until) throws Exception {
        CountDownLatch registered = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(CALLBACK_THREADS);
        WorkerPool<Integer, Integer> other = WorkerPool.start(system, settings(2), (Integer job) -> {
            registered.await();
            return job;
        });
        for (int i = 0; i < CALLBACK_THREADS; i++) {
            other.submitAll(List.of(i)).result().thenRun(() -> {
                busy.countDown();
                Handlers.ignoreInterruptsUntil(until);
            });
        }
        registered.countDown(); // not before, or a callback would run on the thread that registers it
        other.drain();
        assertThat(busy.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aThreadThatWaitsNeedsNoCallbackThread(String way) throws Exception {
        CountDownLatch until = new CountDownLatch(1);
        try {
            keepCallbackThreadsBusy(until);
            CompletableFuture<Integer> future = pool.submit(7);
            CompletableFuture<Integer> failing = pool.submit(-1);
            Waiter<Integer> waiter = new Waiter<>(wait(way, future)).untilItWaits();
            Waiter<Integer> other = new Waiter<>(wait(way, failing)).untilItWaits();
            gate.countDown();
            assertThat(waiter.result()).isEqualTo(7);
            assertThat(future).isCompletedWithValue(7);
            assertThatThrownBy(other::result).hasRootCauseMessage("negative");
            assertThat(failing).isCompletedExceptionally();
        } finally {
            until.countDown();
        }
    }

    /** As in any future of the JDK's, a thread that waits may run them too. */
    @ParameterizedTest
    @MethodSource("ways")
    void callbacksRunOnNoThreadOfTheActors(String way) throws Exception {
        Map<CompletableFuture<Integer>, Waiter<Integer>> waiters = new LinkedHashMap<>();
        List<AtomicReference<Thread>> ran = new ArrayList<>();
        for (boolean before : List.of(true, false)) {
            CompletableFuture<Integer> future = pool.submit(7);
            Runnable register = () -> {
                ran.add(noteThread(future));
                ran.add(noteThread(CompletableFuture.allOf(future)));
            };
            if (before) {
                register.run();
            }
            waiters.put(future, new Waiter<>(wait(way, future)).untilItWaits());
            if (!before) {
                register.run();
            }
        }
        gate.countDown();
        for (Waiter<Integer> waiter : waiters.values()) {
            assertThat(waiter.result()).isEqualTo(7);
        }
        await().untilAsserted(() -> assertThat(ran)
                .hasSize(4)
                .allSatisfy(thread -> assertThat(thread.get().getName()).containsAnyOf("callback", "waiter")));
    }

    private static AtomicReference<Thread> noteThread(CompletableFuture<?> future) {
        AtomicReference<Thread> thread = new AtomicReference<>();
        future.thenRun(() -> thread.set(Thread.currentThread()));
        return thread;
    }

    @Test
    void manyMayWait() throws Exception {
        CompletableFuture<Integer> future = pool.submit(7);
        List<Waiter<Integer>> waiters = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ways().forEach(way -> waiters.add(new Waiter<>(wait(way, future)).untilItWaits()));
        }
        gate.countDown();
        for (Waiter<Integer> waiter : waiters) {
            assertThat(waiter.result()).isEqualTo(7);
        }
    }

    @Test
    void aThreadOfAForkJoinPoolWaits() throws Exception {
        ForkJoinPool threads = new ForkJoinPool(1);
        try {
            var result = threads.submit(() -> pool.submit(7).get());
            gate.countDown();
            assertThat(result.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(7);
        } finally {
            threads.shutdown();
        }
    }

    private static Map<String, Consumer<CompletableFuture<Integer>>> otherEnds() {
        Map<String, Consumer<CompletableFuture<Integer>>> ends = new LinkedHashMap<>();
        ends.put("complete", future -> future.complete(1));
        ends.put("completeExceptionally", future -> future.completeExceptionally(new IllegalStateException()));
        ends.put("completeAsync", future -> future.completeAsync(() -> 1));
        ends.put("completeOnTimeout", future -> future.completeOnTimeout(1, 1, TimeUnit.MILLISECONDS));
        ends.put("orTimeout", future -> future.orTimeout(1, TimeUnit.MILLISECONDS));
        ends.put("obtrudeValue", future -> future.obtrudeValue(1));
        ends.put("obtrudeException", future -> future.obtrudeException(new IllegalStateException()));
        ends.put("cancel", future -> future.cancel(true));
        return ends;
    }

    static Stream<String> otherEndsNames() {
        return otherEnds().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("otherEndsNames")
    void whoeverElseCompletesItWakesTheThreadThatWaits(String end) {
        for (String way : ways().toList()) {
            CompletableFuture<Integer> future = pool.submit(7);
            Waiter<Integer> waiter = new Waiter<>(wait(way, future)).untilItWaits();
            otherEnds().get(end).accept(future);
            try {
                assertThat(waiter.result()).isEqualTo(1);
            } catch (Exception e) {
                assertThat(e).hasCauseInstanceOf(end.equals("cancel") ? CancellationException.class : Exception.class);
                assertThat(future).isCompletedExceptionally();
            }
        }
    }

    @Test
    void aThreadThatIsInterruptedStopsWaitingAndOneInJoinDoesNot() throws Exception {
        CompletableFuture<Integer> future = pool.submit(7);
        Waiter<Integer> inGet = new Waiter<>(future::get).untilItWaits();
        inGet.thread.interrupt();
        assertThatThrownBy(inGet::result).hasCauseInstanceOf(InterruptedException.class);
        Waiter<Boolean> inJoin = new Waiter<>(() -> {
                    assertThat(future.join()).isEqualTo(7);
                    return Thread.interrupted();
                })
                .untilItWaits();
        inJoin.thread.interrupt();
        gate.countDown();
        assertThat(inJoin.result()).as("is still interrupted").isTrue();
    }

    @Test
    void aThreadThatHasWaitedLongEnoughStops() throws Exception {
        CompletableFuture<Integer> future = pool.submit(7);
        assertThatThrownBy(() -> future.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> future.get(0, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        gate.countDown();
        assertThat(future.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(7);
    }

    @Test
    void whoWaitsWhenThePoolIsAbortedHearsOfIt() {
        CompletableFuture<Integer> future = pool.submit(7);
        Waiter<Integer> waiter = new Waiter<>(future::get).untilItWaits();
        pool.abort();
        assertThatThrownBy(waiter::result).hasCauseInstanceOf(CancellationException.class);
    }

    /** The end of the job races with the end of the wait: by time, by interrupt, by a value from elsewhere, by a cancellation. */
    @Test
    void whicheverComesFirstNothingIsLostAndNobodyHangs() throws Exception {
        gate.countDown();
        for (int round = 0; round < 4_000; round++) {
            CompletableFuture<Integer> future = pool.submit(round);
            Thread self = Thread.currentThread();
            int kind = round % 4;
            long delayNs = round * 7L % 40_000;
            Waiter<Void> rival = new Waiter<>(() -> {
                LockSupport.parkNanos(delayNs);
                switch (kind) {
                    case 0 -> self.interrupt();
                    case 1 -> future.complete(-1);
                    case 2 -> future.cancel(true);
                    default -> future.thenAccept(value -> {});
                }
                return null;
            });
            Integer value = null;
            try {
                value = kind == 3 ? future.get(1 + delayNs, TimeUnit.NANOSECONDS) : future.get();
            } catch (InterruptedException | TimeoutException | CancellationException e) {
                assertThat(kind).isNotEqualTo(1);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(CancellationException.class);
            }
            while (rival.thread.isAlive()) {
                try {
                    rival.thread.join();
                } catch (InterruptedException e) {
                    assertThat(kind).isZero();
                }
            }
            assertThat(Thread.interrupted() && kind != 0).isFalse();
            Integer atLast = kind == 2 ? valueUnlessCancelled(future) : future.get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(value == null || value.equals(atLast)).isTrue();
        }
        PoolStats stats = get(pool.drain().thenCompose(end -> pool.stats()));
        assertThat(stats.succeeded() + stats.cancelled()).isEqualTo(4_000);
    }

    private static Integer valueUnlessCancelled(CompletableFuture<Integer> future) {
        try {
            return future.join();
        } catch (CancellationException | CompletionException e) {
            return null;
        }
    }
}
