package dev.workpool.settings;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;

/**
 * When a recurring job is due. Immutable and thread-safe.
 *
 * <p>A cron expression means local times of its zone. Where clocks go forward, a time that does not exist is due at the
 * end of the gap; where they go back, a time that comes twice is due the first time. A schedule whose hour is {@code *}
 * is due by every hour that there is: not within the gap, and again in the hour that comes again.
 */
public final class Schedule {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(3_650);

    private final String text;
    private final String zone;
    private final DueTimes times;

    private Schedule(String text, String zone, DueTimes times) {
        this.text = text;
        this.zone = zone;
        this.times = times;
    }

    /**
     * By a cron expression: minute, hour, day of the month, month and day of the week, as UNIX has them. With six fields
     * the first is the second.
     *
     * @param expression such as {@code "30 3 * * MON-FRI"}
     * @param zone whose local times are meant, such as {@code ZoneId.of("Europe/Berlin")}
     * @return the schedule
     * @throws IllegalArgumentException if the expression cannot be read, or is never due
     * @throws IllegalStateException if {@code com.cronutils:cron-utils} is not on the class path
     */
    public static Schedule cron(String expression, ZoneId zone) {
        Objects.requireNonNull(zone, "zone");
        Schedule read = read(expression.trim().replaceAll("\\s+", " "), zone.getId());
        if (read.next(Instant.now()).isEmpty()) {
            throw new IllegalArgumentException("cron expression \"" + expression + "\" is never due");
        }
        return read;
    }

    /**
     * At equal distances, the first one after the job was made recurring.
     *
     * @param interval 1 second to 3650 days, in whole milliseconds
     * @return the schedule
     * @throws IllegalArgumentException if the interval is out of range
     */
    public static Schedule every(Duration interval) {
        Objects.requireNonNull(interval, "interval");
        if (interval.compareTo(SHORTEST) < 0
                || interval.compareTo(LONGEST) > 0
                || interval.toNanosPart() % 1_000_000 != 0) {
            throw new IllegalArgumentException(
                    "interval of a schedule = " + interval + "; allowed: 1 second to 3650 days, in whole milliseconds");
        }
        return new Schedule(interval.toString(), "", new Interval(interval));
    }

    /**
     * Reads what {@link #text} and {@link #zone} gave.
     *
     * @param text the expression or the interval
     * @param zone empty for an interval
     * @return an equal schedule
     */
    public static Schedule read(String text, String zone) {
        if (zone.isEmpty()) {
            return every(Duration.parse(text));
        }
        try {
            return new Schedule(text, zone, new CronTimes(text, ZoneId.of(zone)));
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "a schedule by a cron expression needs com.cronutils:cron-utils on the class path", e);
        }
    }

    /**
     * Returns when it is due next.
     *
     * @param after any time; for an interval, a time when it was due
     * @return the first time after that; empty if there is none
     */
    public Optional<Instant> next(Instant after) {
        return Optional.ofNullable(times.next(after));
    }

    /**
     * Returns when it was due last.
     *
     * @param from a time when it was due
     * @param until not before that
     * @return the last time between these when it was due, both included
     */
    public Instant last(Instant from, Instant until) {
        return times.last(from, until);
    }

    /** {@return the cron expression, or the interval as ISO 8601 has it} */
    public String text() {
        return text;
    }

    /** {@return the id of the zone; empty for an interval} */
    public String zone() {
        return zone;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Schedule that && text.equals(that.text) && zone.equals(that.zone);
    }

    @Override
    public int hashCode() {
        return Objects.hash(text, zone);
    }

    @Override
    public String toString() {
        return zone.isEmpty() ? "every " + text : text + " in " + zone;
    }

    /** What there is to know of a schedule. */
    interface DueTimes {
        /** The first time after one; null if there is none. */
        Instant next(Instant after);

        /** The last time until one, given an earlier one. */
        Instant last(Instant from, Instant until);
    }

    private record Interval(Duration length) implements DueTimes {
        @Override
        public Instant next(Instant after) {
            return after.plus(length);
        }

        @Override
        public Instant last(Instant from, Instant until) {
            return from.plus(length.multipliedBy(Duration.between(from, until).dividedBy(length)));
        }
    }
}
