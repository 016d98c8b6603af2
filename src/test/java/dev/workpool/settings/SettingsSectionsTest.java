package dev.workpool.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

class SettingsSectionsTest {
    @Test
    void whatShouldBeASectionIsNamedInFull() {
        assertThatThrownBy(() -> WorkerPoolSettings.create(
                        ConfigFactory.parseString("workpool.pools = 3").withFallback(ConfigFactory.load()), "x"))
                .hasMessageContaining("workpool.pools = 3; allowed: a section");
        assertThatThrownBy(() -> WorkerPoolSettings.create(
                        ConfigFactory.parseString("workpool.pools.x = 3").withFallback(ConfigFactory.load()), "x"))
                .hasMessageContaining("workpool.pools.\"x\" = 3; allowed: a section");
    }

    @Test
    void aBoundedQueueCanBeUnlimitedAgain() {
        WorkerPoolSettings bounded =
                WorkerPoolSettings.create(ConfigFactory.load(), "x").withQueueCapacity(3, WhenFull.BLOCK);
        assertThat(bounded.queueCapacity()).contains(3L);
        assertThat(bounded.withUnlimitedQueue().queueCapacity()).isEmpty();
    }
}
