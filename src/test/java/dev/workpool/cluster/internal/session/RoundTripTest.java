package dev.workpool.cluster.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The shortest of the last eight counts. */
class RoundTripTest {
    private final RoundTrip trip = new RoundTrip();

    @Test
    void whatIsNotKnownIsNothing() {
        assertThat(trip.ns()).isZero();
    }

    @Test
    void oneThatTookLongIsNotTheLink() {
        trip.add(5);
        trip.add(900);
        assertThat(trip.ns()).isEqualTo(5);
    }

    @Test
    void aLinkThatHasBecomeSlowIsNoticedAfterEight() {
        trip.add(5);
        for (int i = 0; i < 7; i++) {
            trip.add(1_000 + i);
            assertThat(trip.ns()).isEqualTo(5);
        }
        trip.add(1_007);
        assertThat(trip.ns()).isEqualTo(1_000);
    }
}
