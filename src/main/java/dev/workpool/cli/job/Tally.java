package dev.workpool.cli.job;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** How many jobs ended in which way. Not thread-safe. */
public final class Tally {
    private final Map<Ending.Kind, Long> counts = new EnumMap<>(Ending.Kind.class);
    private long done;

    public void add(Ending.Kind kind) {
        add(kind, 1);
    }

    /** So many jobs ended that way. */
    public void add(Ending.Kind kind, long jobs) {
        counts.merge(kind, jobs, Long::sum);
        done += jobs;
    }

    /** Jobs that ended. */
    public long done() {
        return done;
    }

    public long succeeded() {
        return count(Ending.Kind.SUCCEEDED);
    }

    /** Jobs that failed, those included that took too long or that the pool did not accept. */
    public long failed() {
        return count(Ending.Kind.FAILED, Ending.Kind.TIMED_OUT, Ending.Kind.REJECTED);
    }

    public long cancelled() {
        return count(Ending.Kind.CANCELLED);
    }

    public boolean allSucceeded() {
        return succeeded() == done;
    }

    /** The sum of it in one line. Total is the sum of the other counts; time-outs are counted apart where there are any. */
    public String sum(double seconds) {
        long timedOut = count(Ending.Kind.TIMED_OUT);
        return String.format(
                Locale.ROOT,
                "%d succeeded, %d failed, %s%d cancelled, %d total in %.3f s",
                succeeded(),
                failed() - timedOut,
                timedOut == 0 ? "" : timedOut + " timed out, ",
                cancelled(),
                done,
                seconds);
    }

    private long count(Ending.Kind... kinds) {
        return Stream.of(kinds).mapToLong(kind -> counts.getOrDefault(kind, 0L)).sum();
    }
}
