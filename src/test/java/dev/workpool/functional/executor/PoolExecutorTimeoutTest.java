package dev.workpool.functional.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.support.ExecutorKind;
import dev.workpool.support.ExecutorTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A task whose time is over has a future that says so, whatever the task does from then on. */
class PoolExecutorTimeoutTest extends ExecutorTest {
    private static final String OURS = "dev.workpool.support.ExecutorKind#ours";
    private static final int TIMES = 40;
    private static final Duration TIMEOUT = Duration.ofMillis(3);

    /** What a task does when it is interrupted, since it does nothing else before. */
    private enum Reaction implements Callable<String> {
        PASSES_THE_INTERRUPT_ON {
            @Override
            public String call() throws InterruptedException {
                new Semaphore(0).acquire();
                return "never";
            }
        },
        RETURNS {
            @Override
            public String call() {
                awaitInterrupt();
                return "late";
            }
        },
        THROWS_SOMETHING_ELSE {
            @Override
            public String call() throws IOException {
                awaitInterrupt();
                throw new IOException("late");
            }
        },
        THROWS_AN_ERROR {
            @Override
            public String call() {
                awaitInterrupt();
                throw new AssertionError("late");
            }
        };

        private static void awaitInterrupt() {
            try {
                new Semaphore(0).acquire();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // as it should be
            }
        }
    }

    static Stream<Arguments> all() {
        return ExecutorKind.ours()
                .flatMap(kind -> Stream.of(Reaction.values()).map(reaction -> Arguments.of(kind, reaction)));
    }

    private ExecutorService start(ExecutorKind kind) {
        return start(kind, settings(4).withJobTimeout(TIMEOUT));
    }

    private static void assertTimedOut(Future<?> future) {
        assertThatThrownBy(() -> get(future))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(TimeoutException.class)
                .hasMessage("the task took longer than PT0.003S");
    }

    @ParameterizedTest
    @MethodSource("all")
    void itsFutureFailsWithATimeoutException(ExecutorKind kind, Reaction reaction) {
        ExecutorService executor = start(kind);
        List<Future<?>> futures = new ArrayList<>();
        for (int i = 0; i < TIMES; i++) {
            futures.add(executor.submit(reaction));
            futures.add(executor.submit(
                    () -> {
                        try {
                            reaction.call();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    "given"));
        }
        futures.forEach(PoolExecutorTimeoutTest::assertTimedOut);
    }

    @ParameterizedTest
    @MethodSource("all")
    void soDoesEachOfMany(ExecutorKind kind, Reaction reaction) throws Exception {
        ExecutorService executor = start(kind);
        for (Future<String> future : executor.invokeAll(Collections.nCopies(TIMES, reaction))) {
            assertThat(future.isDone()).isTrue();
            assertTimedOut(future);
        }
        assertThatThrownBy(() -> executor.invokeAny(List.of(reaction, reaction)))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TimeoutException.class);
    }

    @ParameterizedTest
    @MethodSource("all")
    void soDoesOneInACompletionService(ExecutorKind kind, Reaction reaction) throws Exception {
        CompletionService<String> service = new ExecutorCompletionService<>(start(kind));
        for (int i = 0; i < TIMES; i++) {
            service.submit(reaction);
        }
        for (int i = 0; i < TIMES; i++) {
            Future<String> next = service.poll(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            assertTimedOut(next);
        }
    }

    @ParameterizedTest
    @MethodSource(OURS)
    void othersAreNotConcerned(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, settings(2).withJobTimeout(Duration.ofMinutes(1)));
        IOException error = new IOException("in time");
        for (int i = 0; i < TIMES; i++) {
            assertThat(get(executor.submit(() -> "in time"))).isEqualTo("in time");
            assertThatThrownBy(() -> get(executor.submit(() -> {
                        throw error;
                    })))
                    .hasCause(error);
        }
        Future<String> cancelled = executor.submit(Reaction.RETURNS);
        cancelled.cancel(true);
        assertThatThrownBy(() -> get(cancelled)).isInstanceOf(CancellationException.class);
        Blocker blocker = new Blocker();
        Future<String> stopped = executor.submit(blocker);
        blocker.awaitBegun();
        executor.shutdownNow();
        assertThatThrownBy(() -> get(stopped)).hasCauseInstanceOf(InterruptedException.class);
    }

    /** A future that its submitter runs is not the worker's, which may be at another whose time is over. */
    @ParameterizedTest
    @MethodSource(OURS)
    void aFutureThatItsSubmitterRunsHasAllTheTimeItTakes(ExecutorKind kind) throws Exception {
        ExecutorService executor = start(kind, settings(1).withJobTimeout(TIMEOUT));
        CountDownLatch timedOut = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        executor.execute(() -> {
            Reaction.awaitInterrupt();
            timedOut.countDown();
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        Future<String> queued = executor.submit(() -> {
            awaitLatch(timedOut);
            return "run by the submitter";
        });
        ((FutureTask<String>) queued).run();
        assertThat(get(queued)).isEqualTo("run by the submitter");
        release.countDown();
    }
}
