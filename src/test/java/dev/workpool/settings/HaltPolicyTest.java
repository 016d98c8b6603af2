package dev.workpool.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.job.BatchProgress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class HaltPolicyTest {

    /** A condition, and what it is to mean. */
    private record Clause(String name, UnaryOperator<HaltPolicy> adds, Predicate<BatchProgress> holds) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Hundredths of a percent, so that the oracle can count in whole numbers. */
    private static boolean reaches(long jobs, long total, int hundredths) {
        return total > 0 && jobs * 10_000 >= hundredths * total;
    }

    @Provide
    Arbitrary<List<Clause>> clauses() {
        Arbitrary<Clause> jobs = Arbitraries.integers()
                .between(1, 3_000)
                .flatMap(n -> Arbitraries.of(
                        new Clause("failed " + n, p -> p.failed(n), b -> b.failed() + b.timedOut() >= n),
                        new Clause("succeeded " + n, p -> p.succeeded(n), b -> b.succeeded() >= n),
                        new Clause("done " + n, p -> p.done(n), b -> b.total() - b.pending() >= n)));
        Arbitrary<Clause> percent = Arbitraries.integers()
                .between(1, 10_000)
                .flatMap(n -> Arbitraries.of(
                        new Clause(
                                "failed %% " + n,
                                p -> p.failedPercent(n / 100.0),
                                b -> reaches(b.failed() + b.timedOut(), b.total(), n)),
                        new Clause(
                                "succeeded %% " + n,
                                p -> p.succeededPercent(n / 100.0),
                                b -> reaches(b.succeeded(), b.total(), n)),
                        new Clause(
                                "done %% " + n,
                                p -> p.donePercent(n / 100.0),
                                b -> reaches(b.total() - b.pending(), b.total(), n))));
        return Arbitraries.oneOf(jobs, percent).list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<BatchProgress> progresses() {
        Arbitrary<Integer> some = Arbitraries.integers().between(0, 2_000);
        return Combinators.combine(some, some, some, some, some, some)
                .as((pending, succeeded, failed, timedOut, cancelled, rejected) -> new BatchProgress(
                        (long) pending + succeeded + failed + timedOut + cancelled + rejected,
                        succeeded,
                        failed,
                        timedOut,
                        cancelled,
                        rejected));
    }

    private static HaltPolicy policy(HaltPolicy start, List<Clause> clauses) {
        HaltPolicy policy = start;
        for (Clause clause : clauses) {
            policy = clause.adds().apply(policy);
        }
        return policy;
    }

    @Property
    void oneConditionIsEnough(@ForAll("clauses") List<Clause> clauses, @ForAll("progresses") BatchProgress progress) {
        boolean expected = clauses.stream().anyMatch(clause -> clause.holds().test(progress));
        assertThat(policy(HaltPolicy.now(), clauses).isReached(progress)).isEqualTo(expected);
        assertThat(policy(HaltPolicy.soon(), clauses).isReached(progress)).isEqualTo(expected);
    }

    @Property
    void theOrderOfConditionsDoesNotMatter(@ForAll("clauses") List<Clause> clauses) {
        List<Clause> reversed = new ArrayList<>(clauses);
        Collections.reverse(reversed);
        HaltPolicy policy = policy(HaltPolicy.soon(), clauses);
        assertThat(policy(HaltPolicy.soon(), reversed)).isEqualTo(policy).hasSameHashCodeAs(policy);
        assertThat(policy(HaltPolicy.now(), reversed)).isNotEqualTo(policy);
    }

    /** Large numbers, too: this is where a product of percent and total would be off by one. */
    @Property
    void aPercentageIsReachedAtThatJobAndNotBefore(
            @ForAll @LongRange(min = 1, max = 1_000_000_000L) long hundreds,
            @ForAll @IntRange(min = 1, max = 9_999) int n) {
        long total = hundreds * 10_000;
        HaltPolicy policy = HaltPolicy.now().succeededPercent(n / 100.0);
        assertThat(policy.isReached(new BatchProgress(total, n * hundreds, 0, 0, 0, 0)))
                .isTrue();
        assertThat(policy.isReached(new BatchProgress(total, n * hundreds - 1, 0, 0, 0, 0)))
                .isFalse();
    }

    @Example
    void theFirstSuccessWins() {
        HaltPolicy policy = HaltPolicy.now().succeeded(1);
        assertThat(policy.isNow()).isTrue();
        assertThat(policy.isReached(new BatchProgress(9, 0, 3, 2, 1, 0))).isFalse();
        assertThat(policy.isReached(new BatchProgress(9, 1, 3, 2, 1, 0))).isTrue();
    }

    @Example
    void withoutAConditionNothingIsReached() {
        BatchProgress everything = new BatchProgress(5, 1, 1, 1, 1, 1);
        assertThat(HaltPolicy.never().isReached(everything)).isFalse();
        assertThat(HaltPolicy.now().isReached(everything)).isFalse();
        assertThat(HaltPolicy.soon().isReached(everything)).isFalse();
        assertThat(HaltPolicy.never().isNow()).isFalse();
        assertThat(HaltPolicy.soon().isNow()).isFalse();
    }

    @Example
    void aBatchWithoutJobsReachesNoPercentage() {
        assertThat(HaltPolicy.now().donePercent(0.001).isReached(new BatchProgress(0, 0, 0, 0, 0, 0)))
                .isFalse();
    }

    @Example
    void neverTakesNoCondition() {
        assertThatThrownBy(() -> HaltPolicy.never().failed(3))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("HaltPolicy.never() takes no condition (3 failed); allowed: HaltPolicy.now() and soon()");
    }

    @Example
    void aValueThatIsNotAllowedIsNamedWithWhatIs() {
        assertThatThrownBy(() -> HaltPolicy.now().failed(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("failed jobs to halt at = 0; allowed: 1 or more");
        assertThatThrownBy(() -> HaltPolicy.now().done(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("done jobs to halt at = -1; allowed: 1 or more");
        for (double percent : new double[] {0, -0.0, -1, 100.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> HaltPolicy.now().succeededPercent(percent))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("succeeded percent to halt at = " + percent + "; allowed: above 0, to 100");
        }
    }

    @Example
    void aPolicyShowsWhatItSays() {
        assertThat(HaltPolicy.never()).hasToString("HaltPolicy(never)");
        assertThat(HaltPolicy.now()).hasToString("HaltPolicy(now)");
        assertThat(HaltPolicy.soon().failed(10).donePercent(2.5))
                .hasToString("HaltPolicy(soon at 10 failed or 2.5 % done)");
        assertThat(HaltPolicy.soon()).isNotEqualTo(HaltPolicy.never()).isNotEqualTo("");
    }
}
