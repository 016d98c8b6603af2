package dev.workpool.functional.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Batch;
import dev.workpool.PoolExecutor;
import dev.workpool.WorkerPool;
import dev.workpool.settings.WhenFull;
import dev.workpool.support.EndOfStack;
import dev.workpool.support.PoolTest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/**
 * A pool that is called by threads that have hardly any stack left, at each of the last levels of it, first by code that is interpreted and in the end by
 * code that is compiled. A call either does what it should, or throws a {@link StackOverflowError} and has done nothing; the pool works on.
 */
class EndOfStackTest extends PoolTest {
    /** So many levels up there is always enough, also in the interpreter. */
    private static final int LEVELS = 400;

    private static final int SCALE = Integer.getInteger("stress.scale", 1);

    /** One of a number of rounds, each of which calls the pool once and ends when that has done what it should. */
    @SuppressWarnings("UnusedVariable") // of methods that do nothing by default
    private interface Round {
        /** Has enough stack. */
        default void begin(int round) throws Exception {}

        /** Has hardly any. */
        void call(int round);

        /** Waits until the call has done what it should. */
        void done(int round) throws Exception;

        /** The stack has overflown. */
        default void overflown(int round) throws Exception {}
    }

    /** Calls at all levels, so often, and once where there is enough: that loads the classes, which takes more stack than anything else. */
    private static int overflows(int times, Round round) throws Exception {
        round.begin(0);
        round.call(0);
        round.done(0);
        int overflows = 0;
        try (EndOfStack end = new EndOfStack()) {
            for (int i = 1; i <= times * LEVELS; i++) {
                int it = i;
                round.begin(it);
                Throwable thrown = end.call(i % LEVELS, () -> round.call(it));
                if (thrown == null) {
                    round.done(it);
                } else {
                    assertThat(thrown).isInstanceOf(StackOverflowError.class);
                    overflows++;
                    round.overflown(it);
                }
            }
        }
        assertThat(overflows).isBetween(times, times * LEVELS - times);
        return overflows;
    }

    /** Calls that give stages, which complete once all is done. */
    private static int overflows(int times, IntFunction<CompletionStage<?>> call) throws Exception {
        CompletionStage<?>[] stage = new CompletionStage<?>[1];
        return overflows(times, new Round() {
            @Override
            public void call(int round) {
                stage[0] = call.apply(round);
            }

            @Override
            public void done(int round) throws Exception {
                get(stage[0]); // so the next meets a pool that has nothing to do
            }
        });
    }

    @Test
    void jobs() throws Exception {
        int times = 5 * SCALE;
        AtomicIntegerArray ran = new AtomicIntegerArray(times * LEVELS + 1);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), ran::incrementAndGet);
        int overflows = overflows(times, pool::submit);
        assertThat(get(pool.stats()).accepted()).isEqualTo(ran.length() - overflows);
        for (int i = 0; i < ran.length(); i++) {
            assertThat(ran.get(i)).isLessThanOrEqualTo(1);
        }
        get(pool.abort());
        assertThat(get(pool.stats()).succeeded()).isEqualTo(ran.length() - overflows);
    }

    /** No place in the queue is lost. */
    @Test
    void jobsAndBatchesThatNeedAPlace() throws Exception {
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withQueueCapacity(3, WhenFull.REJECT), (Integer job) -> job)) {
            overflows(2 * SCALE, pool::submit);
            overflows(2 * SCALE, job -> pool.submitAll(List.of(job, job)).result());
            pool.pause();
            get(pool.stats());
            Batch<Integer> fits = pool.submitAll(List.of(1, 2, 3));
            assertThat(get(pool.submitAll(List.of(4)).result()).rejected()).isEqualTo(1);
            pool.resume();
            assertThat(get(fits.result()).succeeded()).isEqualTo(3);
        }
    }

    /** What is refused is refused on the callback executor, which needs stack as well. */
    @Test
    void jobsThatAreRefused() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withQueueCapacity(1, WhenFull.REJECT), (Integer job) -> {
                    release.await();
                    return job;
                });
        CompletableFuture<Integer> runs = pool.submit(-1);
        while (get(pool.stats()).running() == 0) {
            Thread.onSpinWait();
        }
        CompletableFuture<Integer> waits = pool.submit(-2);
        overflows(
                SCALE,
                job -> pool.submit(job).handle((value, error) -> {
                    assertThat(error).isInstanceOf(RejectedExecutionException.class);
                    return error;
                }));
        release.countDown();
        assertThat(get(runs)).isEqualTo(-1);
        assertThat(get(waits)).isEqualTo(-2);
        pool.close();
        overflows(
                SCALE,
                job -> pool.submit(job).handle((value, error) -> {
                    assertThat(error).isInstanceOf(RejectedExecutionException.class);
                    return error;
                }));
    }

    @Test
    void tasks() throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        CountDownLatch[] done = new CountDownLatch[1];
        try (PoolExecutor executor = PoolExecutor.start(system, settings(1))) {
            overflows(SCALE, new Round() {
                @Override
                public void begin(int round) {
                    ran.set(false);
                    done[0] = new CountDownLatch(1);
                }

                @Override
                public void call(int round) {
                    executor.execute(() -> {
                        ran.set(true);
                        done[0].countDown();
                    });
                }

                @Override
                public void done(int round) throws Exception {
                    done[0].await();
                }

                @Override
                public void overflown(int round) throws Exception {
                    get(executor.stats()); // is answered after a task that came before would have been taken
                    assertThat(ran).isFalse();
                }
            });
        }
    }

    /** A future is cancelled only if the pool hears of it. */
    @Test
    void cancellations() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            pool.pause();
            CompletableFuture<?>[] future = new CompletableFuture<?>[1];
            overflows(SCALE, new Round() {
                @Override
                public void begin(int round) {
                    future[0] = pool.submit(round);
                }

                @Override
                public void call(int round) {
                    future[0].cancel(true);
                }

                @Override
                public void done(int round) throws Exception {
                    assertThat(get(pool.stats()).queued()).isZero();
                }

                @Override
                public void overflown(int round) throws Exception {
                    assertThat(get(pool.stats()).queued()).isEqualTo(1);
                    assertThat(future[0].cancel(true)).isTrue();
                }
            });
        }
    }

    @Test
    void questionsAndChanges() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            overflows(SCALE, round -> {
                pool.resize(round % 2 + 1);
                return pool.stats();
            });
            assertThat(get(pool.submit(7))).isEqualTo(7);
        }
    }

    /** A pool that was not ended is open. */
    @Test
    void theEnd() throws Exception {
        WorkerPool<?, ?>[] pool = new WorkerPool<?, ?>[1];
        overflows(1, new Round() {
            @Override
            public void begin(int round) {
                pool[0] = WorkerPool.start(system, settings(1), (Integer job) -> job);
            }

            @Override
            public void call(int round) {
                pool[0].drain();
            }

            @Override
            public void done(int round) throws Exception {
                get(pool[0].drain());
            }

            @Override
            @SuppressWarnings("unchecked")
            public void overflown(int round) throws Exception {
                WorkerPool<Integer, Integer> open = (WorkerPool<Integer, Integer>) pool[0];
                assertThat(get(open.submit(round))).isEqualTo(round);
                get(open.abort());
            }
        });
    }
}
