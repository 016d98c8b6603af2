package dev.workpool.actor;

/** Keeps a pool's blocking handlers from waiting for their own pool: with all of them waiting, nobody is left to run a job. Thread-safe. */
public final class PoolGuard {
    private final Object pool;
    private final String name;

    /**
     * A guard.
     *
     * @param pool identifies the pool
     * @param name its name, for a person
     */
    PoolGuard(Object pool, String name) {
        this.pool = pool;
        this.name = name;
    }

    /**
     * Called by whoever is about to wait for the pool.
     *
     * @throws IllegalStateException on the thread of one of its blocking handlers
     */
    void aboutToWait() {
        if (BlockingRunner.isThreadOf(pool)) {
            throw new IllegalStateException(
                    "a handler of pool '" + name + "' would wait for its own pool while it holds one of its"
                            + " workers, which can go on for ever; compose the stages (thenApply, thenCompose) instead of get() or join(), or"
                            + " run such jobs in another pool");
        }
    }
}
