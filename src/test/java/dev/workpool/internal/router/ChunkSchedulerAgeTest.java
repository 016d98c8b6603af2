package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which jobs a warning names since they have run for long. */
class ChunkSchedulerAgeTest {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private static ChunkSchedulerHarness harness() {
        return new ChunkSchedulerHarness(1, settings -> settings.withWarnAfter(Duration.ofSeconds(10)));
    }

    private static void assertNamed(ChunkSchedulerHarness harness, String... texts) {
        assertThat(harness.longRuns).containsExactly(texts);
    }

    @Test
    void aJobIsNamedOnceWhenItHasRunForSoLong() {
        ChunkSchedulerHarness harness = harness();
        harness.grant(1, 1, 0);
        harness.begin(0);
        harness.pass(10 * SECOND_NS - 1);
        assertNamed(harness);
        harness.pass(1);
        assertNamed(harness, "java.lang.Integer, attempt 1, for 10.0 s: worker 0");
        harness.pass(100 * SECOND_NS);
        assertThat(harness.longRuns).hasSize(1);
        harness.settleDown();
    }

    @Test
    void byDefaultNobodyIsNamed() {
        ChunkSchedulerHarness harness = new ChunkSchedulerHarness(1, settings -> settings);
        harness.grant(1, 1, 0);
        harness.begin(0);
        harness.pass(TimeUnit.DAYS.toNanos(1));
        assertNamed(harness);
        harness.settleDown();
    }
}
