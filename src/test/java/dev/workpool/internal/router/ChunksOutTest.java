package dev.workpool.internal.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.Slices;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ChunksOutTest {
    private ChunksOut<Integer, String> out;
    private final List<Assignment<Integer, String>> model = new ArrayList<>();

    private Assignment<Integer, String> add(long batch, int first, int size) {
        Assignment<Integer, String> assignment =
                new Assignment<>(Slices.slice(batch, first, size), new Slot<>(0), () -> 0);
        out.add(assignment);
        model.add(assignment);
        return assignment;
    }

    /** Against a list that is searched; jobs may be in several chunks. */
    @Property(tries = 200)
    void findsWhatAListThatIsSearchedFinds(@ForAll long seed, @ForAll @IntRange(min = 1, max = 150) int changes) {
        out = new ChunksOut<>();
        model.clear();
        Random random = new Random(seed);
        for (int i = 0; i < changes; i++) {
            if (model.isEmpty() || random.nextInt(3) > 0) {
                add(random.nextInt(3), random.nextInt(60), 1 + random.nextInt(random.nextBoolean() ? 2 : 20));
            } else {
                Assignment<Integer, String> removed = model.remove(random.nextInt(model.size()));
                out.remove(removed);
                out.remove(removed); // harmless
            }
            long batch = random.nextInt(4);
            assertThat(ofBatch(batch)).isEqualTo(expected(batch));
            long index = random.nextInt(80);
            Set<Assignment<Integer, String>> with = new HashSet<>(model);
            with.removeIf(each -> !each.slice.contains(batch, index));
            assertThat(new HashSet<>(with(batch, index))).isEqualTo(with);
        }
        List<Assignment<Integer, String>> forwards = new ArrayList<>();
        for (Assignment<Integer, String> each = out.after(ChunkKey.beginOf(Long.MIN_VALUE));
                each != null;
                each = out.after(each.key)) {
            forwards.add(each);
        }
        assertThat(forwards).isSortedAccordingTo(Comparator.comparing(each -> each.key));
        assertThat(forwards).containsExactlyInAnyOrderElementsOf(model);
        assertThat(out.all()).isEqualTo(forwards);
    }

    private List<Assignment<Integer, String>> expected(long batch) {
        return model.stream()
                .filter(each -> each.slice.batch().id() == batch)
                .sorted(Comparator.comparing(each -> each.key))
                .toList();
    }

    private List<Assignment<Integer, String>> ofBatch(long batch) {
        List<Assignment<Integer, String>> found = new ArrayList<>();
        for (Assignment<Integer, String> each = out.afterInBatch(ChunkKey.beginOf(batch));
                each != null;
                each = out.afterInBatch(each.key)) {
            found.add(each);
        }
        return found;
    }

    /** All that {@code find} looks at, the last first. */
    private List<Assignment<Integer, String>> with(long batch, long index) {
        List<Assignment<Integer, String>> found = new ArrayList<>();
        Assignment<Integer, String> none = out.find(batch, index, each -> {
            found.add(each);
            return false;
        });
        assertThat(none).isNull();
        if (!found.isEmpty()) {
            Assignment<Integer, String> last = found.get(found.size() - 1);
            assertThat(out.find(batch, index, each -> each == last)).isSameAs(last);
        }
        return found;
    }
}
