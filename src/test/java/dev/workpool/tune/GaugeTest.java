package dev.workpool.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GaugeTest {
    private static final long SECOND = 1_000_000_000;

    private final Gauge gauge = new Gauge();

    private Round read() {
        return gauge.read(1, 0, 0);
    }

    @Test
    void aJobCountsByThePartThatLiesWithinTheRound() {
        gauge.span(10 * SECOND, 20 * SECOND);
        gauge.record(5 * SECOND, 15 * SECOND, null); // half of it
        gauge.record(15 * SECOND, 16 * SECOND, null); // all of it
        gauge.record(16 * SECOND, 32 * SECOND, null); // a quarter
        gauge.record(0, 40 * SECOND, null); // a quarter, longer than the round
        assertThat(read().throughput()).isCloseTo(0.2, within(1e-9));
        assertThat(read().busy()).isCloseTo((5 + 1 + 4 + 10) / 10.0, within(1e-9));
    }

    @Test
    void whatLiesOutsideDoesNotCount() {
        gauge.record(0, SECOND, null); // nobody knows yet when the round is
        gauge.span(10 * SECOND, 20 * SECOND);
        gauge.record(SECOND, 9 * SECOND, null);
        gauge.record(21 * SECOND, 22 * SECOND, null);
        assertThat(read().throughput()).isZero();
        assertThat(read().jobs()).isZero();
        assertThat(read().p99()).isNaN();
        assertThat(read().mean()).isNaN();
    }

    @Test
    void timesAreThoseOfJobsThatBeganWithinTheRound() {
        gauge.span(10 * SECOND, 20 * SECOND);
        gauge.record(5 * SECOND, 15 * SECOND, null);
        gauge.record(12 * SECOND, 13 * SECOND, null);
        gauge.record(19 * SECOND, 20 * SECOND, null);
        gauge.record(19 * SECOND, 22 * SECOND, null);
        assertThat(read().jobs()).isEqualTo(3);
        assertThat(read().p10()).isCloseTo(1, within(0.01));
        assertThat(read().p50()).isCloseTo(1, within(0.01));
        assertThat(read().p99()).isCloseTo(3, within(0.03));
    }

    @Test
    void failuresAreNoThroughputAndTheFirstIsKept() {
        gauge.span(0, 10 * SECOND);
        Exception first = new IllegalStateException("first");
        gauge.record(1, SECOND, first);
        gauge.record(1, SECOND, new IllegalStateException("second"));
        gauge.record(1, SECOND, null);
        assertThat(read().throughput()).isCloseTo(0.1, within(1e-9));
        assertThat(read().jobs()).isEqualTo(3);
        assertThat(read().failed()).isEqualTo(2);
        assertThat(gauge.firstFailure()).isSameAs(first);
    }

    @Test
    void aJobThatTakesNoTimeIsOneJob() {
        gauge.span(0, SECOND);
        gauge.record(5, 5, null);
        assertThat(read().throughput()).isEqualTo(1);
    }

    @Test
    void onceClosedItWantsNoMoreJobs() {
        assertThat(gauge.firstJob()).isNotDone();
        assertThat(gauge.begin()).isTrue();
        assertThat(gauge.firstJob()).isDone();
        gauge.close();
        assertThat(gauge.begin()).isFalse();
        assertThat(gauge.isOpen()).isFalse();
    }
}
