package dev.workpool.internal.util;

/**
 * Keeps an interrupt that users' code leaves behind on a thread that is not its own from whatever that thread runs
 * next. One that the thread came with, as where an executor runs tasks in its caller, is the caller's and stays.
 *
 * <pre>{@code
 * boolean own = Interrupts.own();
 * users.code();
 * Interrupts.clearUnless(own);
 * }</pre>
 *
 * <p>Not for threads that the pool itself interrupts, since an interrupt of the pool's may come at any moment.
 */
public final class Interrupts {
    private Interrupts() {}

    /** {@return whether the calling thread is interrupted, before it runs users' code} */
    public static boolean own() {
        return Thread.currentThread().isInterrupted();
    }

    /**
     * Clears what users' code has left behind.
     *
     * @param own whether the calling thread was interrupted before
     */
    public static void clearUnless(boolean own) {
        if (!own) {
            Thread.interrupted();
        }
    }
}
