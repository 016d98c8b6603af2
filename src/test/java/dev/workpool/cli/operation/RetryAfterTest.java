package dev.workpool.cli.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | PT0S",
                "120 | PT2M",
                "' 7 ' | PT7S",
                "9999999999 | PT9999999999S",
                "'Wed, 25 Nov 2026 10:00:30 GMT' | PT30S",
                "'Wed, 25 Nov 2026 09:59:59 GMT' | PT0S",
                "-1 | PT0S",
                "1.5 | PT0S",
                "'' | PT0S",
                "99999999999999999999 | PT0S",
                "soon | PT0S"
            })
    void isANumberOfSecondsOrADate(String header, Duration expected) {
        assertThat(RetryAfter.of(header, NOW)).isEqualTo(expected);
    }

    @Test
    void isMeantByTwoStatuses() {
        assertThat(RetryAfter.isMeantBy(429)).isTrue();
        assertThat(RetryAfter.isMeantBy(503)).isTrue();
        assertThat(RetryAfter.isMeantBy(500)).isFalse();
        assertThat(RetryAfter.isMeantBy(200)).isFalse();
    }
}
