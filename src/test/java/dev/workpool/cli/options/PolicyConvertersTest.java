package dev.workpool.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.cli.text.Durations;
import dev.workpool.settings.RetryPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyConvertersTest {

    @ParameterizedTest
    @CsvSource({
        "1, PT1S, 1 s",
        "1s, PT1S, 1 s",
        "0.25, PT0.25S, 250 ms",
        "500ms, PT0.5S, 500 ms",
        "1.5ms, PT0.0015S, 1.5 ms",
        "1.5s, PT1.5S, 1.5 s",
        "2m, PT2M, 120 s",
        "3h, PT3H, 10800 s",
        "365d, PT8760H, 31536000 s",
    })
    void durationsAreReadAndSaid(String text, Duration expected, String words) {
        Duration duration = new PolicyConverters.Timeout().convert(text);
        assertThat(duration).isEqualTo(expected);
        assertThat(Durations.words(duration)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"5, 5", "0.5/s, 0.5", "90/m, 1.5", "3600/h, 1", "3.6/h, 0.001"})
    void ratesArePerSecond(String text, double perSecond) {
        assertThat(new PolicyConverters.Rate().convert(text).perSecond()).isEqualTo(perSecond);
    }

    @Test
    void oneDurationIsAFixedBackoffAndTwoAreAGrowingOne() {
        RetryPolicy policy = RetryPolicy.attempts(3);
        PolicyConverters.BackoffRange range = new PolicyConverters.BackoffRange();
        assertThat(range.convert("2").applyTo(policy)).isEqualTo(policy.withFixedBackoff(Duration.ofSeconds(2)));
        assertThat(range.convert("2..2s").applyTo(policy)).isEqualTo(policy.withFixedBackoff(Duration.ofSeconds(2)));
        assertThat(range.convert("500ms..1m").applyTo(policy))
                .isEqualTo(policy.withExponentialBackoff(Duration.ofMillis(500), Duration.ofMinutes(1)));
        assertThat(range.convert("1s..9s").applyTo(policy.withJitter(false)).jitter())
                .isFalse();
    }
}
