package dev.workpool.functional.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.support.ExecutorKind;
import dev.workpool.support.ExecutorTest;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link ExecutorService} says of tasks and their futures, on the JDK's executor as well as on ours. */
class PoolExecutorTest extends ExecutorTest {
    private static final String ALL = "dev.workpool.support.ExecutorKind#all";

    @ParameterizedTest
    @MethodSource(ALL)
    void runsWhatIsExecuted(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 2);
        CountDownLatch ran = new CountDownLatch(1_000);
        for (int i = 0; i < 1_000; i++) {
            executor.execute(ran::countDown);
        }
        awaitLatch(ran);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void givesResultsBack(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 2);
        AtomicInteger ran = new AtomicInteger();
        assertThat(get(executor.submit(() -> "value"))).isEqualTo("value");
        assertThat(get(executor.submit((Callable<Object>) () -> null))).isNull();
        assertThat(get(executor.submit((Runnable) ran::incrementAndGet))).isNull();
        assertThat(get(executor.submit((Runnable) ran::incrementAndGet, "given")))
                .isEqualTo("given");
        assertThat(ran).hasValue(2);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void refusesNull(ExecutorKind kind) {
        ExecutorService executor = start(kind, 1);
        assertThatThrownBy(() -> executor.execute(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.submit((Callable<?>) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.submit((Runnable) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.submit(null, "result")).isInstanceOf(NullPointerException.class);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void givesErrorsBack(ExecutorKind kind) {
        ExecutorService executor = start(kind, 1);
        for (Throwable error : List.of(
                new IOException("checked"),
                new IllegalStateException("unchecked"),
                new InterruptedException("of the task's own"),
                new StackOverflowError("an error"))) {
            Future<?> future = executor.submit(() -> {
                if (error instanceof Error e) {
                    throw e;
                }
                throw (Exception) error;
            });
            assertThatThrownBy(() -> get(future))
                    .isInstanceOf(ExecutionException.class)
                    .hasCause(error);
            assertThat(future.isDone()).isTrue();
            assertThat(future.isCancelled()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    @ResourceLock("uncaughtExceptionHandler")
    void whatExecutedTasksThrowIsUncaughtAndEndsNoWorker(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        CountDownLatch both =
                new CountDownLatch(2); // no Awaitility, which has a default handler of its own while it waits
        Thread.setDefaultUncaughtExceptionHandler((thread, error) -> {
            uncaught.add(error);
            both.countDown();
            throw new IllegalStateException("the handler's own is ignored");
        });
        try {
            RuntimeException exception = new RuntimeException("of a task");
            Error error = new LinkageError("of a task");
            executor.execute(() -> {
                throw exception;
            });
            executor.execute(() -> {
                throw error;
            });
            assertThat(get(executor.submit(() -> "lives"))).isEqualTo("lives");
            awaitLatch(both);
            assertThat(uncaught).containsExactlyInAnyOrder(exception, error);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void oneWorkerRunsInOrder(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 5_000; i++) {
            int number = i;
            executor.execute(() -> order.add(number));
        }
        executor.shutdown();
        assertTerminates(executor);
        assertThat(order).isEqualTo(PoolTest.jobs(5_000));
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void noMoreRunThanThereAreWorkers(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 3);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 2_000; i++) {
            executor.execute(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                running.decrementAndGet();
            });
        }
        List<Blocker> blockers = occupy(executor, 3);
        blockers.forEach(blocker -> blocker.released.countDown());
        executor.shutdown();
        assertTerminates(executor);
        assertThat(most.get()).isBetween(1, 3);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aFutureSaysWhereItsTaskIs(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = new Blocker();
        Future<String> future = executor.submit(blocker);
        blocker.awaitBegun();
        assertThat(future.isDone()).isFalse();
        for (long timeout : new long[] {-1, 0, 1}) {
            assertThatThrownBy(() -> future.get(timeout, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        }
        blocker.released.countDown();
        assertThat(get(future)).isEqualTo("released");
        assertThat(future.get(0, TimeUnit.SECONDS)).isEqualTo("released");
        assertThat(future.isDone()).isTrue();
        assertThat(future.isCancelled()).isFalse();
        assertThat(future.cancel(true)).isFalse();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whoeverWaitsCanBeInterrupted(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = new Blocker();
        Future<String> future = executor.submit(blocker);
        blocker.awaitBegun();
        Side<Throwable> waiter = new Side<>(() -> {
            try {
                return new AssertionError(future.get());
            } catch (InterruptedException e) {
                return e;
            }
        });
        waiter.thread.interrupt();
        assertThat(waiter.get()).isInstanceOf(InterruptedException.class);
        assertThat(future.isDone()).isFalse();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whatIsCancelledBeforeItBeginsNeverRuns(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = occupy(executor);
        AtomicBoolean ran = new AtomicBoolean();
        Future<?> interrupting = executor.submit(() -> ran.set(true));
        Future<?> gentle = executor.submit(() -> ran.set(true));
        assertThat(interrupting.cancel(true)).isTrue();
        assertThat(gentle.cancel(false)).isTrue();
        assertThat(gentle.cancel(false)).isFalse();
        assertThat(gentle.isDone()).isTrue();
        assertThat(gentle.isCancelled()).isTrue();
        assertThatThrownBy(() -> get(gentle)).isInstanceOf(CancellationException.class);
        blocker.released.countDown();
        assertThat(get(executor.submit(() -> "next"))).isEqualTo("next");
        assertThat(blocker.interrupted.getCount()).isEqualTo(1);
        assertThat(ran).isFalse();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void cancellingTrueInterruptsWhatRuns(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = new Blocker();
        Future<String> future = executor.submit(blocker);
        blocker.awaitBegun();
        assertThat(future.cancel(true)).isTrue();
        awaitLatch(blocker.interrupted);
        assertThatThrownBy(() -> get(future)).isInstanceOf(CancellationException.class);
        assertThat(get(executor.submit(Thread::interrupted))).isFalse();
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void cancellingFalseInterruptsNothing(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Blocker blocker = new Blocker();
        Future<String> future = executor.submit(blocker);
        blocker.awaitBegun();
        assertThat(future.cancel(false)).isTrue();
        assertThat(future.isDone()).isTrue();
        Future<String> next = executor.submit(() -> "next");
        assertThat(next.isDone()).isFalse();
        blocker.released.countDown();
        assertThat(get(next)).isEqualTo("next");
        assertThat(blocker.interrupted.getCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void anInterruptThatATaskLeavesBehindIsGoneForTheNext(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        List<Future<Boolean>> seen = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            seen.add(executor.submit(() -> {
                boolean interrupted = Thread.currentThread().isInterrupted();
                Thread.currentThread().interrupt();
                return interrupted;
            }));
        }
        for (Future<Boolean> each : seen) {
            assertThat(get(each)).isFalse();
        }
    }

    /** Also where tasks have been so cheap that many would go to a worker at a time. */
    @ParameterizedTest
    @MethodSource(ALL)
    void aTaskCanWaitForAnotherAsLongAsAWorkerIsLeft(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 2);
        for (int round = 0; round < 3; round++) {
            CountDownLatch cheap = new CountDownLatch(2_000);
            for (int i = 0; i < 2_000; i++) {
                executor.execute(cheap::countDown);
            }
            awaitLatch(cheap);
            CountDownLatch inner = new CountDownLatch(1);
            Future<String> outer = executor.submit(() -> {
                Future<String> nested = executor.submit(() -> "nested");
                inner.countDown();
                return nested.get();
            });
            awaitLatch(inner);
            assertThat(get(outer)).isEqualTo("nested");
            CountDownLatch both = new CountDownLatch(2);
            Callable<Boolean> meet = () -> {
                both.countDown();
                return both.await(LONG.toSeconds(), TimeUnit.SECONDS);
            };
            for (Future<Boolean> met : List.of(executor.submit(meet), executor.submit(meet))) {
                assertThat(get(met)).isTrue();
            }
        }
    }

    /** What a submitter has written its task sees, and what the task has written whoever gets its result sees. */
    @ParameterizedTest
    @MethodSource(ALL)
    void memoryIsSeenFromSubmitToTaskToGet(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 2);
        for (int i = 0; i < 2_000; i++) {
            int[] plain = {i, 0};
            Future<?> future = executor.submit(() -> {
                plain[1] = plain[0] + 1;
            });
            get(future);
            assertThat(plain[1]).isEqualTo(i + 1);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void completableFuturesRunOnIt(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 2);
        Set<String> threads = ConcurrentHashMap.newKeySet();
        CompletableFuture<Integer> sum = CompletableFuture.completedFuture(0);
        for (int i = 1; i <= 100; i++) {
            int number = i;
            CompletableFuture<Integer> next = CompletableFuture.supplyAsync(
                    () -> {
                        threads.add(Thread.currentThread().getName());
                        return number;
                    },
                    executor);
            sum = sum.thenCombineAsync(next, Integer::sum, executor);
        }
        assertThat(get((Future<Integer>) sum)).isEqualTo(5_050);
        assertThat(threads).isNotEmpty().allMatch(name -> name.startsWith("test-"));
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void completionServicesRunOnIt(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 2);
        ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(executor);
        for (int i = 0; i < 100; i++) {
            int number = i;
            service.submit(() -> number);
        }
        List<Integer> results = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            results.add(get(service.poll(LONG.toSeconds(), TimeUnit.SECONDS)));
        }
        assertThat(results).containsExactlyInAnyOrderElementsOf(jobs(100));
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void futuresOfOthersCanBeExecuted(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        FutureTask<String> own = new FutureTask<>(() -> "own");
        executor.execute(own);
        assertThat(get(own)).isEqualTo("own");
    }

    @ParameterizedTest
    @MethodSource(ALL)
    @EnabledForJreRange(min = JRE.JAVA_19)
    void futuresHaveWhatNewerJdksAsk(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        Future<String> done = executor.submit(() -> "done");
        get(done);
        Future<String> failed = executor.submit(() -> {
            throw new IOException("failed");
        });
        assertThatThrownBy(() -> get(failed)).isInstanceOf(ExecutionException.class);
        Blocker blocker = new Blocker();
        Future<String> running = executor.submit(blocker);
        blocker.awaitBegun();
        assertThat(ask(done, "state")).hasToString("SUCCESS");
        assertThat(ask(done, "resultNow")).isEqualTo("done");
        assertThat(ask(failed, "state")).hasToString("FAILED");
        assertThat(ask(failed, "exceptionNow")).isInstanceOf(IOException.class);
        assertThat(ask(running, "state")).hasToString("RUNNING");
        running.cancel(true);
        assertThat(ask(running, "state")).hasToString("CANCELLED");
    }

    private static Object ask(Future<?> future, String method) throws Exception {
        return Future.class.getMethod(method).invoke(future);
    }
}
