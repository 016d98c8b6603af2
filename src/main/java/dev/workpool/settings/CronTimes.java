package dev.workpool.settings;

import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.workpool.settings.Schedule.DueTimes;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;

/**
 * The times of a cron expression in a zone. The library for expressions is asked about local times alone, as if there
 * were no daylight saving; what that means is decided here. Immutable.
 */
final class CronTimes implements DueTimes {
    /** Schedules with a longer time between two times have looked that far back in a few steps. */
    private static final int STEP_GROWS = 8;

    private final ExecutionTime expression;
    private final ZoneRules rules;

    /** Whether every hour counts that there is, and not every hour that a clock shows. */
    private final boolean isEachHour;

    CronTimes(String text, ZoneId zone) {
        String[] fields = text.split(" ", -1);
        boolean hasSeconds = fields.length == 6;
        try {
            this.expression = ExecutionTime.forCron(new CronParser(definition(hasSeconds)).parse(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cron expression \"" + text + "\" cannot be read: " + e.getMessage()
                            + "; allowed: \"minute hour day-of-month month day-of-week\", with a second before these or not",
                    e);
        }
        this.rules = zone.getRules();
        this.isEachHour = fields[hasSeconds ? 2 : 1].equals("*");
    }

    private static CronDefinition definition(boolean hasSeconds) {
        CronDefinitionBuilder builder = CronDefinitionBuilder.defineCron();
        if (hasSeconds) {
            builder = builder.withSeconds()
                    .withValidRange(0, 59)
                    .withStrictRange()
                    .and();
        }
        return builder.withMinutes()
                .withValidRange(0, 59)
                .withStrictRange()
                .and()
                .withHours()
                .withValidRange(0, 23)
                .withStrictRange()
                .and()
                .withDayOfMonth()
                .withValidRange(1, 31)
                .withStrictRange()
                .and()
                .withMonth()
                .withValidRange(1, 12)
                .withStrictRange()
                .and()
                .withDayOfWeek()
                .withValidRange(0, 7)
                .withMondayDoWValue(1)
                .withIntMapping(7, 0)
                .withStrictRange()
                .and()
                .instance();
    }

    @Override
    public Instant next(Instant after) {
        return isEachHour ? nextOfEachHour(after) : nextOfClock(after);
    }

    /** From one change of the clock to the next, with a fixed offset in between. */
    private Instant nextOfEachHour(Instant after) {
        Instant from = after;
        LocalDateTime local = local(after);
        while (true) {
            LocalDateTime found = nextLocal(local);
            if (found == null) {
                return null;
            }
            Instant due = found.toInstant(rules.getOffset(from));
            ZoneOffsetTransition change = rules.nextTransition(from);
            if (change == null || due.isBefore(change.getInstant())) {
                return due;
            }
            from = change.getInstant();
            local = change.getDateTimeAfter().minusSeconds(1); // that time itself may be due
        }
    }

    /** A clock's time is at one moment, and a later one never before it. */
    private Instant nextOfClock(Instant after) {
        LocalDateTime found = nextLocal(local(after));
        while (found != null && !moment(found).isAfter(after)) {
            found = nextLocal(found);
        }
        return found == null ? null : moment(found);
    }

    private Instant moment(LocalDateTime local) {
        List<ZoneOffset> offsets = rules.getValidOffsets(local);
        return offsets.isEmpty() ? rules.getTransition(local).getInstant() : local.toInstant(offsets.get(0));
    }

    private LocalDateTime local(Instant time) {
        return LocalDateTime.ofInstant(time, rules.getOffset(time)).truncatedTo(ChronoUnit.SECONDS);
    }

    private LocalDateTime nextLocal(LocalDateTime after) {
        return expression
                .nextExecution(after.atZone(ZoneOffset.UTC))
                .map(found -> found.toLocalDateTime())
                .orElse(null);
    }

    /** Looks back from the end: there may be very many times before it. */
    @Override
    public Instant last(Instant from, Instant until) {
        Instant last = from;
        for (long seconds = 60; last.equals(from); seconds *= STEP_GROWS) {
            boolean isAll = seconds >= Duration.between(from, until).toSeconds();
            Instant found = next(isAll ? from : until.minusSeconds(seconds));
            while (found != null && !found.isAfter(until)) {
                last = found;
                found = next(found);
            }
            if (isAll) {
                return last;
            }
        }
        return last;
    }
}
