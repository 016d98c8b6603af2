package dev.workpool.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchOptionsTest {
    private final BatchOptions defaults = BatchOptions.defaults();

    @Test
    void aHaltNeedsACondition() {
        assertThatThrownBy(() -> BatchOptions.defaults().withHalt(HaltPolicy.now()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("which never halts; allowed: a condition");
        assertThat(BatchOptions.defaults().withHalt(HaltPolicy.never()).halt()).isEqualTo(HaltPolicy.never());
    }

    @Test
    void hasDefaults() {
        assertThat(defaults.name()).isEmpty();
        assertThat(defaults.priority()).isZero();
        assertThat(defaults.weight()).isEqualTo(1);
    }

    @Test
    void eachChangeKeepsTheOthers() {
        BatchOptions all = defaults.withPriority(-10).withWeight(1000).withName("nightly");
        BatchOptions inAnotherOrder =
                BatchOptions.named("nightly").withWeight(1000).withPriority(-10);
        for (BatchOptions options : List.of(all, inAnotherOrder)) {
            assertThat(options.name()).isEqualTo("nightly");
            assertThat(options.priority()).isEqualTo(-10);
            assertThat(options.weight()).isEqualTo(1000);
        }
        assertThat(defaults.priority()).isZero();
        assertThat(defaults.withPriority(10).priority()).isEqualTo(10);
        assertThat(defaults.withWeight(1).weight()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-11, 11, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void aPriorityOutOfRangeIsNamedWithWhatIsAllowed(int priority) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withPriority(priority))
                .withMessage("priority of a batch = " + priority + "; allowed: -10 to 10");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1001, -1})
    void aWeightOutOfRangeIsNamedWithWhatIsAllowed(int weight) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withWeight(weight))
                .withMessage("weight of a batch = " + weight + "; allowed: 1 to 1000");
    }

    @Test
    void policiesAreEachChangedAlone() {
        RetryPolicy retry = RetryPolicy.attempts(3);
        HaltPolicy halt = HaltPolicy.soon().failed(1);
        BatchOptions all = defaults.withTimeout(Duration.ofDays(365))
                .withJobTimeout(Duration.ofMillis(1))
                .withRetry(retry)
                .withHalt(halt)
                .withName("all");
        assertThat(all.timeout()).contains(Duration.ofDays(365));
        assertThat(all.jobTimeout()).contains(Duration.ofMillis(1));
        assertThat(all.retry()).contains(retry);
        assertThat(all.halt()).isEqualTo(halt);
        assertThat(defaults.withJobTimeout(Duration.ofSeconds(1)).timeout()).isEmpty();
        assertThat(defaults.withTimeout(Duration.ofSeconds(1)).jobTimeout()).isEmpty();
        assertThat(defaults.retry()).isEmpty();
        assertThat(defaults.halt()).isEqualTo(HaltPolicy.never());
    }

    @Test
    void aStartCheckStaysWithOtherChangesAndIsPartOfWhatOptionsAre() {
        IntPredicate check = attempt -> true;
        BatchOptions checked = defaults.withStartCheck(check);
        assertThat(defaults.startCheck()).isEmpty();
        for (BatchOptions each : List.of(
                checked.withDelay(Duration.ofSeconds(1)),
                checked.withHedge(Duration.ofSeconds(1)),
                checked.withRetry(RetryPolicy.attempts(2)))) {
            assertThat(each.startCheck()).containsSame(check);
        }
        assertThat(checked).isNotEqualTo(defaults).isEqualTo(defaults.withStartCheck(check));
        assertThat(checked.toString()).contains("a start check");
        assertThatNullPointerException()
                .isThrownBy(() -> defaults.withStartCheck(null))
                .withMessage("check");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.000999S", "P366D", "PT2562047788015215H"})
    void aTimeoutOutOfRangeIsNamedWithWhatIsAllowed(String text) {
        Duration timeout = Duration.parse(text);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withTimeout(timeout))
                .withMessage("time-out of a batch = " + timeout + "; allowed: 1 ms to 365 days");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.withJobTimeout(timeout))
                .withMessage("job time-out of a batch = " + timeout + "; allowed: 1 ms to 365 days");
    }

    @Test
    void whatIsNullIsNamed() {
        assertThatNullPointerException()
                .isThrownBy(() -> defaults.withTimeout(null))
                .withMessage("time-out of a batch");
        assertThatNullPointerException()
                .isThrownBy(() -> defaults.withJobTimeout(null))
                .withMessage("job time-out of a batch");
        assertThatNullPointerException()
                .isThrownBy(() -> defaults.withRetry(null))
                .withMessage("retry policy of a batch");
        assertThatNullPointerException()
                .isThrownBy(() -> defaults.withHalt(null))
                .withMessage("halt policy of a batch");
    }
}
