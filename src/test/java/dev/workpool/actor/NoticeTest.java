package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NoticeTest {
    private final Notice<Integer, String> notice = new Notice<>(new Chunk<>(new Object[] {1}, 0, 1), 0);

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
}
