package dev.workpool.cluster.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.Slices;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is out is what went out and was not taken, whichever ranges were asked for. */
class JobsOutTest {
    private static final int BATCHES = 3;
    private static final int JOBS = 60;

    private static String job(long batchId, long index) {
        return batchId + ":" + index;
    }

    /** The jobs of slices, of which each is not empty and none overlaps the next. */
    private static List<String> jobs(List<Slice<String>> slices) {
        List<String> all = new ArrayList<>();
        for (Slice<String> slice : slices) {
            assertThat(slice.size()).isPositive();
            assertThat(Slices.jobs(slice).get(0)).isEqualTo(job(slice.batch().id(), slice.first()));
            all.addAll(Slices.jobs(slice));
        }
        return all;
    }

    @Property(tries = 100)
    void itKnowsWhatASetOfJobsWouldKnow(@ForAll long seed) {
        Random random = new Random(seed);
        JobsOut<String> out = new JobsOut<>();
        List<TreeSet<Long>> model = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            model.add(new TreeSet<>());
        }
        for (int step = 0; step < 100; step++) {
            int batch = random.nextInt(BATCHES);
            long first = random.nextInt(JOBS);
            long count = random.nextInt(JOBS);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> add(out, model.get(batch), batch, (int) first, (int) Math.min(count, JOBS - first));
                case 3, 4, 5, 6 -> {
                    TreeSet<Long> taken = new TreeSet<>(model.get(batch).subSet(first, first + count));
                    assertThat(jobs(out.take(batch, first, count)))
                            .containsExactlyElementsOf(taken.stream()
                                    .map(index -> job(batch, index))
                                    .toList());
                    model.get(batch).removeAll(taken);
                }
                default -> {
                    if (random.nextInt(10) == 0) {
                        List<String> all = new ArrayList<>();
                        for (int i = 0; i < BATCHES; i++) {
                            int id = i;
                            model.get(i).forEach(index -> all.add(job(id, index)));
                            model.get(i).clear();
                        }
                        assertThat(jobs(out.takeAll())).containsExactlyInAnyOrderElementsOf(all);
                    }
                }
            }
            assertSame(out, model);
        }
    }

    /** Adds those of neighbouring jobs that are not out. */
    private static void add(JobsOut<String> out, Set<Long> model, int batch, int first, int count) {
        for (int from = first; from < first + count; from++) {
            int to = from;
            while (to < first + count && !model.contains((long) to)) {
                model.add((long) to++);
            }
            if (to > from) {
                out.add(Slices.slice(batch, from, to - from));
                from = to;
            }
        }
    }

    private static void assertSame(JobsOut<String> out, List<? extends Set<Long>> model) {
        assertThat(out.jobs()).isEqualTo(model.stream().mapToInt(Set::size).sum());
        for (int batch = 0; batch < BATCHES; batch++) {
            int id = batch;
            assertThat(out.has(batch)).isEqualTo(!model.get(batch).isEmpty());
            assertThat(out.batches().contains((long) batch)).isEqualTo(out.has(batch));
            assertThat(LongStream.range(0, JOBS)
                            .filter(index -> out.has(id, index))
                            .boxed())
                    .containsExactlyElementsOf(model.get(batch));
        }
    }

    @Test
    void aWholeBatchCanBeTaken() {
        JobsOut<String> out = new JobsOut<>();
        out.add(Slices.slice(1, 5, 5));
        assertThat(jobs(out.take(1, 0, Long.MAX_VALUE))).hasSize(5);
        out.add(Slices.slice(1, 5, 5));
        assertThat(jobs(out.take(1, 7, Long.MAX_VALUE - 7))).hasSize(3);
        assertThat(out.jobs()).isEqualTo(2);
    }
}
