package dev.workpool.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.workpool.settings.WorkerPoolSettings;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitsTest {
    private static final WorkerPoolSettings SETTINGS = WorkerPoolSettings.create(ConfigFactory.load(), "p");

    @Test
    void aFixedNumberIsThatOfTheSettings() {
        ConcurrencyLimit limit = ConcurrencyLimits.of(SETTINGS.withWorkers(7), () -> 0);
        assertThat(limit.workers()).isEqualTo(7);
        limit.overloaded();
        assertThat(limit.workers()).isEqualTo(7);
    }

    @Test
    void anAdaptiveOneFallsUponAnOverload() {
        int processors = Runtime.getRuntime().availableProcessors();
        ConcurrencyLimit limit = ConcurrencyLimits.of(SETTINGS.withAdaptiveWorkers(1, processors), () -> 0);
        assertThat(limit.workers()).as("one for each processor at first").isEqualTo(processors);
        ConcurrencyLimit large = ConcurrencyLimits.of(SETTINGS.withAdaptiveWorkers(1_000, 2_000), () -> 0);
        assertThat(large.workers()).as("the fewest").isEqualTo(1_000);
        large.bound(3_000);
        large.overloaded();
        assertThat(large.workers()).isEqualTo(1_000);
        ConcurrencyLimit small = ConcurrencyLimits.of(SETTINGS.withAdaptiveWorkers(1, 1), () -> 0);
        assertThat(small.workers()).isEqualTo(1);
    }
}
