package dev.workpool.durable.internal.enqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class SpoolTest {
    private static NewSegment segment(int n, int bytes) {
        byte[] block = new byte[bytes];
        Arrays.fill(block, (byte) n);
        return new NewSegment(JobSet.range(10L * n, 1 + n % 7), n % 3 - 1, block);
    }

    private static List<String> read(Spool spool) {
        List<String> texts = new ArrayList<>();
        try (Spool.Reading reading = spool.read()) {
            while (reading.hasNext()) {
                texts.add(text(reading.next()));
            }
            assertThatThrownBy(reading::next).isInstanceOf(NoSuchElementException.class);
        }
        return texts;
    }

    private static String text(NewSegment segment) {
        return segment.jobs() + " " + segment.lane() + " " + Arrays.hashCode(segment.block());
    }

    @Test
    void segmentsComeInOrderAsOftenAsTheyAreReadAlsoThoseInTheFile() {
        List<NewSegment> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(segment(i, i % 2 == 0 ? 600_000 : 1)); // small ones, too, come behind those in the file
        }
        List<String> expected = all.stream().map(SpoolTest::text).toList();
        try (Spool spool = new Spool()) {
            all.forEach(spool::add);
            assertThat(spool.inFile()).isBetween(1, 39);
            assertThat(spool.inMemory().size() + spool.inFile()).isEqualTo(40);
            assertThat(read(spool)).isEqualTo(expected);
            assertThat(read(spool)).isEqualTo(expected);
        }
    }

    @Test
    void whatIsSmallNeedsNoFile() {
        try (Spool spool = new Spool()) {
            assertThat(read(spool)).isEmpty();
            spool.add(segment(1, 100));
            assertThat(spool.inFile()).isZero();
            assertThat(read(spool)).hasSize(1);
        }
    }
}
