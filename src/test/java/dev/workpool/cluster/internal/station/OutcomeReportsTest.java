package dev.workpool.cluster.internal.station;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import dev.workpool.cluster.internal.session.FrameSender;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.codec.bytes.ByteReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Outcomes travel together, and none waits for long. */
class OutcomeReportsTest {
    private static final long PATIENCE = 20;

    private final TestInbox<WireMessage> way = TestInbox.create();
    private final OutcomeReports reports =
            new OutcomeReports(new FrameSender(1, way.getRef(), 1 << 20, 1 << 24), PATIENCE, 1_000);

    private List<List<Integer>> sent() {
        List<List<Integer>> all = new ArrayList<>();
        for (WireMessage message : way.getAllReceived()) {
            ByteReader in = new ByteReader(((WireMessage.Frame) message).bytes());
            List<Integer> sizes = new ArrayList<>();
            for (int left = in.getSize(); left > 0; left--) {
                sizes.add(in.getBlock().length);
            }
            assertThat(in.isAtEnd()).isTrue();
            all.add(sizes);
        }
        return all;
    }

    @Test
    void theFirstGoesAtOnceAndOthersWaitForMore() {
        reports.add(new byte[1]);
        reports.sendIfDue(false, 1_000);
        assertThat(sent()).containsExactly(List.of(1));
        reports.add(new byte[2]);
        reports.sendIfDue(false, 1_010);
        reports.add(new byte[3]);
        reports.sendIfDue(false, 1_019);
        assertThat(sent()).isEmpty();
        assertThat(reports.dueNs()).isEqualTo(1_020);
        assertThat(reports.isEmpty()).isFalse();
        reports.sendIfDue(false, 1_020);
        assertThat(sent()).containsExactly(List.of(2, 3));
        assertThat(reports.isEmpty()).isTrue();
    }

    @Test
    void theLastGoesAtOnce() {
        reports.add(new byte[1]);
        reports.sendIfDue(false, 1_000);
        reports.add(new byte[2]);
        reports.sendIfDue(true, 1_001);
        assertThat(sent()).containsExactly(List.of(1), List.of(2));
    }

    @Test
    void manyBytesGoAtOnce() {
        reports.add(new byte[1]);
        reports.sendIfDue(false, 1_000);
        reports.add(new byte[70_000]);
        reports.sendIfDue(false, 1_001);
        assertThat(sent()).containsExactly(List.of(1), List.of(70_000));
    }

    @Test
    void theyWaitLongerWhereTheFleetIsFarAway() {
        assertThat(reports.areWorthWaiting(6_000_000)).isFalse();
        reports.follow(10 * PATIENCE);
        assertThat(reports.dueNs()).isEqualTo(1_000);
        reports.add(new byte[1]);
        reports.sendIfDue(false, 1_000);
        reports.follow(32 * PATIENCE);
        assertThat(reports.dueNs()).isEqualTo(1_000 + 2 * PATIENCE);
        assertThat(reports.areWorthWaiting(6_000_000)).isTrue();
        reports.follow(PATIENCE);
        assertThat(reports.dueNs()).isEqualTo(1_000 + PATIENCE);
    }

    @Test
    void nothingIsNotSent() {
        reports.sendIfDue(true, 2_000);
        assertThat(sent()).isEmpty();
    }
}
