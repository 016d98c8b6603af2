package dev.workpool.cli;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** How many jobs ended in which way. Not thread-safe. */
final class Tally {
    private final Map<Ending.Kind, Long> counts = new EnumMap<>(Ending.Kind.class);
    private long done;

    void add(Ending.Kind kind) {
        counts.merge(kind, 1L, Long::sum);
        done++;
    }

    /** Jobs that ended. */
    long done() {
        return done;
    }

    /** Jobs that failed, those included that took too long or that the pool did not accept. */
    long failed() {
        return count(Ending.Kind.FAILED, Ending.Kind.TIMED_OUT, Ending.Kind.REJECTED);
    }

    boolean allSucceeded() {
        return count(Ending.Kind.SUCCEEDED) == done;
    }

    /** The sum of it in one line. Total is the sum of the other counts. */
    String sum(double seconds) {
        return String.format(
                Locale.ROOT,
                "%d succeeded, %d failed, %d cancelled, %d total in %.3f s",
                count(Ending.Kind.SUCCEEDED),
                failed(),
                count(Ending.Kind.CANCELLED),
                done,
                seconds);
    }

    private long count(Ending.Kind... kinds) {
        return Stream.of(kinds).mapToLong(kind -> counts.getOrDefault(kind, 0L)).sum();
    }
}
