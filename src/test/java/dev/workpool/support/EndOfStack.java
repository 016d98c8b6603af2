package dev.workpool.support;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Calls something on a thread that has hardly any stack left. */
public final class EndOfStack implements AutoCloseable {
    private static final long STACK_BYTES = 256 * 1024;

    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(task -> new Thread(null, task, "near-the-end-of-its-stack", STACK_BYTES));

    /** One call, at some level of a recursion that has reached the end and comes back. */
    private static final class Dive {
        private final Runnable action;
        private int levelsToGo;
        private Throwable thrown;

        Dive(int levels, Runnable action) {
            this.levelsToGo = levels;
            this.action = action;
        }

        /** The arguments see to it that a call takes some hundred bytes, also once it is compiled. */
        @SuppressWarnings("InfiniteRecursion") // that is what it is for
        long down(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k, long l) {
            long sum = 0;
            try {
                sum = down(b, c, d, e, f, g, h, i, j, k, l, a);
            } catch (StackOverflowError overflow) {
                sum = 1; // from here on it goes up again
            }
            if (levelsToGo-- == 0) {
                try {
                    action.run();
                } catch (Throwable t) {
                    thrown = t;
                }
            }
            return sum ^ a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l;
        }
    }

    /**
     * Calls it, and waits until it has returned.
     *
     * @param levels how many calls of a small method above the end: from 0 on
     * @param action what is called
     * @return what it has thrown, or null
     */
    public Throwable call(int levels, Runnable action) throws Exception {
        Dive dive = new Dive(levels, action);
        Future<?> dived = thread.submit(() -> dive.down(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
        dived.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
        return dive.thrown;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
