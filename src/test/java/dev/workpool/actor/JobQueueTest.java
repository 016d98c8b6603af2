package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class JobQueueTest {
    private record Taken(String source, int first, int count) {}

    private static final class Numbers implements JobQueue.Source<Taken> {
        private final String name;
        private final int jobs;
        private int next;

        Numbers(String name, int jobs) {
            this.name = name;
            this.jobs = jobs;
        }

        @Override
        public long queued() {
            return (long) jobs - next;
        }

        @Override
        public Taken take(int max) {
            assertThat(max).isPositive();
            assertThat(queued()).isPositive();
            int count = Math.min(max, jobs - next);
            next += count;
            return new Taken(name, next - count, count);
        }
    }

    private static JobQueue<Taken> queue(Numbers... sources) {
        JobQueue<Taken> queue = new JobQueue<>();
        List.of(sources).forEach(queue::add);
        return queue;
    }

    @Example
    void givesNothingWhenItIsEmpty() {
        assertThat(queue().next(10)).isNull();
    }

    @Example
    void givesOneBatchAllThatIsWanted() {
        JobQueue<Taken> queue = queue(new Numbers("a", 10));
        assertThat(queue.next(7)).isEqualTo(new Taken("a", 0, 7));
        assertThat(queue.next(7)).isEqualTo(new Taken("a", 7, 3));
        assertThat(queue.next(7)).isNull();
    }

    @Example
    void sharesWhatIsWantedAmongBatchesInTurns() {
        JobQueue<Taken> queue = queue(new Numbers("a", 10), new Numbers("b", 10));
        assertThat(queue.next(8)).isEqualTo(new Taken("a", 0, 4));
        assertThat(queue.next(8)).isEqualTo(new Taken("b", 0, 4));
        assertThat(queue.next(8)).isEqualTo(new Taken("a", 4, 4));
    }

    @Example
    void givesABatchItsTurnHoweverFewJobsAreWanted() {
        JobQueue<Taken> queue = queue(new Numbers("a", 10), new Numbers("b", 10), new Numbers("c", 10));
        assertThat(queue.next(1).source()).isEqualTo("a");
        assertThat(queue.next(1).source()).isEqualTo("b");
        assertThat(queue.next(1).source()).isEqualTo("c");
        assertThat(queue.next(1)).isEqualTo(new Taken("a", 1, 1));
    }

    @Example
    void passesOverABatchThatHasBecomeEmpty() {
        Numbers cancelled = new Numbers("a", 10);
        JobQueue<Taken> queue = queue(cancelled, new Numbers("b", 1));
        cancelled.take(10);
        assertThat(queue.next(5)).isEqualTo(new Taken("b", 0, 1));
        assertThat(queue.next(5)).isNull();
    }

    @Example
    void givesNothingOfABatchThatWasRemoved() {
        Numbers removed = new Numbers("a", 10);
        JobQueue<Taken> queue = queue(removed, new Numbers("b", 1));
        queue.remove(source -> source == removed);
        assertThat(queue.next(5)).isEqualTo(new Taken("b", 0, 1));
        assertThat(queue.next(5)).isNull();
    }

    @Property
    void handsOutEachJobOnceAndInOrder(
            @ForAll @Size(max = 8) List<@IntRange(min = 0, max = 50) Integer> sizes,
            @ForAll @IntRange(min = 1, max = 40) int wanted) {
        JobQueue<Taken> queue = new JobQueue<>();
        for (int i = 0; i < sizes.size(); i++) {
            queue.add(new Numbers("" + i, sizes.get(i)));
        }
        Map<String, Integer> given = new HashMap<>();
        Taken taken;
        while ((taken = queue.next(wanted)) != null) {
            assertThat(taken.count()).isBetween(1, wanted);
            assertThat(taken.first()).isEqualTo(given.getOrDefault(taken.source(), 0));
            given.merge(taken.source(), taken.count(), Integer::sum);
        }
        for (int i = 0; i < sizes.size(); i++) {
            assertThat(given.getOrDefault("" + i, 0)).isEqualTo(sizes.get(i));
        }
    }

    @Property
    void noBatchWaitsForMoreThanOneTurnOfEveryOther(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 50) Integer> sizes,
            @ForAll @IntRange(min = 1, max = 40) int wanted) {
        JobQueue<Taken> queue = new JobQueue<>();
        List<Numbers> sources = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            sources.add(new Numbers("" + i, sizes.get(i)));
            queue.add(sources.get(i));
        }
        Map<String, Integer> lastTurn = new HashMap<>();
        Taken taken;
        for (int turn = 0; (taken = queue.next(wanted)) != null; turn++) {
            int waited = turn - lastTurn.getOrDefault(taken.source(), -1) - 1;
            assertThat(waited).isLessThan(sources.size());
            lastTurn.put(taken.source(), turn);
        }
    }
}
