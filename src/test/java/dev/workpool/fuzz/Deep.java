package dev.workpool.fuzz;

import java.util.function.BooleanSupplier;

/** Does things near the end of the stack, where each call that is made may be one too many. */
final class Deep {
    private Deep() {}

    /**
     * Goes down to the end of the stack, and tries an action there and in the frames above, a few at a time, until it says that it is done.
     *
     * @param action gets as far as the stack lets it; true when it needs no further try
     * @param step every how many frames it is tried
     * @return whether it was done
     */
    static boolean atTheEndOfTheStack(BooleanSupplier action, int step) {
        return descend(action, step, 0);
    }

    @SuppressWarnings("InfiniteRecursion") // that is what it is for
    private static boolean descend(BooleanSupplier action, int step, int depth) {
        boolean done;
        try {
            done = descend(action, step, depth + 1);
        } catch (StackOverflowError e) {
            done = false;
        }
        if (!done && depth % step == 0) {
            try {
                done = action.getAsBoolean();
            } catch (StackOverflowError e) {
                done = false;
            }
        }
        return done;
    }
}
