package dev.workpool.durable.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.settings.MissedRuns;
import dev.workpool.settings.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DueRunsTest {
    private static final Instant DUE = Instant.parse("2026-01-01T00:00:00Z");
    private static final Schedule HOURLY = Schedule.every(Duration.ofHours(1));

    private static DueRuns at(String after, MissedRuns missed) {
        return DueRuns.at(DUE.plus(Duration.parse(after)), DUE, HOURLY, missed);
    }

    private static Instant hour(int n) {
        return DUE.plus(Duration.ofHours(n));
    }

    @Test
    void whatIsALittleLateRunsWhateverThePolicy() {
        for (MissedRuns missed : MissedRuns.values()) {
            assertThat(at("PT59S", missed)).isEqualTo(new DueRuns(List.of(DUE), Optional.of(hour(1))));
        }
    }

    @Test
    void whatWasMissedIsSkippedOrMadeUpFor() {
        assertThat(at("PT3H5M", MissedRuns.SKIP)).isEqualTo(new DueRuns(List.of(), Optional.of(hour(4))));
        assertThat(at("PT3H5M", MissedRuns.ONE)).isEqualTo(new DueRuns(List.of(hour(3)), Optional.of(hour(4))));
        assertThat(at("PT3H5M", MissedRuns.ALL))
                .isEqualTo(new DueRuns(List.of(DUE, hour(1), hour(2), hour(3)), Optional.of(hour(4))));
    }

    @Test
    void whatIsDueNowRunsEvenIfRunsBeforeItAreSkipped() {
        assertThat(at("PT3H1S", MissedRuns.SKIP)).isEqualTo(new DueRuns(List.of(hour(3)), Optional.of(hour(4))));
    }

    @Test
    void manyMissedRunsAreMadeUpForInSteps() {
        DueRuns first = at("PT2000H", MissedRuns.ALL);

        assertThat(first.runs()).hasSize(DueRuns.MOST).startsWith(DUE).endsWith(hour(DueRuns.MOST - 1));
        assertThat(first.next()).contains(hour(DueRuns.MOST));
    }
}
