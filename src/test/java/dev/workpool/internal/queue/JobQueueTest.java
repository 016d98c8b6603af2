package dev.workpool.internal.queue;

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
    private static final long AGEING_NS = 1_000;

    private static JobQueue<Taken> queue(Numbers... sources) {
        JobQueue<Taken> queue = new JobQueue<>(AGEING_NS);
        List.of(sources).forEach(source -> queue.add(source, 0));
        return queue;
    }

    /** The names of the batches that get the next turns. */
    private static String turns(JobQueue<Taken> queue, int count, long wanted, long nowNs) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < count; i++) {
            names.append(queue.next(wanted, 1, nowNs).source());
        }
        return names.toString();
    }

    @Example
    void givesNothingWhenItIsEmpty() {
        assertThat(queue().next(10, 1, 0)).isNull();
    }

    @Example
    void givesOneBatchAllThatIsWanted() {
        JobQueue<Taken> queue = queue(new Numbers("a", 10));
        assertThat(queue.next(7, 1, 0)).isEqualTo(new Taken("a", 0, 7));
        assertThat(queue.next(7, 1, 0)).isEqualTo(new Taken("a", 7, 3));
        assertThat(queue.next(7, 1, 0)).isNull();
    }

    @Example
    void sharesWhatIsWantedAmongBatchesInTurns() {
        JobQueue<Taken> queue = queue(new Numbers("a", 10), new Numbers("b", 10));
        assertThat(queue.next(8, 1, 0)).isEqualTo(new Taken("a", 0, 4));
        assertThat(queue.next(8, 1, 0)).isEqualTo(new Taken("b", 0, 4));
        assertThat(queue.next(8, 1, 0)).isEqualTo(new Taken("a", 4, 4));
    }

    @Example
    void aTurnIsOfSoManyJobsAtLeastAndTheOthersAreNext() {
        JobQueue<Taken> queue = queue(new Numbers("a", 100), new Numbers("b", 7), new Numbers("c", 100));
        assertThat(queue.next(30, 20, 0)).isEqualTo(new Taken("a", 0, 20));
        assertThat(queue.next(30, 20, 0)).as("all it has").isEqualTo(new Taken("b", 0, 7));
        assertThat(queue.next(12, 20, 0)).as("no more than is wanted").isEqualTo(new Taken("c", 0, 12));
        assertThat(queue.next(90, 20, 0)).as("its share is more").isEqualTo(new Taken("c", 12, 45));
        assertThat(queue.next(30, 20, 0)).as("whoever has had least").isEqualTo(new Taken("a", 20, 20));
    }

    @Example
    void givesABatchItsTurnHoweverFewJobsAreWanted() {
        JobQueue<Taken> queue = queue(new Numbers("a", 10), new Numbers("b", 10), new Numbers("c", 10));
        assertThat(queue.next(1, 1, 0).source()).isEqualTo("a");
        assertThat(queue.next(1, 1, 0).source()).isEqualTo("b");
        assertThat(queue.next(1, 1, 0).source()).isEqualTo("c");
        assertThat(queue.next(1, 1, 0)).isEqualTo(new Taken("a", 1, 1));
    }

    @Example
    void passesOverABatchThatHasBecomeEmpty() {
        Numbers cancelled = new Numbers("a", 10);
        JobQueue<Taken> queue = queue(cancelled, new Numbers("b", 1));
        cancelled.take(10);
        assertThat(queue.next(5, 1, 0)).isEqualTo(new Taken("b", 0, 1));
        assertThat(queue.next(5, 1, 0)).isNull();
    }

    @Example
    void givesNothingOfABatchThatWasRemoved() {
        Numbers removed = new Numbers("a", 10);
        JobQueue<Taken> queue = queue(removed, new Numbers("b", 1));
        queue.remove(removed);
        assertThat(queue.next(5, 1, 0)).isEqualTo(new Taken("b", 0, 1));
        assertThat(queue.next(5, 1, 0)).isNull();
    }

    @Example
    void givesTheHighestPriorityFirstWhicheverCameFirst() {
        JobQueue<Taken> queue = queue(
                new Numbers("b", 2),
                new Numbers("c", 2).withPriority(-3),
                new Numbers("a", 2).withPriority(7),
                new Numbers("B", 2));
        assertThat(turns(queue, 8, 1, 0)).isEqualTo("aabBbBcc");
        assertThat(queue.next(1, 1, 0)).isNull();
    }

    @Example
    void givesAPriorityAllThatIsWantedThoughOthersWait() {
        JobQueue<Taken> queue = queue(new Numbers("a", 10).withPriority(1), new Numbers("b", 10), new Numbers("c", 10));
        assertThat(queue.next(8, 1, 0)).isEqualTo(new Taken("a", 0, 8));
    }

    @Example
    void aPriorityThatWaitsCountsOneHigherForEachInterval() {
        JobQueue<Taken> queue = queue(new Numbers("h", 100).withPriority(2), new Numbers("l", 100));
        assertThat(turns(queue, 1, 1, AGEING_NS)).isEqualTo("h");
        assertThat(turns(queue, 1, 1, 2 * AGEING_NS - 1)).isEqualTo("h");
        assertThat(turns(queue, 3, 1, 2 * AGEING_NS))
                .as("the one that has waited longer of two that count the same, once")
                .isEqualTo("lhh");
        assertThat(turns(queue, 1, 1, 4 * AGEING_NS - 1)).isEqualTo("h");
        assertThat(turns(queue, 2, 1, 4 * AGEING_NS)).isEqualTo("lh");
    }

    @Example
    void aPriorityThatHasNothingDoesNotAge() {
        JobQueue<Taken> queue = queue(new Numbers("h", 100).withPriority(1), new Numbers("l", 1));
        assertThat(turns(queue, 1, 1, 1)).isEqualTo("h");
        assertThat(turns(queue, 2, 1, AGEING_NS)).isEqualTo("lh");
        queue.add(new Numbers("L", 1), 5 * AGEING_NS);
        assertThat(turns(queue, 1, 1, 5 * AGEING_NS)).isEqualTo("h");
        assertThat(turns(queue, 1, 1, 6 * AGEING_NS - 1)).isEqualTo("h");
        assertThat(turns(queue, 1, 1, 6 * AGEING_NS)).isEqualTo("L");
    }

    @Example
    void aBatchThatComesDoesNotMakeItsPriorityYoungAgain() {
        JobQueue<Taken> queue = queue(new Numbers("h", 100).withPriority(1), new Numbers("l", 1));
        queue.add(new Numbers("L", 1), AGEING_NS - 1);
        assertThat(turns(queue, 1, 1, AGEING_NS - 1)).isEqualTo("h");
        assertThat(turns(queue, 2, 1, AGEING_NS)).isEqualTo("lh");
    }

    @Example
    void nothingAgesWhenAgeingIsOff() {
        JobQueue<Taken> queue = new JobQueue<>(0);
        queue.add(new Numbers("l", 1), 0);
        queue.add(new Numbers("h", 2).withPriority(1), 0);
        assertThat(turns(queue, 3, 1, Long.MAX_VALUE)).isEqualTo("hhl");
    }

    @Example
    void weightsAreSharesOfTurnsWhenLittleIsWanted() {
        JobQueue<Taken> queue =
                queue(new Numbers("a", 100).withWeight(3), new Numbers("b", 100).withWeight(2), new Numbers("c", 100));
        assertThat(turns(queue, 6, 1, 0)).containsOnlyOnce("c").matches("(.*b.*){2}");
        assertThat(turns(queue, 6, 1, 0)).containsOnlyOnce("c").matches("(.*b.*){2}");
    }

    @Example
    void weightsAreSharesOfWhatIsWanted() {
        JobQueue<Taken> queue = queue(new Numbers("a", 100).withWeight(3), new Numbers("b", 100));
        assertThat(queue.next(8, 1, 0)).isEqualTo(new Taken("a", 0, 6));
        assertThat(queue.next(8, 1, 0)).isEqualTo(new Taken("b", 0, 2));
        assertThat(queue.next(8, 1, 0)).isEqualTo(new Taken("a", 6, 6));
    }

    @Example
    void aSmallBatchIsHandedOutInItsFirstTurnThoughAnotherHasAMillion() {
        JobQueue<Taken> queue = queue(new Numbers("a", 1_000_000));
        assertThat(queue.next(60_000, 1, 0).count()).isEqualTo(60_000);
        queue.add(new Numbers("b", 10), 0);
        assertThat(queue.next(60_000, 1, 0)).isEqualTo(new Taken("a", 60_000, 30_000));
        assertThat(queue.next(30_000, 1, 0)).isEqualTo(new Taken("b", 0, 10));
    }

    @Example
    void aBatchThatComesLaterSharesFromThenOnAndCatchesUpOnNothing() {
        JobQueue<Taken> queue = queue(new Numbers("a", 100), new Numbers("b", 100));
        assertThat(turns(queue, 20, 1, 0)).isEqualTo("ab".repeat(10));
        queue.add(new Numbers("c", 100), 0);
        assertThat(turns(queue, 9, 1, 0)).isEqualTo("abc".repeat(3));
    }

    /** What a batch that is gone was handed is nothing that those that are left have to be handed first. */
    @Example
    void aBatchThatComesAfterOthersWereCancelledDoesNotWaitForThoseThatAreLeft() {
        Numbers cancelled = new Numbers("c", 1_000);
        JobQueue<Taken> queue = queue(cancelled, new Numbers("a", 1_000), new Numbers("A", 1_000));
        assertThat(queue.next(300, 1, 0)).isEqualTo(new Taken("c", 0, 100));
        queue.remove(cancelled);
        queue.add(new Numbers("b", 100), 0);
        assertThat(turns(queue, 6, 1, 0)).isEqualTo("aAbaAb");
    }

    /** Each of them brings the mean only a thousandth of the way nearer to the pass of the one that is ahead. */
    @Example
    void aBatchThatIsAheadGetsItsTurnThoughOthersComeForEver() {
        Numbers light = new Numbers("a", 100);
        JobQueue<Taken> queue = queue(light);
        queue.add(new Numbers("b", 1).withWeight(1000), 0);
        assertThat(turns(queue, 1, 1, 0)).isEqualTo("a");
        int others = 0;
        while (light.queued() == 99) {
            queue.add(new Numbers("b", 1).withWeight(1000), 0);
            assertThat(queue.next(1, 1, 0)).isNotNull();
            others++;
            assertThat(others).isLessThan(50_000);
        }
    }

    @Property
    void handsOutEachJobOnceAndInOrder(
            @ForAll @Size(max = 8) List<@IntRange(min = 0, max = 50) Integer> sizes,
            @ForAll @IntRange(min = 1, max = 40) int wanted) {
        JobQueue<Taken> queue = new JobQueue<>(0);
        for (int i = 0; i < sizes.size(); i++) {
            queue.add(new Numbers("" + i, sizes.get(i)), 0);
        }
        Map<String, Integer> given = new HashMap<>();
        Taken taken;
        while ((taken = queue.next(wanted, 1, 0)) != null) {
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
        JobQueue<Taken> queue = new JobQueue<>(0);
        List<Numbers> sources = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            sources.add(new Numbers("" + i, sizes.get(i)));
            queue.add(sources.get(i), 0);
        }
        Map<String, Integer> lastTurn = new HashMap<>();
        Taken taken;
        for (int turn = 0; (taken = queue.next(wanted, 1, 0)) != null; turn++) {
            int waited = turn - lastTurn.getOrDefault(taken.source(), -1) - 1;
            assertThat(waited).isLessThan(sources.size());
            lastTurn.put(taken.source(), turn);
        }
    }
}
