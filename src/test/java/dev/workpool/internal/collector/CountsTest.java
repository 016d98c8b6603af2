package dev.workpool.internal.collector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountsTest {
    private static final List<Outcome<?>> ALL = List.of(
            new Outcome.Succeeded<>("x", 1),
            new Outcome.Failed<>(new Error("on purpose"), 1),
            new Outcome.TimedOut<>(Duration.ofMillis(1), 1),
            new Outcome.Cancelled<>(0),
            new Outcome.Rejected<>("full"));

    private final Counts counts = new Counts();

    @Test
    void countsEachKindOfOutcomeApart() {
        counts.add(PackedOutcome.result("bare"));
        counts.add(PackedOutcome.result(null), 2);
        counts.addSuccesses(3);
        counts.add(PackedOutcome.of(new Outcome.Succeeded<>("at the second attempt", 2)), 4);
        counts.add(PackedOutcome.of(new Outcome.Failed<>(new Error("on purpose"), 1)), 20);
        counts.add(PackedOutcome.of(new Outcome.TimedOut<>(Duration.ofMillis(1), 1)), 30);
        counts.add(PackedOutcome.of(new Outcome.Cancelled<>(0)), 40);
        counts.add(PackedOutcome.of(new Outcome.Rejected<>("full")), 50);
        assertThat(counts.progress(1_000)).isEqualTo(new BatchProgress(1_000, 10, 20, 30, 40, 50));
    }

    /** Who asks again and again makes no garbage. */
    @Test
    void aSnapshotIsMadeAnewOnlyWhereSomethingHasChanged() {
        BatchProgress before = counts.progress(10);
        assertThat(counts.progress(10)).isSameAs(before);
        assertThat(counts.progress(11).total()).isEqualTo(11);
        for (Outcome<?> one : ALL) {
            for (Outcome<?> other : ALL) { // neither makes up for the other
                BatchProgress last = counts.progress(11);
                counts.add(PackedOutcome.of(one));
                counts.add(PackedOutcome.of(other));
                assertThat(counts.progress(11).done()).as("%s, %s", one, other).isEqualTo(last.done() + 2);
            }
        }
    }
}
