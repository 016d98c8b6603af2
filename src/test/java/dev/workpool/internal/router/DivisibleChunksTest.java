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

    /** Of those that were added the brief ones, less those that were passed. */
    private final List<Assignment<Integer, String>> brief = new ArrayList<>();

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
    void theFirstBriefOneIsTheOneThatWasHandedOutFirstOfThoseThatWereNotPassed() {
        SplittableRandom random = new SplittableRandom(6);
        List<Assignment<Integer, String>> here = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            int what = random.nextInt(6);
            if (here.isEmpty() || what < 3) {
                Assignment<Integer, String> more = assignment();
                more.brief = random.nextBoolean();
                chunks.add(more);
                here.add(more);
                if (more.brief) {
                    brief.add(more);
                }
            } else if (what == 3 && !brief.isEmpty()) {
                chunks.passBrief();
                brief.remove(0);
            } else {
                Assignment<Integer, String> gone = here.remove(random.nextInt(here.size()));
                chunks.remove(gone);
                brief.remove(gone);
            }
            assertThat(chunks.firstBrief()).isSameAs(brief.isEmpty() ? null : brief.get(0));
            assertThat(all()).isEqualTo(here);
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
