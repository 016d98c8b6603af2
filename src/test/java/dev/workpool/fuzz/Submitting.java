package dev.workpool.fuzz;

import java.util.function.Supplier;

/**
 * Marks a thread that submits, since a full pool may have it run what it submits, and since contexts are captured there: here a context is what is
 * submitted.
 */
final class Submitting {
    private static final ThreadLocal<Submitting> CURRENT = new ThreadLocal<>();

    private final Submitted what;

    private Submitting(Submitted what) {
        this.what = what;
    }

    static <T> T with(Submitted what, Supplier<T> submission) {
        Submitting before = CURRENT.get();
        CURRENT.set(new Submitting(what));
        try {
            return submission.get();
        } finally {
            CURRENT.set(before);
        }
    }

    static boolean isOn() {
        return CURRENT.get() != null;
    }

    /** What this thread submits; null if it does not, or if that is nothing for contexts. */
    static Submitted current() {
        Submitting now = CURRENT.get();
        return now == null ? null : now.what;
    }
}
