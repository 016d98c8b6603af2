package dev.workpool.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.collector.Outcomes;
import dev.workpool.job.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;

class ReorderBufferTest {
    private final List<Object> jobs = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();
    private final List<Long> firsts = new ArrayList<>();
    private ReorderBuffer<Integer> reorderBuffer;

    @BeforeTry
    void begin() {
        jobs.clear();
        values.clear();
        firsts.clear();
        reorderBuffer = new ReorderBuffer<>((first, run, outcomes) -> {
            firsts.add(first);
            jobs.addAll(Arrays.asList(run));
            outcomes.forEach(outcome -> values.add(((Outcome.Succeeded<Integer>) outcome).value()));
        });
    }

    private void put(int first, int count) {
        Object[] run = IntStream.range(first, first + count).boxed().toArray();
        reorderBuffer.put(first, run, new Outcomes<>(run.clone(), count, true));
    }

    @Example
    void whoeverIsNextGoesOnAtOnce() {
        put(0, 2);
        assertThat(values).containsExactly(0, 1);
        put(2, 1);
        assertThat(values).containsExactly(0, 1, 2);
    }

    @Example
    void whoIsEarlyWaitsForThoseBefore() {
        put(3, 1);
        put(1, 2);
        assertThat(values).isEmpty();
        put(0, 1);
        assertThat(values).containsExactly(0, 1, 2, 3);
        assertThat(firsts).containsExactly(0L, 1L, 3L);
        put(5, 1);
        assertThat(values).hasSize(4);
        put(4, 1);
        assertThat(values).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Property(tries = 200)
    void inWhateverOrderTheyComeTheyGoOnInTheirOwn(@ForAll @IntRange(min = 1, max = 200) int count, @ForAll long seed) {
        Random random = new Random(seed);
        List<int[]> runs = new ArrayList<>();
        for (int first = 0; first < count; ) {
            int size = Math.min(count - first, 1 + random.nextInt(5));
            runs.add(new int[] {first, size});
            first += size;
        }
        Collections.shuffle(runs, random);
        runs.forEach(run -> put(run[0], run[1]));
        List<Integer> all = IntStream.range(0, count).boxed().toList();
        assertThat(values).isEqualTo(all);
        assertThat(jobs).isEqualTo(all);
        assertThat(firsts).isSorted().doesNotHaveDuplicates();
    }
}
