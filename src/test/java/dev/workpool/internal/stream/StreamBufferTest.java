package dev.workpool.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One step after another; {@link StreamBufferStressTest} has the threads. */
class StreamBufferTest {
    private int wakes;
    private boolean fails;
    private final StreamBuffer buffer = new StreamBuffer(4, this::wake);

    private void wake() {
        wakes++;
        if (fails) {
            throw new OutOfMemoryError("on purpose");
        }
    }

    private void offer(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(buffer.offer((int) buffer.taken())).isTrue();
        }
    }

    /** What the dispatcher finds, in the order in which it does. */
    private List<Object> read(StreamBufferReader reader, int count) {
        List<Object> jobs = new ArrayList<>();
        while (jobs.size() < count) {
            Segment segment = reader.segment();
            int from = reader.offset();
            int advanced = reader.advance(count - jobs.size());
            for (int i = from; i < from + advanced; i++) {
                assertThat(segment.base + i).isEqualTo((long) (int) segment.jobs[i]);
                jobs.add(segment.jobs[i]);
            }
        }
        return jobs;
    }

    @Test
    void jobsComeOutInTheOrderInWhichTheyWentIn() {
        offer(10);
        assertThat(buffer.taken()).isEqualTo(10);
        StreamBufferReader reader = new StreamBufferReader(buffer);
        assertThat(read(reader, 3)).containsExactly(0, 1, 2);
        assertThat(read(reader, 7)).containsExactly(3, 4, 5, 6, 7, 8, 9);
        offer(1);
        assertThat(read(reader, 1)).containsExactly(10);
    }

    @Test
    void aReaderPassesNoMoreThanASegmentAtATime() {
        offer(6);
        StreamBufferReader reader = new StreamBufferReader(buffer);
        Segment first = reader.segment();
        assertThat(reader.advance(6)).isEqualTo(4);
        assertThat(reader.segment()).isNotSameAs(first);
        assertThat(first.next).as("or a dead one would keep all after it").isNull();
        assertThat(reader.offset()).isZero();
        assertThat(reader.advance(1)).isEqualTo(1);
        assertThat(reader.offset()).isEqualTo(1);
    }

    @Test
    void theDispatcherIsWokenOnceForTheJobsThatItAwaits() {
        offer(2);
        assertThat(wakes).as("it does not wait").isZero();
        buffer.await(4);
        offer(1);
        assertThat(wakes).isZero();
        offer(1);
        assertThat(wakes).isEqualTo(1);
        offer(5);
        assertThat(wakes).as("it has not said that it waits again").isEqualTo(1);
        buffer.await(8);
        assertThat(wakes).as("they are there").isEqualTo(2);
    }

    @Test
    void nothingIsTakenOnceItIsClosed() {
        offer(5);
        buffer.await(6);
        assertThat(buffer.isClosed()).isFalse();
        assertThat(buffer.close()).isEqualTo(5);
        assertThat(buffer.isClosed()).isTrue();
        assertThat(buffer.offer(5)).isFalse();
        assertThat(buffer.taken()).isEqualTo(5);
        assertThat(buffer.close()).as("again").isEqualTo(5);
        assertThat(wakes).isZero();
    }

    @Test
    void aJobThatWasNotTakenIsNotHeldOnTo() {
        offer(1);
        buffer.close();
        assertThat(buffer.offer("late")).isFalse();
        assertThat(buffer.takeFirst().jobs[1]).isNull();
    }

    /** There may be no memory for the message. */
    @Test
    void whereWakingFailsTheNextJobWakes() {
        buffer.await(1);
        fails = true;
        assertThatThrownBy(() -> buffer.offer(0)).isInstanceOf(OutOfMemoryError.class);
        assertThat(buffer.taken()).as("it was taken").isEqualTo(1);
        fails = false;
        offer(1);
        assertThat(wakes).isEqualTo(2);
        offer(1);
        assertThat(wakes).isEqualTo(2);
    }
}
