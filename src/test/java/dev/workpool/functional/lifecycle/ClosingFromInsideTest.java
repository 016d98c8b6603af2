package dev.workpool.functional.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Code that a pool calls and that closes that pool, or waits for it: it is told, or need not wait for itself. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // what waits for itself does so for hours
class ClosingFromInsideTest extends PoolTest {
    private static final Duration HOUR = Duration.ofHours(1);

    /** What closing the pool, or waiting for it, came to. */
    private static final class Attempt implements Consumer<WorkerPool<Integer, Integer>> {
        final CompletableFuture<Object> result = new CompletableFuture<>();
        private final Consumer<WorkerPool<Integer, Integer>> what;

        Attempt(Consumer<WorkerPool<Integer, Integer>> what) {
            this.what = what;
        }

        @Override
        public void accept(WorkerPool<Integer, Integer> pool) {
            try {
                what.accept(pool);
                result.complete("returned");
            } catch (Throwable t) {
                result.complete(t);
            }
        }

        void assertTold(String... words) throws Exception {
            assertThat(get(result))
                    .isInstanceOf(IllegalStateException.class)
                    .asString()
                    .contains(words);
        }
    }

    private WorkerPoolSettings patient(int workers) {
        return settings(workers).withCloseTimeout(HOUR).withCancelGrace(HOUR);
    }

    private WorkerPool<Integer, Integer> start() {
        return WorkerPool.start(system, patient(1), (Integer job) -> job);
    }

    // Sources

    /** Places in a source of a stream from which something may be done to the pool. */
    private interface Source {
        void process(WorkerPool<Integer, Integer> pool, Runnable action);
    }

    private static final Map<String, Source> SOURCES = Map.of(
            "hasNext",
            (pool, action) -> processJobs(pool, new Numbers() {
                @Override
                public boolean hasNext() {
                    action.run();
                    return super.hasNext();
                }
            }),
            "next",
            (pool, action) -> processJobs(pool, new Numbers() {
                @Override
                public Integer next() {
                    action.run();
                    return super.next();
                }
            }),
            "close",
            (pool, action) -> processJobs(pool, new Numbers() {
                @Override
                public void close() {
                    action.run();
                }
            }),
            "a stream's pipeline",
            (pool, action) -> pool.process(
                    Stream.of(1, 2, 3).peek(job -> action.run()), StreamOptions.ordered(), (job, outcome) -> {}),
            "the function for keys",
            (pool, action) -> pool.process(
                    new Numbers(),
                    StreamOptions.keyed(job -> {
                        action.run();
                        return job;
                    }),
                    (job, outcome) -> {}),
            "subscribe",
            (pool, action) -> pool.process(
                    (Flow.Publisher<Integer>) subscriber -> action.run(),
                    StreamOptions.ordered(),
                    (job, outcome) -> {}));

    private static void processJobs(WorkerPool<Integer, Integer> pool, Numbers jobs) {
        pool.process(jobs, StreamOptions.ordered(), (job, outcome) -> {});
    }

    private static class Numbers implements Iterator<Integer>, AutoCloseable {
        private int next;

        @Override
        public boolean hasNext() {
            return next < 3;
        }

        @Override
        public Integer next() {
            return next++;
        }

        @Override
        public void close() {}
    }

