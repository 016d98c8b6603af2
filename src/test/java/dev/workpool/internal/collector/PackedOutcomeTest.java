package dev.workpool.internal.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.job.Outcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackedOutcomeTest {
    private static final List<Outcome<Object>> ALL = List.of(
            new Outcome.Succeeded<>("x", 1),
            new Outcome.Succeeded<>("x", 2),
            new Outcome.Succeeded<>(null, 1),
            new Outcome.Succeeded<>(null, 3),
            new Outcome.Failed<>(new Error("on purpose"), 1),
            new Outcome.TimedOut<>(Duration.ofMillis(1), 1),
            new Outcome.Cancelled<>(0),
            new Outcome.Rejected<>("full"));

    @Test
    void givesBackWhatWasPutIn() {
        for (Outcome<Object> outcome : ALL) {
            assertThat(PackedOutcome.<Object>outcome(PackedOutcome.of(outcome))).isEqualTo(outcome);
        }
        assertThat(PackedOutcome.<Object>outcome(PackedOutcome.result("x"))).isEqualTo(ALL.get(0));
    }

    @Test
    void aNullIsAResultAndSomethingInTheArray() {
        assertThat(PackedOutcome.result(null)).isNotNull();
        assertThat(PackedOutcome.<Object>outcome(PackedOutcome.result(null)))
                .isEqualTo(new Outcome.Succeeded<>(null, 1));
    }

    @Test
    void aResultThatIsItselfAnOutcomeIsAResult() {
        for (Outcome<Object> outcome : ALL) {
            assertThat(PackedOutcome.<Object>outcome(PackedOutcome.result(outcome)))
                    .isEqualTo(new Outcome.Succeeded<Object>(outcome, 1));
        }
    }

    @Test
    void outcomesEndWhereTheyCount() {
        Outcomes<Object> outcomes = new Outcomes<>(new Object[] {PackedOutcome.result("a"), null}, 1, true);

        assertThat(outcomes).containsExactly(new Outcome.Succeeded<>("a", 1));
        assertThat(outcomes.whole()).isNull();
        assertThatThrownBy(() -> outcomes.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void listsWhatIsKept() {
        Outcomes<Object> copy = Outcomes.copyOf(ALL);

        assertThat(copy).isEqualTo(ALL);
        assertThat(new PackedOutcomes<Object>(Arrays.asList(copy.whole()))).isEqualTo(ALL);
    }
}
