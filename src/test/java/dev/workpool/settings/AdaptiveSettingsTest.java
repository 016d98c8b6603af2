package dev.workpool.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import dev.workpool.support.ClassPath;
import dev.workpool.support.WithoutLimits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What settings say of adaptive pools. */
class AdaptiveSettingsTest {
    private static WorkerPoolSettings with(String application) {
        return WorkerPoolSettings.create(
                ConfigFactory.parseString(application).withFallback(ConfigFactory.defaultReference()), "callers");
    }

    @Test
    void itIsOffByDefault() {
        WorkerPoolSettings settings = with("");
        assertThat(settings.adaptiveWorkers()).isFalse();
        assertThat(settings.minWorkers()).isEqualTo(settings.workers());
        assertThat(settings.maxSlowDown()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.withMaxSlowDown(Duration.ZERO).maxSlowDown()).isZero();
    }

    @Test
    void itsBoundsComeFromConfigurationOrCode() {
        WorkerPoolSettings settings = with("workpool.pools.callers.workers = adaptive");
        assertThat(settings.adaptiveWorkers()).isTrue();
        assertThat(settings.minWorkers()).isEqualTo(1);
        assertThat(settings.workers()).isEqualTo(128);
        WorkerPoolSettings changed = settings.withAdaptiveWorkers(200, 300);
        assertThat(changed.minWorkers()).isEqualTo(200);
        assertThat(changed.workers()).isEqualTo(300);
        assertThat(changed).hasToString("WorkerPoolSettings(callers, 200 to 300 workers)");
        assertThat(changed.withAdaptiveWorkers(7, 7).adaptiveWorkers()).isTrue();
        WorkerPoolSettings fixed = changed.withWorkers(5);
        assertThat(fixed.adaptiveWorkers()).isFalse();
        assertThat(fixed.minWorkers()).isEqualTo(5);
        assertThat(fixed.workers()).isEqualTo(5);
        assertThat(with("workpool { workers = adaptive, adaptive { min-workers = 2, max-workers = 9 } }"))
                .hasToString("WorkerPoolSettings(callers, 2 to 9 workers)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "adaptive.min-workers | 0        | 1 to 100000",
                "adaptive.min-workers | 1.5      | 1 to 100000",
                "adaptive.min-workers | few      | 1 to 100000",
                "adaptive.min-workers | 100001   | 1 to 100000",
                "adaptive.max-workers | 0        | adaptive.min-workers (1) to 100000",
                "adaptive.max-workers | 100001   | adaptive.min-workers (1) to 100000",
                "max-slow-down        | -1ms     | 0 to 1 day",
                "max-slow-down        | 25h      | 0 to 1 day",
                "max-slow-down        | off      | 0 to 1 day",
                "workers              | adapting | auto, adaptive, or 1 to 100000",
            })
    void aValueThatIsNotAllowedFailsAlsoWhereTheNumberIsFixed(String key, String value, String allowed) {
        assertThatThrownBy(() -> with("workpool." + key + " = " + value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("workpool." + key + " = " + value + "; allowed: " + allowed);
    }

    @Test
    void boundsThatAreCrossedFail() {
        assertThatThrownBy(() -> with("").withAdaptiveWorkers(9, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("workpool.pools.callers.adaptive.max-workers = 8; allowed: "
                        + "adaptive.min-workers (9) to 100000");
        assertThatThrownBy(() -> with("").withAdaptiveWorkers(0, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("workpool.pools.callers.adaptive.min-workers = 0; allowed: 1 to 100000");
    }

    /** A class path as that of an application which has not asked for adaptive pools. */
    @Test
    void withoutItsLibraryOnlyAdaptivePoolsFailAndSayWhatTheyNeed() throws Exception {
        assertThat(ClassPath.without("concurrency-limits", WithoutLimits.class))
                .isEqualTo(List.of(
                        "42",
                        "workpool.pools.poor.workers = adaptive; allowed: auto, or 1 to 100000; adaptive needs "
                                + "com.netflix.concurrency-limits:concurrency-limits-core on the class path"));
    }
}
