package dev.workpool.durable.internal.work;

import java.util.function.BooleanSupplier;

/**
 * Whether jobs of a held segment may still begin: only while its lease lasts, and until it is revoked. A worker asks it
 * on its own thread, as the last thing before the handler. So a process that was stopped and goes on begins none of the
 * jobs that others may run by then, although its actor has not noticed yet.
 *
 * <p>The actor renews and revokes it, any thread asks: that costs two volatile reads and a reading of the clock.
 */
final class StartCheck implements BooleanSupplier {
    /** On a store that no other process can take leases of, they do not run out. */
    private final boolean canExpire;

    private volatile long untilNs;
    private volatile boolean isRevoked;
    private volatile boolean hasRefused;

    StartCheck(boolean canExpire, long untilNs) {
        this.canExpire = canExpire;
        this.untilNs = untilNs;
    }

    /** The lease lasts longer. */
    void renew(long leaseUntilNs) {
        untilNs = leaseUntilNs;
    }

    /** From now on none may begin. */
    void revoke() {
        isRevoked = true;
    }

    /** Whether a job was kept from beginning: then it has been cancelled by nobody, and is for others. */
    boolean hasRefused() {
        return hasRefused;
    }

    @Override
    public boolean getAsBoolean() {
        if (!isRevoked && (!canExpire || System.nanoTime() - untilNs < 0)) {
            return true;
        }
        hasRefused = true;
        return false;
    }
}
