package dev.workpool.internal.util;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Puts an error among those that another suppresses, such that whoever prints them comes to an end: handlers may throw
 * the same few objects again and again, in any order.
 *
 * <p>Calls users' code, and takes the errors' own locks, which users may hold: not for an actor's thread.
 */
public final class ErrorGraph {
    /** As many as any person would read. */
    private static final int MOST_SUPPRESSED = 100;

    /** Errors that are looked at; of a larger heap of them nobody misses one more. */
    private static final int MOST_VISITED = 1_000;

    private ErrorGraph() {}

    /**
     * Has an error suppress an earlier one, unless it knows of it already, suppresses too many, or is itself a part of
     * it.
     *
     * @return false if it suppresses too many
     */
    public static boolean suppress(Throwable error, Throwable earlier) {
        if (error.getSuppressed().length >= MOST_SUPPRESSED) {
            return false;
        }
        if (!reaches(error, earlier) && !reaches(earlier, error)) {
            error.addSuppressed(earlier);
        }
        return true;
    }

    private static boolean reaches(Throwable from, Throwable to) {
        Set<Throwable> visited = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> open = new ArrayDeque<>();
        open.add(from);
        while (!open.isEmpty()) {
            Throwable each = open.remove();
            if (each == to || visited.size() == MOST_VISITED) {
                return true;
            }
            if (visited.add(each)) {
                Throwable cause = causeOf(each);
                if (cause != null) {
                    open.add(cause);
                }
                Collections.addAll(open, each.getSuppressed());
            }
        }
        return false;
    }

    /** It may be overridden, and so fail. */
    static Throwable causeOf(Throwable error) {
        try {
            return error.getCause();
        } catch (Throwable t) {
            return null;
        }
    }
}
