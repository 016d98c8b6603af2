package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.Slices;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DivisibleChunksTest {
    private final DivisibleChunks<Integer, String> chunks = new DivisibleChunks<>();

    private static Assignment<Integer, String> assignment() {
        Slice.BatchRef<String> batch = new Slice.BatchRef<>(1, null, JobPolicy.NONE);
        return new Assignment<>(Slices.slice(batch, 0, 2), new Slot<>(0), () -> 0);
    }

    private List<Assignment<Integer, String>> all() {
        List<Assignment<Integer, String>> all = new ArrayList<>();
        for (Assignment<Integer, String> each = chunks.first(); each != null; each = chunks.after(each)) {
            all.add(each);
        }
        return all;
    }

    @Test
    void keepsTheOrderInWhichTheyWereHandedOutWhicheverAreRemoved() {
        SplittableRandom random = new SplittableRandom(5);
        List<Assignment<Integer, String>> expected = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            if (expected.isEmpty() || random.nextInt(5) < 3) {
                Assignment<Integer, String> more = assignment();
                chunks.add(more);
                expected.add(more);
            } else {
                chunks.remove(expected.remove(random.nextInt(expected.size())));
            }
            assertThat(all()).isEqualTo(expected);
            assertThat(chunks.isEmpty()).isEqualTo(expected.isEmpty());
        }
    }

    @Test
    void toRemoveOneThatIsNotHereIsHarmless() {
        Assignment<Integer, String> here = assignment();
        Assignment<Integer, String> gone = assignment();
        chunks.add(gone);
        chunks.add(here);
        chunks.remove(gone);
        chunks.remove(gone);
        assertThat(all()).containsExactly(here);
    }
}
