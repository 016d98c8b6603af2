package dev.workpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.support.EndOfStack;
import dev.workpool.support.PoolTest;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/**
 * A pool that is called by threads that have hardly any stack left, at each of the last levels of it, first by code that is interpreted and in the end by
 * code that is compiled. A call either does what it should, or throws a {@link StackOverflowError} and has done nothing; the pool works on.
 */
class EndOfStackTest extends PoolTest {
    /** So many levels up there is always enough, also in the interpreter. */
    private static final int LEVELS = 400;

    private static final int ROUNDS = 5 * LEVELS * Integer.getInteger("stress.scale", 1);

    /** What one level after the other is tried with. */
    private interface Call {
        /** Returns what completes when the call has done what it should; null if there is nothing to wait for. */
        CompletionStage<?> run(int round);
    }

    private static int overflows(Call call) throws Exception {
        int overflows = 0;
        get(call.run(0)); // loads the classes, which takes more stack than anything else
        try (EndOfStack end = new EndOfStack()) {
            for (int round = 0; round < ROUNDS; round++) {
                int it = round;
                CompletionStage<?>[] done = new CompletionStage<?>[1];
                Throwable thrown = end.call(round % LEVELS, () -> done[0] = call.run(it));
                if (thrown == null) {
                    if (done[0] != null) {
                        get(done[0]); // so the next meets a pool that has nothing to do
                    }
                } else {
                    assertThat(thrown).isInstanceOf(StackOverflowError.class);
                    overflows++;
                }
            }
        }
        return overflows;
    }

    @Test
    void jobs() throws Exception {
        AtomicIntegerArray ran = new AtomicIntegerArray(ROUNDS);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), ran::incrementAndGet);
        int overflows = overflows(pool::submit);
        assertThat(overflows).isPositive();
        assertThat(get(pool.stats()))
                .matches(stats -> stats.succeeded() == ROUNDS + 1 - overflows, "one for each that was taken");
        get(pool.abort());
        assertThat(get(pool.stats()).accepted()).isEqualTo(ROUNDS + 1 - overflows);
    }
}
