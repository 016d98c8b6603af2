package dev.workpool.functional.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.WorkerPool;
import dev.workpool.support.ExecutorKind;
import dev.workpool.support.ExecutorTest;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a job changes about the thread that runs it does not stay with the worker. */
class ThreadAttributesTest extends ExecutorTest {
    private static final String OURS = "dev.workpool.support.ExecutorKind#ours";

    static Stream<Boolean> virtual() {
        return Runtime.version().feature() >= 21 ? Stream.of(false, true) : Stream.of(false);
    }

    private static Thread.UncaughtExceptionHandler usual() {
        return Thread.currentThread().getThreadGroup();
    }

    /** The first task is alone in its chunk; those that follow share one. */
    @ParameterizedTest
    @MethodSource(OURS)
    void theNextTaskOfAnExecutorDoesNotSeeAnUncaughtExceptionHandler(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, 1);
        List<String> handled = new CopyOnWriteArrayList<>();
        Runnable setsAndThrows = () -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, error) -> handled.add(error.getMessage()));
            throw new IllegalStateException("its own");
        };
        executor.execute(setsAndThrows);
        Blocker blocker = occupy(executor);
        List<Future<Boolean>> clean = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            executor.execute(setsAndThrows);
            clean.add(executor.submit(() -> Thread.currentThread().getUncaughtExceptionHandler() == usual()));
        }
        blocker.released.countDown();
        for (Future<Boolean> each : clean) {
            assertThat(get(each)).isTrue();
        }
        assertThat(handled).hasSize(11).containsOnly("its own");
    }

    /** What can be seen of a thread. */
    private record Attributes(
            Thread thread, String name, int priority, ClassLoader loader, Thread.UncaughtExceptionHandler handler) {
        static Attributes ofCurrent() {
            Thread thread = Thread.currentThread();
            return new Attributes(
                    thread,
                    thread.getName(),
                    thread.getPriority(),
                    thread.getContextClassLoader(),
                    thread.getUncaughtExceptionHandler());
        }
    }

    @ParameterizedTest
    @MethodSource("virtual")
    @SuppressWarnings("ThreadPriorityCheck") // it is what is looked at
    void theNextChunkOfAWorkerSeesNothingOfIt(boolean virtual) throws Exception {
        try (URLClassLoader loader = new URLClassLoader(new URL[0]);
                WorkerPool<Integer, Attributes> pool = WorkerPool.start(
                        system, settings(1).withChunkMaxJobs(1).withVirtualThreads(virtual), (Integer job) -> {
                            Attributes before = Attributes.ofCurrent();
                            Thread thread = Thread.currentThread();
                            thread.setName("spoilt");
                            thread.setPriority(Thread.MIN_PRIORITY);
                            thread.setContextClassLoader(loader);
                            thread.setUncaughtExceptionHandler((each, error) -> {});
                            if (job == 1) {
                                throw new IllegalStateException("and throws, for the test");
                            }
                            return before;
                        })) {
            Attributes first = pool.submit(0).get();
            assertThat(first.name()).contains("worker");
            assertThat(first.loader()).isSameAs(Thread.currentThread().getContextClassLoader());
            assertThat(pool.submit(0).get()).isEqualTo(first);
            pool.submit(1).handle((value, error) -> error).get();
            assertThat(pool.submit(0).get()).isEqualTo(first);
        }
    }
}
