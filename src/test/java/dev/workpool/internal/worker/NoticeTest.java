package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NoticeTest {
    private long nowNs = 100;
    private final AtomicInteger onTold = new AtomicInteger();
    private final Notice<Integer, String> notice = notice();

    private Notice<Integer, String> notice() {
        return new Notice<>(new Chunk<>(new Object[] {1}, 0, 1), 0, () -> nowNs, onTold::incrementAndGet);
    }

    @Test
    void isDeliveredByWhoeverAsksFirst() {
        assertThat(notice.ask()).isTrue();
        assertThat(notice.ask()).as("somebody is at it").isFalse();
        AtomicInteger deliveries = new AtomicInteger();
        notice.deliver(deliveries::incrementAndGet);
        assertThat(deliveries).as("both were asked for before it began").hasValue(1);
        assertThat(notice.ask()).as("once more").isTrue();
        notice.deliver(deliveries::incrementAndGet);
        assertThat(deliveries).hasValue(2);
    }

    @Test
    void isDeliveredAgainIfThatIsAskedForMeanwhile() {
        assertThat(notice.ask()).isTrue();
        AtomicInteger deliveries = new AtomicInteger();
        notice.deliver(() -> {
            if (deliveries.incrementAndGet() < 3) {
                assertThat(notice.ask()).as("never twice at a time").isFalse();
            }
        });
        assertThat(deliveries).hasValue(3);
        assertThat(notice.ask()).isTrue();
    }

    @Test
    void hasToldTheHandlerOnceItIsDelivered() {
        notice.ask();
        notice.deliver(() -> {
            nowNs = 200;
            assertThat(notice.isTold()).isFalse();
        });
        assertThat(notice.isTold()).isTrue();
        assertThat(notice.toldNs()).isEqualTo(200);
        nowNs = 300;
        notice.ask();
        notice.deliver(() -> {});
        assertThat(notice.isTold()).isTrue();
        assertThat(notice.toldNs()).as("once more does not count").isEqualTo(200);
    }

    @Test
    void hasToldTheHandlerOnceAllThatWasLeftToOthersHasBegun() {
        notice.ask();
        notice.deliver(() -> {
            notice.leave();
            notice.leave();
        });
        assertThat(notice.isTold()).isFalse();
        notice.begins();
        assertThat(notice.isTold()).isFalse();
        nowNs = 300;
        notice.begins();
        assertThat(notice.isTold()).isTrue();
        assertThat(notice.toldNs()).isEqualTo(300);
        assertThat(onTold).as("nobody waited").hasValue(0);
    }

    @Test
    void hasToldTheHandlerAlsoIfTheDeliveryFails() {
        notice.ask();
        assertThatThrownBy(() -> notice.deliver(() -> {
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        assertThat(notice.isTold()).isTrue();
    }

    @Test
    void callsWhoWaits() {
        notice.await();
        notice.await();
        assertThat(onTold).hasValue(0);
        notice.ask();
        notice.deliver(() -> {});
        assertThat(onTold).hasValue(1);
        notice.await();
        assertThat(onTold).as("at once").hasValue(2);
    }

    @Test
    void callsWhoBeginsToWaitAtThatMomentOnce() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            onTold.set(0);
            Notice<Integer, String> raced = notice();
            CyclicBarrier together = new CyclicBarrier(2);
            Thread teller = new Thread(() -> {
                try {
                    together.await();
                } catch (Exception e) {
                    onTold.set(-1);
                }
                raced.deliver(() -> {});
            });
            teller.start();
            together.await();
            raced.await();
            teller.join();
            assertThat(onTold).hasValue(1);
        }
    }
}
