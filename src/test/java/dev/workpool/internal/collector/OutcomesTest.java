package dev.workpool.internal.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.job.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomesTest {
    private final Object[] packed = {"a", "b", "c", "d", null};
    private final Outcomes<String> outcomes = new Outcomes<>(packed, 4, true);

    private static Outcome<String> succeeded(String result) {
        return new Outcome.Succeeded<>(result, 1);
    }

    @Test
    void aPartOfAPartIsCountedFromThere() {
        Outcomes<String> part = outcomes.part(1, 4);
        assertThat(part).containsExactly(succeeded("b"), succeeded("c"), succeeded("d"));
        assertThat(part.part(1, 2)).containsExactly(succeeded("c"));
        assertThat(part.packedOutcome(2)).isEqualTo("d");
        assertThat(part.allSucceeded()).isTrue();
    }

    @Test
    void endsWhereItsJobsDo() {
        assertThat(outcomes).hasSize(4);
        assertThatThrownBy(() -> outcomes.get(4))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("position 4 of 4");
        assertThatThrownBy(() -> outcomes.part(0, 2).get(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void theArrayIsHandedOverWhereAllOfItCounts() {
        assertThat(outcomes.whole()).as("the fifth does not").isNull();
        Object[] all = {"a", "b"};
        assertThat(new Outcomes<>(all, 2, true).whole()).isSameAs(all);
    }

    @Test
    void nobodyHasLookedWhetherCopiedOnesAreSuccesses() {
        assertThat(Outcomes.copyOf(List.of(succeeded("a"))).allSucceeded()).isFalse();
    }
}