    static Stream<String> sources() {
        return SOURCES.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("sources")
    void aSourceThatClosesIsTold(String where) throws Exception {
        Attempt close = new Attempt(WorkerPool::close);
        WorkerPool<Integer, Integer> pool = start();
        SOURCES.get(where).process(pool, () -> close.accept(pool));
        close.assertTold("would wait for itself", "source of a stream of pool '" + pool.name(), "drain() or abort()");
        get(pool.abort());
    }

    @ParameterizedTest
    @MethodSource("sources")
    void aSourceMayDrainAndWaitForJobs(String where) throws Exception {
        Attempt drain = new Attempt(pool -> {
            pool.submit(7).handle((value, error) -> value).join();
            pool.drain();
        });
        WorkerPool<Integer, Integer> pool = start();
        SOURCES.get(where).process(pool, () -> drain.accept(pool));
        assertThat(get(drain.result)).isEqualTo("returned");
        pool.close();
    }

    // Asynchronous handlers

    private Attempt fromAnAsyncHandler(WorkerPoolSettings settings, Consumer<WorkerPool<Integer, Integer>> what)
            throws Exception {
        Attempt attempt = new Attempt(what);
        CompletableFuture<WorkerPool<Integer, Integer>> self = new CompletableFuture<>();
        WorkerPool<Integer, Integer> pool =
                WorkerPool.startAsync(system, settings, (Integer job, JobContext context) -> {
                    if (job == 0) {
                        attempt.accept(self.join());
                    }
                    return CompletableFuture.completedFuture(job);
                });
        self.complete(pool);
        pool.submit(0);
        get(attempt.result);
        get(pool.drain());
        return attempt;
    }

    @Test
    void anAsynchronousHandlerThatClosesIsTold() throws Exception {
        fromAnAsyncHandler(patient(1), WorkerPool::close)
                .assertTold("a handler of pool '", "would wait for itself", "drain() or abort()");
    }

    @Test
    void anAsynchronousHandlerThatWaitsForRoomIsTold() throws Exception {
        fromAnAsyncHandler(patient(1).withQueueCapacity(1, WhenFull.BLOCK), pool -> {
                    for (int i = 1; i < 5; i++) {
                        pool.submit(i);
                    }
                })
                .assertTold("a handler of pool '", "would wait for room in the queue of its own pool");
    }

    @Test
    void anAsynchronousHandlerThatWaitsForAJobIsTold() throws Exception {
        fromAnAsyncHandler(patient(1), pool -> pool.submit(1).join())
                .assertTold("a handler of pool '", "would wait for its own pool", "another pool", "enough workers");
    }

    /** The thread is one of many pools' handlers. */
    @Test
    void othersOnTheSameThreadMayClose() throws Exception {
        Attempt close = new Attempt(WorkerPool::close);
        CompletableFuture<Integer> late = new CompletableFuture<>();
        WorkerPool<Integer, Integer> pool =
                WorkerPool.startAsync(system, patient(1), (Integer job, JobContext context) -> late);
        CompletableFuture<Integer> job = pool.submit(1);
        try (WorkerPool<Integer, Integer> other =
                WorkerPool.startAsync(system, settings(1), (Integer any, JobContext context) -> {
                    late.complete(any);
                    job.join(); // of the other pool
                    close.accept(pool);
                    return CompletableFuture.completedFuture(any);
                })) {
            assertThat(get(other.submit(3))).isEqualTo(3);
        }
        assertThat(get(close.result)).isEqualTo("returned");
        assertThat(get(job)).isEqualTo(3);
    }

    // Callbacks

    @ParameterizedTest
    @ValueSource(strings = {"dependent", "consumer", "stream consumer", "observer", "result", "cancelled"})
    void aCallbackMayClose(String where) throws Exception {
        Attempt close = new Attempt(WorkerPool::close);
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<WorkerPool<Integer, Integer>> self = new CompletableFuture<>();
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, patient(2), (Integer job, JobContext context) -> {
            context.onCancel(() -> close.accept(self.join()));
            gate.await();
            return job;
        });
        self.complete(pool);
        Runnable action = () -> close.accept(pool);
        switch (where) {
            case "dependent" -> pool.submit(1).thenRun(action);
            case "consumer" -> pool.submitAll(List.of(1, 2), BatchOptions.defaults(), (job, outcome) -> action.run());
            case "stream consumer" ->
                pool.process(List.of(1, 2, 3).iterator(), StreamOptions.ordered(), (job, outcome) -> action.run());
            case "observer" ->
                pool.process(
                        List.of(1, 2, 3).iterator(),
                        StreamOptions.<Integer>ordered().withObserver((job, outcome) -> action.run()),
                        (job, outcome) -> {});
            case "result" -> pool.submitAll(List.of(1, 2)).result().thenRun(action);
            default -> {
                Batch<Integer> batch = pool.submitAll(List.of(1, 2));
                while (get(pool.stats()).running() < 2) {
                    Thread.onSpinWait();
                }
                batch.cancel(); // which interrupts the handlers; one that has ended before is told nothing
            }
        }
        if (!where.equals("cancelled")) {
            gate.countDown();
        }
        assertThat(get(close.result)).isEqualTo("returned");
        pool.close();
    }

    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#all")
    void theLastStageMayClose(PoolKind kind) throws Exception {
        Attempt close = new Attempt(WorkerPool::close);
        WorkerPool<Integer, Integer> pool = kind.start(system, patient(1), (job, context) -> job);
        pool.drain().thenRun(() -> close.accept(pool));
        assertThat(get(close.result)).isEqualTo("returned");
    }
}
