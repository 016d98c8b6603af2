package dev.workpool.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What settings say of pools over a cluster. */
class ClusterSettingsTest {
    private static ClusterSettings with(String application) {
        return ClusterSettings.create(
                ConfigFactory.parseString(application).withFallback(ConfigFactory.defaultReference()), "hashers");
    }

    @Test
    void defaultsAreThoseOfReferenceConf() {
        ClusterSettings settings = with("");
        assertThat(settings.name()).isEqualTo("hashers");
        assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.renewal()).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.wireBudget()).isEqualTo(Duration.ofMillis(40));
        assertThat(settings.windowBytes()).isEqualTo(4 * 1024 * 1024);
        assertThat(settings.frameBytes()).isEqualTo(96 * 1024);
        assertThat(settings.maxJobBytes()).isEqualTo(16 * 1024 * 1024);
        assertThat(settings.maxResultBytes()).isEqualTo(16 * 1024 * 1024);
        assertThat(settings.maxRuns()).isEqualTo(3);
        assertThat(settings.delivery()).isEqualTo(Delivery.AT_LEAST_ONCE);
        assertThat(settings.role()).isEmpty();
        assertThat(settings.workers()).isEmpty();
        assertThat(settings.workersPerNode()).isEmpty();
        assertThat(settings)
                .hasToString(
                        "ClusterSettings(hashers, lease PT5S, renewal PT0.25S, at-least-once, at most 3 runs, all nodes)");
    }

    @Test
    void aPoolsOwnSettingsGoBeforeThoseOfAll() {
        ClusterSettings settings =
                with("workpool.cluster { lease = 8s, role = crawl, pools.hashers { role = hash, workers = 7 } }");
        assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(8));
        assertThat(settings.role()).contains("hash");
        assertThat(settings.workers()).hasValue(7);
    }

    @Test
    void eachCanBeSetInCode() {
        ClusterSettings settings = with("").withLease(Duration.ofSeconds(20))
                .withRenewal(Duration.ofSeconds(5))
                .withWireBudget(Duration.ofMillis(10))
                .withWindowBytes(1 << 20)
                .withFrameBytes(1 << 20)
                .withMaxJobBytes(1)
                .withMaxResultBytes(2)
                .withMaxRuns(1)
                .withDelivery(Delivery.AT_MOST_ONCE)
                .withRole("hash")
                .withWorkers(12)
                .withWorkersPerNode(4);
        assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.renewal()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.wireBudget()).isEqualTo(Duration.ofMillis(10));
        assertThat(settings.windowBytes()).isEqualTo(1 << 20);
        assertThat(settings.frameBytes()).isEqualTo(1 << 20);
        assertThat(settings.maxJobBytes()).isEqualTo(1);
        assertThat(settings.maxResultBytes()).isEqualTo(2);
        assertThat(settings.maxRuns()).isEqualTo(1);
        assertThat(settings.delivery()).isEqualTo(Delivery.AT_MOST_ONCE);
        assertThat(settings.role()).contains("hash");
        assertThat(settings.workers()).hasValue(12);
        assertThat(settings.workersPerNode()).hasValue(4);
        assertThat(settings.withRole("").role()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lease            | 999ms     | 1s to 1 hour",
                "lease            | 61m       | 1s to 1 hour",
                "renewal          | 49ms      | 50ms to a quarter of lease (1250ms)",
                "renewal          | 1251ms    | 50ms to a quarter of lease (1250ms)",
                "wire-budget      | 900us     | 1ms to 1s",
                "wire-budget      | 1001ms    | 1ms to 1s",
                "window-bytes     | 65535     | 65536 to 536870912",
                "window-bytes     | 536870913 | 65536 to 536870912",
                "frame-bytes      | 4095      | 4096 to 16777216, but no more than window-bytes (4194304)",
                "frame-bytes      | 4194305   | 4096 to 16777216, but no more than window-bytes (4194304)",
                "max-job-bytes    | 0         | 1 to 536870912",
                "max-job-bytes    | 536870913 | 1 to 536870912",
                "max-result-bytes | 0         | 1 to 536870912",
                "max-result-bytes | 536870913 | 1 to 536870912",
                "max-runs         | 0         | 1 to 1000",
                "max-runs         | 1001      | 1 to 1000",
                "delivery         | once      | at-least-once, at-most-once",
                "role             | []        | a role of nodes, or \"\" for all nodes",
                "workers          | 0         | off, or 1 to 100000",
                "workers          | 100001    | off, or 1 to 100000",
                "workers-per-node | many      | off, or 1 to 100000",
            })
    void aValueThatIsNotAllowedIsNamedWhereItStands(String key, String value, String allowed) {
        for (String section : List.of("workpool.cluster.", "workpool.cluster.pools.hashers.")) {
            String application = section + key + " = " + value;
            assertThatThrownBy(() -> with(application))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(application + "; allowed: " + allowed);
        }
    }

    @Test
    void aFrameHasALimitOfItsOwnWhereTheWindowIsLarge() {
        ClusterSettings settings = with("").withWindowBytes(64 * 1024 * 1024).withFrameBytes(16 * 1024 * 1024);
        assertThat(settings.frameBytes()).isEqualTo(16 * 1024 * 1024);
        assertThatThrownBy(() -> settings.withFrameBytes(16 * 1024 * 1024 + 1))
                .hasMessageContaining("4096 to 16777216");
    }

    @Test
    void whatIsNoSettingIsNamed() {
        assertThatThrownBy(() -> with("workpool.cluster.leese = 3s"))
                .hasMessageContaining(
                        "workpool.cluster.leese = 3s is not a setting (String: 1); did you mean workpool.cluster.lease?");
        assertThatThrownBy(() -> with("workpool.cluster.pools.hashers.retry.max-attempts = 3"))
                .hasMessageContaining("workpool.cluster.pools.hashers.retry.max-attempts = 3 is not a setting");
        assertThatThrownBy(() -> ClusterSettings.create(ConfigFactory.load(), "a b"))
                .hasMessageContaining("name of a pool = 'a b'");
        assertThatThrownBy(() -> with("").withDelivery(null)).hasMessage("delivery");
    }

    @Test
    void theSectionIsNoSettingOfPools() {
        assertThat(WorkerPoolSettings.create(ConfigFactory.load(), "hashers").name())
                .isEqualTo("hashers");
        assertThatThrownBy(() -> with("workpool.cluster = 3"))
                .hasMessageContaining("workpool.cluster = 3; allowed: a section");
    }
}
