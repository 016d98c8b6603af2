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

        @SuppressWarnings("InfiniteRecursion") // that is what it is for
        void down() {
            try {
                down();
            } catch (StackOverflowError e) {
                // from here on it goes up again
            }
            if (levelsToGo-- == 0) {
                try {
                    action.run();
                } catch (Throwable t) {
                    thrown = t;
                }
            }
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
        Future<?> dived = thread.submit(dive::down);
        dived.get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
        return dive.thrown;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
