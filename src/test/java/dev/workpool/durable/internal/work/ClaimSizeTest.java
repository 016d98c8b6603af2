package dev.workpool.durable.internal.work;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ClaimSizeTest {
    private static final long SECOND_NS = 1_000_000_000;
    private static final long WINDOW_NS = SECOND_NS / 10;

    private static ClaimSize size(long costNs) {
        return new ClaimSize(SECOND_NS, 4, 64_000, 1_000, costNs);
    }

    @Test
    void itIsWhatTheWorkersRunInASecond() {
        ClaimSize size = size(0);
        assertThat(size.target()).as("before anything is known").isEqualTo(1_000);
        for (int i = 0; i < 50; i++) {
            size.onWindow(40, WINDOW_NS, false);
        }
        assertThat(size.target()).isBetween(395, 405);
        assertThat(size.costNs()).isBetween(SECOND_NS / 102, SECOND_NS / 98);
    }

    @Test
    void whatAJobCostsMayBeKnownBefore() {
        assertThat(size(SECOND_NS / 10).target()).isEqualTo(40);
    }

    @Test
    void workersThatHadNothingToDoCouldHaveDoneMore() {
        ClaimSize size = size(SECOND_NS / 10);
        size.onWindow(400, WINDOW_NS, true);
        assertThat(size.target()).isEqualTo(8_000);
        size.onWindow(0, WINDOW_NS, true);
        assertThat(size.target()).as("an empty queue says nothing").isEqualTo(8_000);
    }

    @Property
    void itIsNeverFewerThanTwoForAWorkerNorMoreThanAllowed(
            @ForAll @IntRange(max = 1_000_000) int jobs,
            @ForAll @LongRange(max = 100 * SECOND_NS) long elapsedNs,
            @ForAll boolean wasShort) {
        ClaimSize size = size(0);
        for (int i = 0; i < 100; i++) {
            size.onWindow(jobs, elapsedNs, wasShort);
        }
        assertThat(size.target()).isBetween(8, 64_000);
    }
}
