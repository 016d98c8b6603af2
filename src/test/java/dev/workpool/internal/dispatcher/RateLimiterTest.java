package dev.workpool.internal.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Clocks start anywhere, and pass the largest number while they run. */
class RateLimiterTest {
    private static final long MS = 1_000_000;
    private static final long SECOND_NS = 1_000 * MS;
    private static final int MOST_BURST = 10_000;

    private record Step(int kind, long gapNs, double rate, int burst) {}

    @Provide
    Arbitrary<Double> rates() {
        return Arbitraries.doubles().between(-2, 8).map(power -> Math.pow(10, power));
    }

    /** From nothing to a hundred milliseconds, at all orders of magnitude. */
    @Provide
    Arbitrary<Long> gaps() {
        return Arbitraries.doubles().between(0, 8).map(power -> (long) Math.pow(10, power));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> gaps = Arbitraries.doubles().between(0, 10).map(power -> (long) Math.pow(10, power));
        return Combinators.combine(
                        Arbitraries.integers().between(0, 9).withDistribution(RandomDistribution.uniform()),
                        gaps,
                        rates(),
                        Arbitraries.integers().between(1, MOST_BURST))
                .as(Step::new)
                .list()
                .ofMaxSize(100);
    }

    private static double permits(double rate, long ns) {
        return rate * ns / SECOND_NS;
    }

    private static double rounding(double permits) {
        return 1e-6 + permits * 1e-9;
    }

    private static long takeAll(RateLimiter limiter, long nowNs) {
        long all = limiter.available(nowNs);
        limiter.take(all);
        return all;
    }

    @Property
    void whileJobsWaitTheyGetTheBurstAndTheRateAndNothingIsLost(
            @ForAll("rates") double rate,
            @ForAll @IntRange(min = 1, max = MOST_BURST) int burst,
            @ForAll @Size(max = 300) List<@From("gaps") Long> gaps,
            @ForAll long startNs) {
        RateLimiter limiter = new RateLimiter(rate, burst, startNs);
        limiter.waiting(startNs);
        long nowNs = startNs;
        long taken = 0;
        for (long gapNs : gaps) {
            nowNs += gapNs;
            taken += takeAll(limiter, nowNs);
            double due = burst + permits(rate, nowNs - startNs);
            assertThat((double) taken).isBetween(due - 1 - rounding(due), due + rounding(due));
        }
    }

    @Property
    void whateverHappensNoMoreIsTakenThanTheBurstAndTheRate(
            @ForAll("rates") double rate,
            @ForAll @IntRange(min = 1, max = MOST_BURST) int burst,
            @ForAll("steps") List<Step> steps,
            @ForAll long startNs) {
        RateLimiter limiter = new RateLimiter(rate, burst, startNs);
        long nowNs = startNs;
        long taken = 0;
        boolean waiting = false;
        for (Step step : steps) {
            nowNs += step.gapNs();
            double most = waiting ? burst + rate / 10 : burst;
            assertThat((double) limiter.available(nowNs)).isBetween(0.0, most + rounding(most));
            switch (step.kind()) {
                case 0, 1 -> {
                    limiter.waiting(nowNs);
                    waiting = true;
                }
                case 2 -> {
                    limiter.idle(nowNs);
                    waiting = false;
                }
                case 3, 4 -> {
                    long unused = Math.min(step.burst(), taken);
                    limiter.giveBack(unused);
                    taken -= unused;
                }
                case 5, 6 -> {
                    long some = Math.min(step.burst(), limiter.available(nowNs));
                    limiter.take(some);
                    taken += some;
                }
                default -> taken += takeAll(limiter, nowNs);
            }
            double due = burst + permits(rate, nowNs - startNs);
            assertThat((double) taken).isLessThanOrEqualTo(due + rounding(due));
        }
    }

    /** Of a bucket that never overflows by a fraction, in any span and not only from its start. */
    @Property(tries = 300)
    void inAnySpanOfTimeNoMoreIsTakenThanTheBucketAndTheRate(
            @ForAll("rates") double rate,
            @ForAll @IntRange(min = 1, max = 100) int burst,
            @ForAll("steps") List<Step> steps,
            @ForAll boolean waiting) {
        RateLimiter limiter = new RateLimiter(rate, burst, 0);
        if (waiting) {
            limiter.waiting(0);
        }
        double bucket = waiting ? burst + rate / 10 : burst;
        long[] times = new long[steps.size()];
        long[] taken = new long[steps.size()];
        for (int i = 0; i < times.length; i++) {
            times[i] = (i == 0 ? 0 : times[i - 1]) + steps.get(i).gapNs();
            long available = limiter.available(times[i]);
            taken[i] = steps.get(i).kind() < 5 ? available : Math.min(available, 1);
            limiter.take(taken[i]);
            long sum = 0;
            for (int first = i; first >= 0; first--) {
                sum += taken[first];
                double due = bucket + permits(rate, times[i] - times[first]);
                assertThat((double) sum).isLessThanOrEqualTo(due + rounding(due));
            }
        }
    }

