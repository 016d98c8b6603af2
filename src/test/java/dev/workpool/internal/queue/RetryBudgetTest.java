package dev.workpool.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class RetryBudgetTest {
    private static final long SECOND_NS = 1_000_000_000;
    private static final long WINDOW_NS = 10 * SECOND_NS;

    private record Event(long gapNs, int jobs, int retries) {}

    private record Happened(long atNs, int jobs, int granted) {}

    @Provide
    Arbitrary<List<Event>> events() {
        return Combinators.combine(
                        Arbitraries.doubles().between(0, 10.5).map(power -> (long) Math.pow(10, power)),
                        Arbitraries.integers().between(0, 100),
                        Arbitraries.integers().between(0, 100))
                .as(Event::new)
                .list()
                .ofMaxSize(60);
    }

    private static int withdraw(RetryBudget budget, int wanted, long nowNs) {
        int granted = 0;
        for (int i = 0; i < wanted; i++) {
            granted += budget.withdraw(nowNs) ? 1 : 0;
        }
        return granted;
    }

    @Property(tries = 500)
    void inAnySpanOfTimeRetriesAreBoundByTheJobsAndTheMinimum(
            @ForAll @DoubleRange(min = 0, max = 2) double ratio,
            @ForAll @DoubleRange(min = 0, max = 20) double minPerSecond,
            @ForAll("events") List<Event> events,
            @ForAll long startNs) {
        RetryBudget budget = new RetryBudget(ratio, minPerSecond, startNs);
        List<Happened> all = new ArrayList<>();
        long passedNs = 0;
        for (Event event : events) {
            passedNs += event.gapNs();
            budget.deposit(event.jobs(), startNs + passedNs);
            int granted = withdraw(budget, event.retries(), startNs + passedNs);
            all.add(new Happened(passedNs, event.jobs(), granted));
        }
        for (int first = 0; first < all.size(); first++) {
            long fromNs = all.get(first).atNs();
            double jobs = all.stream()
                    .limit(first)
                    .filter(before -> fromNs - before.atNs() < WINDOW_NS)
                    .mapToInt(Happened::jobs)
                    .sum();
            long retries = 0;
            for (Happened each : all.subList(first, all.size())) {
                jobs += each.jobs();
                retries += each.granted();
                double seconds = (each.atNs() - fromNs) / (double) SECOND_NS;
                double reserve = minPerSecond > 0 ? Math.max(1, 10 * minPerSecond) : 0;
                assertThat((double) retries)
                        .isLessThanOrEqualTo(ratio * jobs + reserve + minPerSecond * seconds + 1e-6);
            }
        }
    }

    @Property
    void theMinimumIsThereWhateverTheJobsPaidFor(
            @ForAll @DoubleRange(min = 0.01, max = 20) double minPerSecond,
            @ForAll @IntRange(min = 0, max = 1_000) int jobs,
            @ForAll @LongRange(min = 0, max = 3 * WINDOW_NS) long spentNs,
            @ForAll long startNs) {
        RetryBudget budget = new RetryBudget(0.2, minPerSecond, startNs);
        budget.deposit(jobs, startNs + spentNs);
        assertThat(withdraw(budget, jobs / 5, startNs + spentNs)).isEqualTo(jobs / 5);
        for (int i = 0; i < 100; i++) {
            long nowNs = startNs + spentNs + (long) Math.ceil(i * SECOND_NS / minPerSecond);
            assertThat(budget.withdraw(nowNs)).isTrue();
        }
    }

    @Property
    void jobsPayTheirShareAtOnceAndExactly(
            @ForAll @IntRange(min = 0, max = 10_000) int hundredths,
            @ForAll @IntRange(min = 0, max = 2_000) int jobs,
            @ForAll boolean oneByOne) {
        RetryBudget budget = new RetryBudget(hundredths / 100.0, 0, 0);
        for (int i = 0; i < (oneByOne ? jobs : 1); i++) {
            budget.deposit(oneByOne ? 1 : jobs, 0);
        }
        int paid = hundredths * jobs / 100;
        int wanted = Math.min(paid + 10, 1_000);
        assertThat(withdraw(budget, wanted, 0)).isEqualTo(Math.min(wanted, paid));
    }

    @Property
    void whatJobsPaidExpires(
            @ForAll @LongRange(min = 0, max = 3 * WINDOW_NS) long depositNs,
            @ForAll @LongRange(min = 0, max = 3 * WINDOW_NS) long waitNs,
            @ForAll @LongRange(min = SECOND_NS / 10, max = WINDOW_NS) long lookNs,
            @ForAll long startNs) {
        RetryBudget budget = new RetryBudget(1, 0, startNs);
        budget.deposit(5, startNs + depositNs);
        for (long passedNs = 0; passedNs < waitNs; passedNs += lookNs) {
            budget.deposit(0, startNs + depositNs + passedNs);
        }
        int granted = withdraw(budget, 10, startNs + depositNs + waitNs);
        if (waitNs <= WINDOW_NS - SECOND_NS) {
            assertThat(granted).isEqualTo(5);
        } else if (waitNs >= WINDOW_NS) {
            assertThat(granted).isZero();
        }
    }

    @Example
    void whatExpiresFirstIsSpentFirst() {
        RetryBudget budget = new RetryBudget(1, 0.1, 0);
        budget.deposit(1, 0);
        budget.deposit(1, 5 * SECOND_NS);
        assertThat(budget.withdraw(5 * SECOND_NS)).isTrue();
        assertThat(budget.withdraw(12 * SECOND_NS)).as("of the second job").isTrue();
        assertThat(budget.withdraw(12 * SECOND_NS)).as("of the minimum").isTrue();
        assertThat(budget.withdraw(12 * SECOND_NS)).isFalse();
    }

    @Example
    void ofSeveralSecondsTheOldestIsSpentFirst() {
        RetryBudget budget = new RetryBudget(1, 0, 0);
        budget.deposit(1, 0);
        budget.deposit(1, 2 * SECOND_NS);
        assertThat(budget.withdraw(5 * SECOND_NS)).isTrue();
        assertThat(budget.withdraw(11 * SECOND_NS))
                .as("of the second job, as the first has expired")
                .isTrue();
        assertThat(budget.withdraw(11 * SECOND_NS)).isFalse();
    }

    @Property
    void anUnlimitedBudgetGrantsEverything(@ForAll List<Long> times) {
        RetryBudget budget = RetryBudget.unlimited();
        for (long nowNs : times) {
            budget.deposit(3, nowNs);
            assertThat(withdraw(budget, 50, nowNs)).isEqualTo(50);
        }
    }

    @Example
    void aBudgetOfNothingGrantsNothing() {
        RetryBudget budget = new RetryBudget(0, 0, 0);
        budget.deposit(1_000_000, 0);
        assertThat(budget.withdraw(0)).isFalse();
        assertThat(budget.withdraw(Long.MAX_VALUE)).isFalse();
    }

    @Example
    void aValueThatIsNotAllowedIsNamedWithWhatIs() {
        for (double ratio : new double[] {-0.1, 1_000.1, Double.NaN}) {
            assertThatThrownBy(() -> new RetryBudget(ratio, 0, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("retries per job = " + ratio + "; allowed: 0 to 1000");
        }
        for (double min : new double[] {-0.1, Double.NaN}) {
            assertThatThrownBy(() -> new RetryBudget(0, min, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("min retries per second = " + min + "; allowed: 0 or more");
        }
    }
}
