package dev.workpool.internal.util;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Repeats a step that failed for lack of memory, for a thread that must report something nobody else can: it waits a
 * moment and tries again, as long as it takes. A handler that has failed for lack of memory has mostly given back what
 * it held by then. Thread-safe.
 *
 * <p>What is tried again must do nothing before it has all the memory it needs, or may be done twice.
 */
public final class OutOfMemory {
    private static final long MOMENT_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private OutOfMemory() {}

    /**
     * Has this class loaded, as long as there is memory for that, and whatever else is needed when there is none.
     *
     * @param needed one of each
     */
    public static void prepareFor(Object... needed) {
        Objects.requireNonNull(needed);
    }

    /** Waits a moment; needs no memory, or does without. */
    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it
    public static void pause() {
        try {
            Thread.yield(); // an interrupt is not this one's to clear, and makes the other return at once
            LockSupport.parkNanos(MOMENT_NS);
        } catch (OutOfMemoryError e) {
            Thread.onSpinWait(); // to wait takes memory where the thread is a virtual one
        }
    }
}
