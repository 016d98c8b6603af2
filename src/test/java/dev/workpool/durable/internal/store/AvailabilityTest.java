package dev.workpool.durable.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When a store counts as away, and when it is back. */
class AvailabilityTest {
    private final AtomicLong clockNs = new AtomicLong(1_000);
    private final List<String> told = new ArrayList<>();
    private final Availability availability = new Availability("test", clockNs::get);

    AvailabilityTest() {
        availability.listen(new Availability.Listener() {
            @Override
            public void away(Exception reason) {
                told.add("away");
            }

            @Override
            public void back(java.time.Duration away) {
                told.add("back");
            }
        });
    }

    @Test
    void whatDoesNotAnswerIsBackWithItsNextAnswer() {
        availability.fails(new SQLException("gone"), false, false);
        availability.works(clockNs.get() - 1); // asked before
        assertThat(told).containsExactly("away");
        availability.works(clockNs.get());
        assertThat(told).containsExactly("away", "back");
    }

    @Test
    void whatTakesNoWritesIsBackWhenItHasTakenOneAndNoneHasFailedForAWhile() {
        availability.fails(new SQLException("full"), true, false);
        clockNs.addAndGet(10 * Availability.QUIET_NS);
        availability.works(clockNs.get()); // something was read
        assertThat(told).containsExactly("away");
        availability.fails(new SQLException("full"), true, false);
        availability.written(); // something small
        assertThat(told).containsExactly("away");
        clockNs.addAndGet(Availability.QUIET_NS);
        availability.written();
        assertThat(told).containsExactly("away", "back");
        assertThat(availability.isUnwritable()).isFalse();
        assertThat(availability.status().isAvailable()).isTrue();
    }

    @Test
    void whatIsFullAndGoesAwayIsStillFullWhenItIsBack() {
        availability.fails(new SQLException("full"), true, false);
        availability.fails(new SQLException("gone"), false, false);
        availability.works(clockNs.get());
        assertThat(told).containsExactly("away");
    }
}
