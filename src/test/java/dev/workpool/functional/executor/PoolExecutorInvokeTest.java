package dev.workpool.functional.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.support.ExecutorKind;
import dev.workpool.support.ExecutorTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code invokeAll} and {@code invokeAny}, on the JDK's executor as well as on ours. */
class PoolExecutorInvokeTest extends ExecutorTest {
    private static final String ALL = "dev.workpool.support.ExecutorKind#all";

    private static Callable<Object> failing(String message) {
        return () -> {
            throw new IOException(message);
        };
    }

    private static List<Callable<Integer>> numbers(int count) {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            tasks.add(() -> number);
        }
        return tasks;
    }

    // All

    @ParameterizedTest
    @MethodSource(ALL)
    void allGiveTheirResultsInOrder(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 3);
        for (List<Future<Integer>> futures : List.of(
                executor.invokeAll(numbers(1_000)),
                executor.invokeAll(numbers(1_000), LONG.toSeconds(), TimeUnit.SECONDS))) {
            assertThat(futures).hasSize(1_000);
            for (int i = 0; i < futures.size(); i++) {
                assertThat(futures.get(i).isDone()).isTrue();
                assertThat(futures.get(i).get()).isEqualTo(i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void allOfNothingIsNothing(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        assertThat(executor.invokeAll(List.<Callable<Object>>of())).isEmpty();
        assertThat(executor.invokeAll(List.<Callable<Object>>of(), 1, TimeUnit.SECONDS))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void allRefuseNull(ExecutorKind kind) {
        ExecutorService executor = start(kind, 1);
        List<Callable<Integer>> withNull = Arrays.asList(() -> 1, null);
        assertThatThrownBy(() -> executor.invokeAll(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAll(withNull)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAll(null, 1, TimeUnit.SECONDS))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAll(withNull, 1, TimeUnit.SECONDS))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAll(numbers(1), 1, null)).isInstanceOf(NullPointerException.class);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void allHaveTheirErrors(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 2);
        List<Future<Object>> futures = executor.invokeAll(List.of(() -> 1, failing("second"), () -> 3));
        assertThat(futures.get(0).get()).isEqualTo(1);
        assertThatThrownBy(() -> futures.get(1).get())
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(IOException.class);
        assertThat(futures.get(2).get()).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void allThatAreNotDoneInTimeAreCancelled(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = new Blocker();
        AtomicInteger ran = new AtomicInteger();
        List<Future<Object>> futures = executor.invokeAll(
                List.of(() -> "done", blocker::call, ran::incrementAndGet), 500, TimeUnit.MILLISECONDS);
        assertThat(futures).hasSize(3).allMatch(Future::isDone);
        assertThat(futures.get(1).isCancelled()).isTrue();
        assertThat(futures.get(2).isCancelled()).isTrue();
        if (blocker.begun.getCount() == 0) {
            awaitLatch(blocker.interrupted);
        }
        executor.shutdown();
        assertTerminates(executor);
        assertThat(ran).hasValue(0);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void allWithNoTimeAreCancelled(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        for (long timeout : new long[] {0, -1}) {
            AtomicInteger ran = new AtomicInteger();
            List<Future<Integer>> futures =
                    executor.invokeAll(List.of(ran::incrementAndGet, ran::incrementAndGet), timeout, TimeUnit.SECONDS);
            assertThat(futures).hasSize(2).allMatch(Future::isCancelled);
            for (Future<Integer> future : futures) {
                assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
            }
            get(executor.submit(() -> "flush"));
            assertThat(ran).hasValue(0);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void allAreCancelledIfTheirSubmitterIsInterrupted(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = new Blocker();
        AtomicInteger ran = new AtomicInteger();
        Side<Throwable> submitter = new Side<>(() -> {
            try {
                executor.invokeAll(List.<Callable<Object>>of(blocker::call, ran::incrementAndGet));
                return new AssertionError("not interrupted");
            } catch (InterruptedException e) {
                return e;
            }
        });
        blocker.awaitBegun();
        submitter.thread.interrupt();
        assertThat(submitter.get()).isInstanceOf(InterruptedException.class);
        awaitLatch(blocker.interrupted);
        executor.shutdown();
        assertTerminates(executor);
        assertThat(ran).hasValue(0);
    }

    // Any

    @ParameterizedTest
    @MethodSource(ALL)
    void anyGivesOneThatSucceeds(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 2);
        List<Callable<Object>> tasks = List.of(failing("one"), failing("two"), () -> "good", failing("three"));
        for (int i = 0; i < 200; i++) {
            assertThat(executor.invokeAny(tasks)).isEqualTo("good");
            assertThat(executor.invokeAny(tasks, LONG.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo("good");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anyRefusesNullAndNothing(ExecutorKind kind) {
        ExecutorService executor = start(kind, 1);
        List<Callable<Object>> nothing = List.of();
        List<Callable<Object>> withNull = Arrays.asList(failing("first"), null);
        assertThatThrownBy(() -> executor.invokeAny(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAny(nothing)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> executor.invokeAny(withNull)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAny(null, 1, TimeUnit.SECONDS))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAny(nothing, 1, TimeUnit.SECONDS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> executor.invokeAny(withNull, 1, TimeUnit.SECONDS))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAny(numbers(1), 1, null)).isInstanceOf(NullPointerException.class);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anyHasAnErrorIfAllFail(ExecutorKind kind) {
        ExecutorService executor = start(kind, 2);
        List<Callable<Object>> tasks = List.of(failing("one"), failing("two"));
        assertThatThrownBy(() -> executor.invokeAny(tasks))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> executor.invokeAny(tasks, LONG.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anyCancelsTheLosers(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 2);
        Blocker loser = new Blocker();
        Callable<Object> winner = () -> {
            loser.awaitBegun();
            return "won";
        };
        assertThat(executor.invokeAny(List.of(loser::call, winner))).isEqualTo("won");
        awaitLatch(loser.interrupted);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anyThatTakesTooLongIsCancelled(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = new Blocker();
        assertThatThrownBy(() -> executor.invokeAny(List.of(blocker, blocker), 500, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        if (blocker.begun.getCount() == 0) {
            awaitLatch(blocker.interrupted);
        }
        assertThat(get(executor.submit(() -> "next"))).isEqualTo("next");
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anyWithNoTimeTimesOutIfNoneIsDone(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        occupy(executor);
        for (long timeout : new long[] {0, -1}) {
            assertThatThrownBy(() -> executor.invokeAny(numbers(2), timeout, TimeUnit.SECONDS))
                    .isInstanceOf(TimeoutException.class);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anyIsCancelledIfItsSubmitterIsInterrupted(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = new Blocker();
        Side<Throwable> submitter = new Side<>(() -> {
            try {
                executor.invokeAny(List.of(blocker));
                return new AssertionError("not interrupted");
            } catch (InterruptedException e) {
                return e;
            }
        });
        blocker.awaitBegun();
        submitter.thread.interrupt();
        assertThat(submitter.get()).isInstanceOf(InterruptedException.class);
        awaitLatch(blocker.interrupted);
    }

    // After the end

    @ParameterizedTest
    @MethodSource(ALL)
    void bothAreRejectedAfterTheEnd(ExecutorKind kind) {
        ExecutorService executor = start(kind, 1);
        executor.shutdown();
        assertThatThrownBy(() -> executor.invokeAll(numbers(2))).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> executor.invokeAll(numbers(2), 1, TimeUnit.SECONDS))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> executor.invokeAny(numbers(2))).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> executor.invokeAny(numbers(2), 1, TimeUnit.SECONDS))
                .isInstanceOf(RejectedExecutionException.class);
    }
}
