package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How the time of a phase is divided. */
class ShutdownHookTest {
    @Test
    void cancelledHandlersHaveTheirGraceWhereThePhaseIsLong() {
        Duration phase = Duration.ofSeconds(60);
        assertThat(ShutdownHook.forAll(phase)).isEqualTo(Duration.ofSeconds(57));
        assertThat(ShutdownHook.forJobs(phase, Duration.ofSeconds(5))).isEqualTo(Duration.ofMillis(51_900));
    }

    @Test
    void jobsHaveMostOfAPhaseThatIsShort() {
        Duration phase = Duration.ofSeconds(5);
        assertThat(ShutdownHook.forAll(phase)).isEqualTo(Duration.ofMillis(4_750));
        assertThat(ShutdownHook.forJobs(phase, Duration.ofSeconds(5))).isEqualTo(Duration.ofMillis(3_500));
        assertThat(ShutdownHook.forJobs(Duration.ofMillis(1), Duration.ofDays(1)))
                .isEqualTo(Duration.ofNanos(700_000));
    }
}
