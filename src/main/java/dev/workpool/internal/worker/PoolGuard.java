package dev.workpool.internal.worker;

import dev.workpool.internal.akka.TestHarness;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * Keeps code that a pool calls from waiting for that pool. If all handlers waited, none would be left to run a job, and
 * the pool ends only when all have returned. Thread-safe.
 */
public final class PoolGuard {
    private final Object pool;
    private final String name;
    private final TestHarness harness;

    /**
     * A guard.
     *
     * @param pool identifies the pool
     * @param name its name, for a person
     * @param harness goes on while a test waits
     */
    public PoolGuard(Object pool, String name, TestHarness harness) {
        this.pool = pool;
        this.name = name;
        this.harness = harness;
    }

    /**
     * Called by whoever is about to wait for a job, a batch or the pool.
     *
     * @param future what is waited for
     * @param timeoutNs how long
     * @return whether that time is over already
     * @throws IllegalStateException on the thread of one of its blocking handlers, or one that calls an asynchronous
     *     one
     */
    boolean aboutToWait(Future<?> future, long timeoutNs) {
        if (PoolThread.handlesFor(pool)) {
            throw new IllegalStateException("a handler of pool '" + name
                    + "' would wait for its own pool while it holds one of its workers, which can last for ever; "
                    + (PoolThread.roleIn(pool).equals(Optional.of(PoolThread.Role.HANDLER))
                            ? "compose the stages (thenApply, thenCompose) instead of get() or join(), or run such jobs in another pool"
                            : "run such jobs in another pool, or compose the stages in one that has enough workers"));
        }
        return harness.isOneThread() && harness.goOnUntil(future::isDone, timeoutNs);
    }

    /**
     * Called by whoever is about to wait until the pool is gone.
     *
     * @param doing what that is
     * @param instead what does not wait
     * @throws IllegalStateException on a thread whose return that would wait for
     */
    public void aboutToAwaitEnd(String doing, String instead) {
        Optional<PoolThread.Role> role = PoolThread.roleIn(pool);
        if (role.isPresent()) {
            throw new IllegalStateException(doing + " was called by " + role.get() + " of pool '" + name
                    + "' and would wait for itself; call " + instead);
        }
    }
}
