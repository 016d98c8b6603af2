package dev.workpool.support;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** What handlers in tests do while somebody wants them to end. */
public final class Handlers {
    private Handlers() {}

    /** Blocks until it is interrupted. */
    public static int hang() throws InterruptedException {
        new Semaphore(0).acquire();
        throw new AssertionError("acquired nothing");
    }

    /** Computes for so long. */
    public static void computeFor(Duration time) {
        long untilNs = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - untilNs < 0) {
            Thread.onSpinWait();
        }
    }

    /** Blocks whatever happens, until the latch is released. */
    public static void ignoreInterruptsUntil(CountDownLatch released) {
        boolean done = false;
        while (!done) {
            try {
                released.await();
                done = true;
            } catch (InterruptedException e) {
                done = false; // on purpose: this is a handler that ignores that it is told to stop
            }
        }
    }
}
