package dev.workpool.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/** What tests of executors share: executors that are stopped after the test, and tasks that wait. */
public abstract class ExecutorTest extends PoolTest {
    private final List<ExecutorService> started = new ArrayList<>();

    /** A task that runs until it is released, or interrupted. */
    public static final class Blocker implements Callable<String> {
        public final CountDownLatch begun = new CountDownLatch(1);
        public final CountDownLatch released = new CountDownLatch(1);
        public final CountDownLatch interrupted = new CountDownLatch(1);

        @Override
        public String call() throws InterruptedException {
            begun.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return "released";
        }

        public Blocker awaitBegun() throws InterruptedException {
            awaitLatch(begun);
            return this;
        }
    }

    protected ExecutorService start(ExecutorKind kind, WorkerPoolSettings settings) {
        ExecutorService executor = kind.start(system, settings);
        started.add(executor);
        return executor;
    }

    protected ExecutorService start(ExecutorKind kind, int workers) {
        return start(kind, settings(workers));
    }

    @AfterEach
    void stopExecutors() throws InterruptedException {
        for (ExecutorService executor : started) {
            executor.shutdownNow();
            assertThat(executor.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
        started.clear();
    }

    /** Occupies each worker of an executor. */
    protected static List<Blocker> occupy(ExecutorService executor, int workers) throws InterruptedException {
        List<Blocker> blockers = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            Blocker blocker = new Blocker();
            blockers.add(blocker);
            executor.submit(blocker);
        }
        for (Blocker blocker : blockers) {
            blocker.awaitBegun();
        }
        return blockers;
    }

    protected static Blocker occupy(ExecutorService executor) throws InterruptedException {
        return occupy(executor, 1).get(0);
    }

    public static void awaitLatch(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    public static <T> T get(Future<T> future) throws Exception {
        return future.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    protected static void assertTerminates(ExecutorService executor) throws InterruptedException {
        assertThat(executor.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(executor.isTerminated()).isTrue();
        assertThat(executor.isShutdown()).isTrue();
    }

    /** A thread that does something which may block, and what it came to. */
    public static final class Side<T> {
        public final FutureTask<T> result;
        public final Thread thread;

        public Side(Callable<T> body) {
            result = new FutureTask<>(body);
            thread = new Thread(result, "side");
            thread.setDaemon(true);
            thread.start();
        }

        public T get() throws Exception {
            return ExecutorTest.get(result);
        }
    }

    /** A task that counts its runs. */
    public static final class Counted implements Runnable {
        public final AtomicInteger runs = new AtomicInteger();

        @Override
        public void run() {
            runs.incrementAndGet();
        }
    }

    /** Runs bodies at the same time, and gives what they returned in their order. */
    @SafeVarargs
    protected static <T> List<T> together(Callable<? extends T>... bodies) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(bodies.length);
        List<Side<T>> sides = new ArrayList<>();
        for (Callable<? extends T> body : bodies) {
            sides.add(new Side<>(() -> {
                barrier.await();
                return body.call();
            }));
        }
        List<T> results = new ArrayList<>();
        for (Side<T> side : sides) {
            results.add(side.get());
        }
        return results;
    }

    protected static Callable<List<Runnable>> nothing(Runnable body) {
        return () -> {
            body.run();
            return List.of();
        };
    }

    protected static List<Runnable> flat(List<List<Runnable>> lists) {
        return lists.stream().flatMap(List::stream).toList();
    }
}
