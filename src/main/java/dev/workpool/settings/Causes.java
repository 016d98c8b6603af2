package dev.workpool.settings;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Predicate;

/** Looks for an error among another and its causes. Calls users' code: {@code getCause} may be overridden. */
final class Causes {
    /** So many are looked at: a cause may make another each time it is asked for its own. */
    private static final int MOST = 1_000;

    private Causes() {}

    /** Whether an error or one of its causes is of a class and passes a test, which is asked once for each. */
    static <E extends Throwable> boolean anyMatch(Throwable error, Class<E> type, Predicate<? super E> test) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable each = error; each != null && seen.size() < MOST && seen.add(each); each = each.getCause()) {
            if (type.isInstance(each) && test.test(type.cast(each))) {
                return true;
            }
        }
        return false;
    }
}
