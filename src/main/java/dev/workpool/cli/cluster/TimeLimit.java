package dev.workpool.cli.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts a thread once the time of what it does is over, and no more once it has done that. A pool's own limit would do, but for the
 * words of those that it ends: nobody asks a handler that has timed out what it leaves. Thread-safe.
 */
final class TimeLimit {
    private final Thread thread = Thread.currentThread();
    private final CompletableFuture<Void> timer = new CompletableFuture<>();

    /** Guarded by this, as below. */
    private boolean isOver;

    private boolean wasExceeded;

    /**
     * Begins a limit of what the calling thread does.
     *
     * @param nanos after which it is interrupted; none if it is 0
     */
    TimeLimit(long nanos) {
        if (nanos > 0) {
            timer.orTimeout(nanos, TimeUnit.NANOSECONDS).exceptionally(exceeded -> {
                interrupt();
                return null;
            });
        }
    }

    private synchronized void interrupt() {
        if (!isOver) {
            wasExceeded = true;
            thread.interrupt();
        }
    }

    /** The thread has done it. Takes an interrupt of this limit away, and returns whether there was one. */
    boolean end() {
        boolean exceeded;
        synchronized (this) {
            isOver = true;
            exceeded = wasExceeded;
        }
        timer.complete(null);
        if (exceeded) {
            Thread.interrupted();
        }
        return exceeded;
    }
}
