package dev.workpool.cluster.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What sessions take in is bounded by the heap, whatever the settings allow. */
class IntakeTest {
    private static final int MB = 1 << 20;

    private final Intake intake = new Intake(256L * MB);

    @Test
    void aJobMayHaveAnEighthOfTheHeap() {
        assertThat(intake.largest(16 * MB)).isEqualTo(16 * MB);
        assertThat(intake.largest(512 * MB)).isEqualTo(32 * MB);
    }

    @Test
    void allJobsTogetherMayHaveAQuarter() {
        assertThat(intake.take(63L * MB)).isTrue();
        assertThat(intake.take(2L * MB)).isFalse();
        assertThat(intake.room()).isEqualTo(MB);
        intake.giveBack(3L * MB);
        assertThat(intake.take(2L * MB)).isTrue();
    }

    @Test
    void whatIsUnderWayOfAllSessionsIsBoundedAndThereIsSomeForTheNext() {
        List<Integer> windows = new ArrayList<>();
        while (!intake.isFull()) {
            windows.add(intake.openWindow(4 * MB));
        }
        assertThat(windows).hasSizeGreaterThan(20).startsWith(4 * MB, 4 * MB, 4 * MB, 4 * MB);
        assertThat(windows).allMatch(window -> window >= 65_536);
        assertThat(windows.stream().mapToLong(window -> window).sum()).isLessThanOrEqualTo(32L * MB);
        windows.forEach(intake::closeWindow);
        assertThat(intake.openWindow(4 * MB)).isEqualTo(4 * MB);
    }
}
