package dev.workpool.internal.slice;

import static dev.workpool.internal.slice.Slices.jobs;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SliceTest {
    /** The array begins at job 10 of the batch; jobs 12 to 15 of it are meant. */
    private final Slice<String> slice =
            new Slice<>(Slices.batch(3), 10, new Object[] {10, 11, 12, 13, 14, 15}, 2, 6, 2);

    @Test
    void numbersItsJobsAsTheBatchDoes() {
        assertThat(slice.size()).isEqualTo(4);
        assertThat(slice.first()).isEqualTo(12);
    }

    @Test
    void containsTheJobsOfItsRangeAndNoOthers() {
        for (int index = 0; index < 20; index++) {
            assertThat(slice.contains(3, index)).as("job %s", index).isEqualTo(index >= 12 && index < 16);
        }
        assertThat(slice.contains(4, 13)).as("another batch").isFalse();
    }

    @Test
    void aPartIsCountedFromTheSlice() {
        Slice<String> part = slice.part(1, 3);
        assertThat(jobs(part)).containsExactly("3:13", "3:14");
        assertThat(part.first()).isEqualTo(13);
        assertThat(part.attempt()).isEqualTo(2);
        assertThat(jobs(part.part(1, 2))).containsExactly("3:14");
    }
}
