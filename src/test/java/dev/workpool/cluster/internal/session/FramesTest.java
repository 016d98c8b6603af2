package dev.workpool.cluster.internal.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.TestInbox;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.cluster.internal.wire.WireMessage.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Blocks of any size arrive as they were sent, in frames of which no more are under way than there is room for. */
class FramesTest {
    private static final int FRAME = 100;
    private static final int WINDOW = 1_000;
    private static final int MOST_FRAMES = 128;
    private static final int MOST = 10 * WINDOW;

    private final TestInbox<WireMessage> way = TestInbox.create();
    private final FrameSender sender = new FrameSender(9, way.getRef(), FRAME, WINDOW);
    private final FrameReceiver receiver = new FrameReceiver(WINDOW, MOST);

    private List<Frame> sent() {
        return sent(way);
    }

    private static List<Frame> sent(TestInbox<WireMessage> way) {
        return way.getAllReceived().stream().map(Frame.class::cast).toList();
    }

    private static byte[] block(Random random, int size) {
        byte[] block = new byte[size];
        random.nextBytes(block);
        return block;
    }

    @Property(tries = 100)
    void blocksArriveAsTheyWereSentAndNeverTooManyAtOnce(@ForAll long seed) throws Gap {
        Random random = new Random(seed);
        TestInbox<WireMessage> way = TestInbox.create();
        FrameSender sender = new FrameSender(9, way.getRef(), FRAME, WINDOW);
        FrameReceiver receiver = new FrameReceiver(WINDOW, MOST);
        Queue<byte[]> blocks = new ArrayDeque<>();
        Queue<Frame> underWay = new ArrayDeque<>();
        Queue<Long> acknowledgements = new ArrayDeque<>();
        Queue<Integer> unacknowledged = new ArrayDeque<>();
        long acknowledged = 0;
        for (int step = 0; step < 400 || !blocks.isEmpty(); step++) {
            int choice = random.nextInt(step < 400 ? 10 : 6);
            if (choice > 7) {
                byte[] block = block(random, random.nextInt(random.nextInt(4) == 0 ? 5 * WINDOW : 2 * FRAME));
                blocks.add(block);
                sender.send(block);
            } else if (choice > 2 && !underWay.isEmpty()) {
                Frame frame = underWay.remove();
                byte[] block = receiver.receive(frame, step);
                if (frame.last()) {
                    assertThat(block).isEqualTo(blocks.remove());
                } else {
                    assertThat(block).isNull();
                }
                if (receiver.take(frame.number(), frame.bytes().length)) {
                    acknowledgements.add(receiver.acknowledge());
                    assertThat(receiver.owesAcknowledgement()).isFalse();
                }
            } else if (choice == 2 && receiver.owesAcknowledgement()) {
                acknowledgements.add(receiver.acknowledge());
            } else if (!acknowledgements.isEmpty()) {
                long frames = acknowledgements.remove();
                for (; acknowledged < frames; acknowledged++) {
                    unacknowledged.remove();
                }
                sender.acknowledged(frames);
            }
            for (Frame frame : sent(way)) {
                assertThat(frame.session()).isEqualTo(9);
                assertThat(frame.bytes().length).isLessThanOrEqualTo(FRAME);
                underWay.add(frame);
                unacknowledged.add(frame.bytes().length);
            }
            assertThat(unacknowledged.stream().mapToInt(size -> size).sum()).isLessThan(WINDOW + FRAME);
            assertThat(unacknowledged).hasSizeLessThanOrEqualTo(MOST_FRAMES);
            assertThat(sender.isDone()).isEqualTo(unacknowledged.isEmpty() && !sender.isFull());
        }
        assertThat(receiver.frames()).isEqualTo(sender.frames());
    }

    @Test
    void smallBlocksAreBoundedByTheirNumber() {
        for (int i = 0; i < 200; i++) {
            sender.send(new byte[1]);
        }
        assertThat(sent()).hasSize(MOST_FRAMES);
        assertThat(sender.isFull()).isTrue();
        sender.acknowledged(10);
        assertThat(sent()).hasSize(10);
        sender.acknowledged(10);
        assertThat(sent()).isEmpty();
    }

    @Test
    void aFrameThatWasLostOrComesTwiceIsAGap() throws Gap {
        sender.send(new byte[3 * FRAME]);
        List<Frame> frames = new ArrayList<>(sent());
        assertThatThrownBy(() -> receiver.receive(frames.get(1), 0))
                .isInstanceOf(Gap.class)
                .hasMessage("frame 1 was lost, as 2 has come");
        assertThat(receiver.receive(frames.get(0), 0)).isNull();
        assertThatThrownBy(() -> receiver.receive(frames.get(0), 0)).isInstanceOf(Gap.class);
        assertThat(receiver.receive(frames.get(1), 0)).isNull();
        assertThat(receiver.receive(frames.get(2), 0)).hasSize(3 * FRAME);
    }

    @Test
    void theLastFrameIsMissedAfterAWhile() throws Gap {
        sender.send(new byte[2 * FRAME]);
        List<Frame> frames = sent();
        assertThat(receiver.lacks(0, 1_000, 100)).isFalse();
        receiver.receive(frames.get(0), 1_050);
        assertThat(receiver.lacks(2, 1_060, 100)).isFalse();
        assertThat(receiver.lacks(2, 1_151, 100)).isTrue();
        receiver.receive(frames.get(1), 1_160);
        assertThat(receiver.lacks(2, 5_000, 100)).isFalse();
        assertThat(receiver.lacks(3, 5_050, 100)).isFalse();
    }

    @Test
    void aClosedOneSendsNothingMore() {
        sender.send(new byte[2 * WINDOW]);
        sent();
        sender.close();
        sender.acknowledged(5);
        sender.send(new byte[1]);
        assertThat(sent()).isEmpty();
        assertThat(sender.isDone()).isTrue();
    }

    @Test
    void numbersWithoutAGapAreHeard() throws Gap {
        Numbers here = new Numbers();
        Numbers there = new Numbers();
        for (int i = 1; i <= 3; i++) {
            long number = here.next();
            assertThat(number).isEqualTo(i);
            there.heard(number);
        }
        assertThatThrownBy(() -> there.heard(3)).isInstanceOf(Gap.class);
        assertThatThrownBy(() -> there.heard(5))
                .isInstanceOf(Gap.class)
                .hasMessage("message 4 was lost, as 5 has come");
        there.heard(here.next());
    }
}
