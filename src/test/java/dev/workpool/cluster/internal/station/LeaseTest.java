package dev.workpool.cluster.internal.station;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A lease lasts as long as it was renewed for, and does not come back. */
class LeaseTest {
    /** Near where the clock of a JVM may overflow. */
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);

    private final Lease lease = new Lease(3, 70, clock::get, Long.MIN_VALUE + 4);

    @Test
    void itLastsUntilItsEnd() {
        clock.addAndGet(10);
        assertThat(lease.mayBegin()).isTrue();
        clock.addAndGet(1);
        assertThat(lease.mayBegin()).isFalse();
        assertThat(lease.version()).isEqualTo(3);
        assertThat(lease.maxResultBytes()).isEqualTo(70);
    }

    @Test
    void aRenewalMakesItLonger() {
        clock.addAndGet(9);
        lease.renew(clock.get() + 10);
        clock.addAndGet(10);
        assertThat(lease.isOver()).isFalse();
    }

    @Test
    void onceItIsOverItStaysSo() {
        clock.addAndGet(11);
        assertThat(lease.isOver()).isTrue();
        lease.renew(clock.get() + 1_000);
        assertThat(lease.mayBegin()).isFalse();
    }

    @Test
    void itCanBeEnded() {
        lease.end();
        assertThat(lease.mayBegin()).isFalse();
    }
}
