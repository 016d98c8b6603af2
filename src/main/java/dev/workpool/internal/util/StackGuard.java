package dev.workpool.internal.util;

/**
 * Makes a stack overflow happen where it does no harm. Thread-safe.
 *
 * <p>A {@link StackOverflowError} may be thrown by any call, so it can cut a change short that others rely on: a flag
 * says that somebody was woken, and nobody was; Akka counts a mailbox as scheduled, and its executor never got it.
 * Neither can be repaired from outside. So whoever is about to begin such a change on a user's thread calls {@link
 * #check} before.
 *
 * <p>It goes down the stack and comes back. A call's frame is at least 48 bytes once C2 has compiled this, which puts
 * two of them into one, and 200 in the interpreter: 6 to 26 kB in all. To wake an actor takes 4 kB in the interpreter,
 * a new thread for it included. It costs a third of a microsecond, which is little where threads are woken and much
 * elsewhere.
 */
public final class StackGuard {
    private static final int FRAMES = 128;

    private StackGuard() {}

    /**
     * Makes sure that a few dozen nested calls will not overflow the stack.
     *
     * @throws StackOverflowError if they might
     */
    public static void check() {
        descend(FRAMES, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
    }

    /**
     * The arguments fill the frames: few of them fit into registers. None of the calls is the last thing that is done,
     * nor without a result.
     */
    private static int descend(
            int frames, int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l, int m) {
        return frames == 0
                ? a + b + c + d + e + f + g + h + i + j + k + l + m
                : descend(frames - 1, b, c, d, e, f, g, h, i, j, k, l, m, a) + frames;
    }
}
