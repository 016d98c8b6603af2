package dev.workpool.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.support.ClassPath;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** As clocks show it, with the offset where a time comes twice. */
    private static List<String> next(String cron, ZoneId zone, String from, int many) {
        Schedule schedule = Schedule.cron(cron, zone);
        List<String> found = new ArrayList<>();
        Instant time = LocalDateTime.parse(from).atZone(zone).toInstant();
        for (int i = 0; i < many; i++) {
            time = schedule.next(time).orElseThrow();
            ZonedDateTime local = time.atZone(zone);
            found.add(local.toLocalDateTime() + " " + local.getOffset());
        }
        return found;
    }

    @Test
    void aTimeOfDayIsDueOnceADayWhateverTheClocksDo() {
        assertThat(next("30 2 * * *", BERLIN, "2026-03-28T12:00", 2)) // 02:00 to 03:00 is left out on the 29th
                .containsExactly("2026-03-29T03:00 +02:00", "2026-03-30T02:30 +02:00");
        assertThat(next("30 2 * * *", BERLIN, "2026-10-24T12:00", 2)) // and comes twice on October 25th
                .containsExactly("2026-10-25T02:30 +02:00", "2026-10-26T02:30 +01:00");
        assertThat(next("0 3 * * *", BERLIN, "2026-03-28T12:00", 2))
                .containsExactly("2026-03-29T03:00 +02:00", "2026-03-30T03:00 +02:00");
        assertThat(next("0 0 * * *", ZoneId.of("America/Havana"), "2026-03-07T12:00", 2)) // without a midnight
                .containsExactly("2026-03-08T01:00 -04:00", "2026-03-09T00:00 -04:00");
    }

    @Test
    void whatIsDueOftenWithinAnHourThatIsLeftOutIsDueOnce() {
        assertThat(next("*/20 2 * * *", BERLIN, "2026-03-28T12:00", 2))
                .containsExactly("2026-03-29T03:00 +02:00", "2026-03-30T02:00 +02:00");
        assertThat(next("*/30 2 * * *", BERLIN, "2026-10-24T12:00", 3))
                .containsExactly("2026-10-25T02:00 +02:00", "2026-10-25T02:30 +02:00", "2026-10-26T02:00 +01:00");
    }

    @Test
    void whatIsDueEachHourIsDueInEachHourThatThereIs() {
        assertThat(next("30 * * * *", BERLIN, "2026-03-29T01:00", 2))
                .containsExactly("2026-03-29T01:30 +01:00", "2026-03-29T03:30 +02:00");
        assertThat(next("0 * * * *", BERLIN, "2026-10-25T01:30", 4))
                .containsExactly(
                        "2026-10-25T02:00 +02:00",
                        "2026-10-25T02:00 +01:00",
                        "2026-10-25T03:00 +01:00",
                        "2026-10-25T04:00 +01:00");
        assertThat(next("*/30 * * * *", ZoneId.of("Australia/Lord_Howe"), "2026-04-05T01:00", 4)) // by half an hour
                .containsExactly(
                        "2026-04-05T01:30 +11:00",
                        "2026-04-05T01:30 +10:30",
                        "2026-04-05T02:00 +10:30",
                        "2026-04-05T02:30 +10:30");
    }

    @Test
    void aTimeWithinTheHourThatComesAgainIsNotDueAgain() {
        Instant second = Instant.parse("2026-10-25T01:10:00Z"); // 02:10 for the second time

        assertThat(Schedule.cron("30 2 * * *", BERLIN).next(second)).contains(Instant.parse("2026-10-26T01:30:00Z"));
        assertThat(Schedule.cron("30 * * * *", BERLIN).next(second)).contains(Instant.parse("2026-10-25T01:30:00Z"));
    }

    @Test
    void fieldsAreThoseOfUnix() {
        ZoneId utc = ZoneId.of("UTC");
        assertThat(next("0 0 13 * 5", utc, "2026-02-05T00:00", 4)) // a 13th, or a Friday
                .containsExactly(
                        "2026-02-06T00:00 Z", "2026-02-13T00:00 Z", "2026-02-20T00:00 Z", "2026-02-27T00:00 Z");
        assertThat(next("0 0 13 * 0", utc, "2026-02-08T00:00", 2))
                .containsExactly("2026-02-13T00:00 Z", "2026-02-15T00:00 Z");
        assertThat(next("15 9-11/2 * * MON-FRI", utc, "2026-02-06T10:00", 3))
                .containsExactly("2026-02-06T11:15 Z", "2026-02-09T09:15 Z", "2026-02-09T11:15 Z");
        assertThat(next("0 0 29 2 *", utc, "2026-01-01T00:00", 1)).containsExactly("2028-02-29T00:00 Z");
        assertThat(next("*/20 * * * * *", utc, "2026-01-01T00:00", 3)) // with seconds
                .containsExactly("2026-01-01T00:00:20 Z", "2026-01-01T00:00:40 Z", "2026-01-01T00:01 Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"61 * * * *", "* * * *", "", "a b c d e", "* * * * * * *", "0 0 30 2 *"})
    void whatCannotBeDueIsRefused(String cron) {
        assertThatThrownBy(() -> Schedule.cron(cron, BERLIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cron expression \"" + cron + "\"");
    }

    @Test
    void intervalsAreCountedFromTheTimeBefore() {
        Schedule schedule = Schedule.every(Duration.ofMinutes(5));
        Instant first = Instant.parse("2026-01-01T00:00:07Z");

        assertThat(schedule.next(first)).contains(Instant.parse("2026-01-01T00:05:07Z"));
        assertThat(schedule.last(first, Instant.parse("2026-01-01T00:11:00Z")))
                .isEqualTo(Instant.parse("2026-01-01T00:10:07Z"));
        assertThat(schedule).hasToString("every PT5M").isEqualTo(Schedule.read(schedule.text(), schedule.zone()));
        assertThatThrownBy(() -> Schedule.every(Duration.ofMillis(999)))
                .hasMessageContaining("PT0.999S")
                .hasMessageContaining("allowed: 1 second to 3650 days");
    }

    @Test
    void theLastTimeIsTheOneThatHasNoneAfterIt() {
        Random random = new Random(42);
        for (String cron : List.of("* * * * *", "*/7 3 * * *", "0 0 1 * *", "30 2 * * 0", "0 0 29 2 *")) {
            Schedule schedule = Schedule.cron(cron, BERLIN);
            for (int i = 0; i < 20; i++) {
                Instant from = schedule.next(Instant.ofEpochSecond(1_770_000_000L + random.nextInt(20_000_000)))
                        .orElseThrow();
                Instant until = from.plusSeconds(random.nextInt(i % 2 == 0 ? 40_000_000 : 4_000));

                Instant last = schedule.last(from, until);

                assertThat(last).isBetween(from, until);
                assertThat(schedule.next(last).orElseThrow()).isAfter(until);
                assertThat(last.equals(from)
                                || schedule.next(last.minusSeconds(1))
                                        .orElseThrow()
                                        .equals(last))
                        .as("%s from %s until %s", cron, from, until)
                        .isTrue();
            }
        }
    }

    @Test
    void theLibraryIsNamedIfItIsMissing() throws Exception {
        assertThat(ClassPath.without("cron-utils", WithoutCron.class))
                .isEqualTo(
                        "every PT5S; a schedule by a cron expression needs com.cronutils:cron-utils on the class path");
    }
}
