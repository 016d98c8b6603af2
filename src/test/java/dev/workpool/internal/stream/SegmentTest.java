package dev.workpool.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SegmentTest {
    private final Segment segment = new Segment(100, 8);

    @Test
    void containsTheJobsFromItsBaseOn() {
        assertThat(segment.size()).isEqualTo(8);
        assertThat(segment.contains(99)).isFalse();
        assertThat(segment.contains(100)).isTrue();
        assertThat(segment.contains(107)).isTrue();
        assertThat(segment.contains(108)).isFalse();
        assertThat(segment.contains(100 + (1L << 33))).as("no int").isFalse();
    }

    @Test
    void findsRunsOfOpenAndOfSettledJobs() {
        segment.settle(2, 4);
        assertThat(segment.nextOpen(0, 8)).isEqualTo(0);
        assertThat(segment.nextSettled(0, 8)).isEqualTo(2);
        assertThat(segment.nextOpen(2, 8)).isEqualTo(4);
        assertThat(segment.nextSettled(4, 8)).as("none follows").isEqualTo(8);
        assertThat(segment.nextOpen(2, 3)).as("not before the end").isEqualTo(3);
        assertThat(segment.nextSettled(0, 1)).as("not before the end").isEqualTo(1);
        assertThat(segment.isOpen(1)).isTrue();
        assertThat(segment.isOpen(2)).isFalse();
    }

    @Test
    void isSettledWithItsLastJob() {
        segment.settle(0, 5);
        segment.settle(6, 8);
        assertThat(segment.isSettled()).isFalse();
        segment.settle(5, 6);
        assertThat(segment.isSettled()).isTrue();
    }
}