    @Property
    void afterAPauseThereIsABurstAndNotMore(
            @ForAll("rates") double rate,
            @ForAll @IntRange(min = 1, max = MOST_BURST) int burst,
            @ForAll @LongRange(min = 0, max = 1_000) long waitedMs,
            @ForAll @LongRange(min = 0, max = 1L << 60) long pauseNs,
            @ForAll long startNs) {
        RateLimiter limiter = new RateLimiter(rate, burst, startNs);
        limiter.waiting(startNs);
        long idleNs = startNs + waitedMs * MS;
        limiter.idle(idleNs);
        limiter.take(limiter.available(idleNs));
        long nowNs = idleNs + pauseNs;
        limiter.waiting(nowNs);
        assertThat(limiter.available(nowNs)).isLessThanOrEqualTo(burst);
        if (permits(rate, pauseNs) >= burst) {
            assertThat(limiter.available(nowNs)).isEqualTo(burst);
        }
    }

    @Property
    void whatIsTakenAndGivenBackIsThereAgain(
            @ForAll("rates") double rate,
            @ForAll @IntRange(min = 1, max = MOST_BURST) int burst,
            @ForAll @Size(max = 20) List<@From("gaps") Long> gaps,
            @ForAll boolean waiting,
            @ForAll @LongRange(min = 0, max = 20_000) long wanted,
            @ForAll @From("gaps") long gapNs) {
        RateLimiter limiter = new RateLimiter(rate, burst, 0);
        RateLimiter untouched = new RateLimiter(rate, burst, 0);
        long nowNs = 0;
        for (RateLimiter each : List.of(limiter, untouched)) {
            if (waiting) {
                each.waiting(0);
            }
            nowNs = 0;
            for (long gap : gaps) {
                nowNs += gap;
                each.take(each.available(nowNs) / 2);
            }
        }
        long some = Math.min(wanted, limiter.available(nowNs));
        limiter.take(some);
        limiter.giveBack(some);
        assertThat(limiter.available(nowNs)).isCloseTo(untouched.available(nowNs), within(rate > 1e6 ? 1L : 0L));
        assertThat(limiter.available(nowNs + gapNs))
                .isCloseTo(untouched.available(nowNs + gapNs), within(rate > 1e6 ? 1L : 0L));
    }

    @Property
    void givingBackNeverMakesMoreThanTheBucketHolds(
            @ForAll("rates") double rate,
            @ForAll @IntRange(min = 1, max = MOST_BURST) int burst,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long given,
            @ForAll @From("gaps") long gapNs) {
        RateLimiter limiter = new RateLimiter(rate, burst, 0);
        limiter.giveBack(given);
        assertThat(limiter.available(0)).isEqualTo(burst);
        limiter.take(burst);
        assertThat(limiter.available(0)).isZero();
        limiter.giveBack(given);
        assertThat(limiter.available(gapNs)).isLessThanOrEqualTo(burst);
    }

    @Property
    void aRateThatChangesGivesItsIntegral(
            @ForAll("rates") double firstRate,
            @ForAll @IntRange(min = 1, max = MOST_BURST) int burst,
            @ForAll("steps") List<Step> steps,
            @ForAll long startNs) {
        RateLimiter limiter = new RateLimiter(firstRate, burst, startNs);
        limiter.waiting(startNs);
        long taken = takeAll(limiter, startNs);
        double due = burst;
        double rate = firstRate;
        long nowNs = startNs;
        for (Step step : steps) {
            long gapNs = Math.min(step.gapNs(), 100 * MS);
            nowNs += gapNs;
            due += permits(rate, gapNs);
            if (step.kind() < 5) {
                rate = step.rate();
                // Before the look as well as after it: a change must settle what came until then.
                if (step.kind() < 2) {
                    taken += takeAll(limiter, nowNs);
                }
                double lostAtMost = step.kind() < 2 ? 0 : Math.max(0, due - taken - step.burst() - rate / 10);
                limiter.setRate(rate, step.burst(), nowNs);
                due -= lostAtMost;
            }
            taken += takeAll(limiter, nowNs);
            assertThat((double) taken).isBetween(due - 1 - rounding(due), due + rounding(due));
        }
    }

