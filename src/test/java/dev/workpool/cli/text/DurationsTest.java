package dev.workpool.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    private static final Duration MIN = Duration.ofMillis(1);
    private static final Duration MAX = Duration.ofDays(365);

    @ParameterizedTest
    @CsvSource({
        "500ms, 500000000",
        "0.25ms, 250000",
        "1.5s, 1500000000",
        "10, 10000000000",
        "2m, 120000000000",
        "3h, 10800000000000",
        "1d, 86400000000000",
        "0.000000001s, 1"
    })
    void aNumberAndAUnitOrABareNumberOfSecondsIsADuration(String text, long nanos) {
        assertThat(Durations.parse(text, Duration.ofNanos(1), MAX)).isEqualTo(Duration.ofNanos(nanos));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "1 s", "1S", "-1s", "1.s", ".5s", "1e3", "1w", "1s2", "1.0000000001s"})
    void anythingElseIsNone(String text) {
        assertThatThrownBy(() -> Durations.parse(text, MIN, MAX))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(": " + text);
    }

    @Test
    void theBoundsAreInRangeAndNothingBeyond() {
        assertThat(Durations.parse("1ms", MIN, MAX)).isEqualTo(MIN);
        assertThat(Durations.parse("365d", MIN, MAX)).isEqualTo(MAX);
        assertThatThrownBy(() -> Durations.parse("0.999999ms", MIN, MAX)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Durations.parse("365.000000001d", MIN, MAX))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Durations.parse("999999999999999999d", MIN, MAX))
                .as("more nanoseconds than fit into a long")
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"500000000, 500 ms", "1500000000, 1.5 s", "90000000000, 90 s", "250000, 0.25 ms", "1000000000, 1 s"})
    void aMessageSaysMillisecondsBelowASecond(long nanos, String words) {
        assertThat(Durations.words(Duration.ofNanos(nanos))).isEqualTo(words);
    }
}