    @Property
    void theNextPermitIsThereWhenItIsSaidToBeAndNotBefore(
            @ForAll("rates") double rate,
            @ForAll @IntRange(min = 1, max = MOST_BURST) int burst,
            @ForAll @Size(max = 50) List<@From("gaps") Long> gaps,
            @ForAll long startNs) {
        RateLimiter limiter = new RateLimiter(rate, burst, startNs);
        long nowNs = startNs;
        for (long gapNs : gaps) {
            nowNs += gapNs;
            if (limiter.available(nowNs) > 0) {
                assertThat(limiter.nextNs(nowNs)).isEqualTo(nowNs);
            }
            takeAll(limiter, nowNs);
            long nextNs = limiter.nextNs(nowNs);
            assertThat(nextNs - nowNs).isPositive();
            long beforeNs = nextNs - 2 - (long) Math.ceil(1 / rate);
            if (beforeNs - nowNs > 0) {
                assertThat(limiter.available(beforeNs)).isZero();
            }
            assertThat(limiter.available(nextNs)).isPositive();
            nowNs = nextNs;
        }
    }

    @Property
    void looksInBetweenCostNothing(@ForAll @LongRange(min = 1, max = 1_000) long lookNs) {
        RateLimiter limiter = new RateLimiter(0.5, Integer.MAX_VALUE, 0);
        limiter.take(Integer.MAX_VALUE / 2);
        long before = limiter.available(0);
        long nowNs = 2 * SECOND_NS - 2_000 * lookNs;
        while (nowNs < 2 * SECOND_NS) {
            nowNs += lookNs;
            limiter.available(nowNs);
        }
        assertThat(limiter.available(2 * SECOND_NS)).isEqualTo(before + 1);
    }

    @Example
    void permitsComeOneByOneAfterTheBurst() {
        RateLimiter limiter = new RateLimiter(10, 3, 0);
        limiter.waiting(0);
        assertThat(takeAll(limiter, 0)).isEqualTo(3);
        for (int i = 1; i < 1_000; i++) {
            assertThat(limiter.available(i * 100L * MS - 1_000)).isZero();
            assertThat(takeAll(limiter, i * 100L * MS)).isEqualTo(1);
        }
    }

    @Property
    void permitsAreCountedAsIfInWholeNumbers(
            @ForAll @IntRange(min = 1, max = 1_000) int rate, @ForAll @IntRange(min = 1, max = 100) int lookMs) {
        RateLimiter limiter = new RateLimiter(rate, 1, 0);
        limiter.waiting(0);
        long taken = 0;
        for (long ms = 0; ms < 5_000; ms += lookMs) {
            taken += takeAll(limiter, ms * MS);
            assertThat(taken).isEqualTo(1 + rate * ms / 1_000);
        }
    }

    @Example
    void aTimerThatIsVeryLateLosesWhatCameBefore() {
        RateLimiter limiter = new RateLimiter(1_000, 5, 0);
        limiter.waiting(0);
        takeAll(limiter, 0);
        assertThat(limiter.available(SECOND_NS)).isEqualTo(5 + 100);
        limiter.idle(SECOND_NS);
        assertThat(takeAll(limiter, SECOND_NS)).isEqualTo(5);
        assertThat(limiter.available(SECOND_NS)).isZero();
    }

    @Example
    void whatWasTakenTooMuchIsMissingLater() {
        RateLimiter limiter = new RateLimiter(10, 1, 0);
        limiter.take(3);
        assertThat(limiter.available(200 * MS)).isZero();
        assertThat(limiter.nextNs(0)).isEqualTo(300 * MS);
        assertThat(limiter.available(300 * MS)).isEqualTo(1);
    }

    @Example
    void aNewBurstTakesPermitsAndGivesNone() {
        RateLimiter limiter = new RateLimiter(1, 10, 0);
        limiter.setRate(1, 4, 0);
        assertThat(limiter.available(0)).isEqualTo(4);
        limiter.setRate(1, 10, 0);
        assertThat(limiter.available(0)).isEqualTo(4);
        assertThat(limiter.available(SECOND_NS)).isEqualTo(5);
    }

    @Example
    void aClockThatIsReadTooLateHarmsNothing() {
        RateLimiter limiter = new RateLimiter(10, 1, 0);
        limiter.take(1);
        assertThat(limiter.available(100 * MS)).isEqualTo(1);
        assertThat(limiter.available(50 * MS)).isEqualTo(1);
        limiter.take(1);
        limiter.waiting(50 * MS);
        assertThat(limiter.available(199 * MS)).isZero();
    }

    @Example
    void theNextOfAVeryLowRateIsFarAwayButComparable() {
        RateLimiter limiter = new RateLimiter(Double.MIN_VALUE, 1, Long.MAX_VALUE);
        limiter.take(1);
        assertThat(limiter.nextNs(Long.MAX_VALUE) - Long.MAX_VALUE).isEqualTo(Long.MAX_VALUE / 2);
    }

    @Example
    void aValueThatIsNotAllowedIsNamedWithWhatIs() {
        for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new RateLimiter(rate, 1, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("permits per second = " + rate + "; allowed: above 0, and finite");
        }
        RateLimiter limiter = new RateLimiter(1, 1, 0);
        assertThatThrownBy(() -> limiter.setRate(1, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("burst = 0; allowed: 1 or more");
        assertThat(limiter.available(0)).isEqualTo(1);
    }
}
