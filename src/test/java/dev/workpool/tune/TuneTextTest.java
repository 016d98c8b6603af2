package dev.workpool.tune;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TuneTextTest {
    private static final List<TunePoint> POINTS = Points.waiting(4, n -> 100.0 * Math.min(n, 2));

    private static TuneReport report(OptionalInt recommended, Optional<ScalabilityFit> fit) {
        return new TuneReport(
                1,
                4,
                2,
                Duration.ofSeconds(1),
                TuneEnding.PRECISE,
                POINTS,
                fit,
                recommended,
                Bottleneck.DOWNSTREAM,
                "for a reason",
                List.of("mind this"));
    }

    @Test
    void aTableBarsAndSentences() {
        assertThat(TuneText.of(report(OptionalInt.of(2), Optional.empty()))).isEqualTo("""
                workers  jobs/s      95 %      p50           95 %      p99           95 %     CPU          95 %  failed       95 %
                      1     100  100..100  10.0 ms  10.0..10.0 ms  20.0 ms  20.0..20.0 ms  0.50 %  0.50..0.50 %       0  0..0.06 %
                      2     200  200..200  10.0 ms  10.0..10.0 ms  20.0 ms  20.0..20.0 ms  0.50 %  0.50..0.50 %       0  0..0.06 %
                      4     200  200..200  20.0 ms  20.0..20.0 ms  40.0 ms  40.0..40.0 ms  0.50 %  0.50..0.50 %       0  0..0.06 %

                throughput: # up to the lower end of the interval, + up to the upper one
                      1  #########################
                      2  ################################################## <- recommended
                      4  ##################################################

                recommended: 2 workers, the fewest within 5 % of the best throughput
                limited by: something downstream; for a reason
                note: mind this
                """);
    }

    @Test
    void withoutARecommendationItSaysWhy() {
        assertThat(TuneText.of(report(OptionalInt.empty(), Optional.empty())))
                .contains("\nno recommendation: for a reason\n")
                .doesNotContain("limited by", "<- recommended");
    }

    @Test
    void aCurveThatFitsBadlyIsCalledThat() {
        assertThat(TuneText.of(report(OptionalInt.of(2), Optional.of(new ScalabilityFit(100, 0.1, 0.01, 0.5)))))
                .contains(
                        "scalability law (fits badly): λ = 100 jobs/s, σ = 0.1000, κ = 0.010000, peak at 9.49 workers");
        assertThat(TuneText.of(report(OptionalInt.of(2), Optional.of(new ScalabilityFit(100, 0.1, 0, 0.95)))))
                .contains("scalability law: λ = 100 jobs/s, σ = 0.1000, κ = 0.000000, no peak, R² = 0.950");
    }

    @Test
    void numbersHaveThreeDigitsAndAUnit() {
        assertThat(Figures.number(1234567)).isEqualTo("1,234,567");
        assertThat(Figures.number(12.345)).isEqualTo("12.3");
        assertThat(Figures.number(0.01234)).isEqualTo("0.012");
        assertThat(Figures.number(Double.NaN)).isEqualTo("-");
        assertThat(Figures.seconds(0.000_000_35)).isEqualTo("350 ns");
        assertThat(Figures.seconds(0.000_999_6)).isEqualTo("1.000 ms");
        assertThat(Figures.seconds(75)).isEqualTo("75.0 s");
        assertThat(Figures.percent(0.000_01)).isEqualTo("0 %");
        assertThat(Figures.percent(0.012)).isEqualTo("1.2 %");
        assertThat(Figures.percent(1)).isEqualTo("100 %");
        assertThat(Figures.interval(new Estimate(1, 0.9e-3, 1.1e-3), Figures::seconds))
                .isEqualTo("900 µs..1.10 ms");
    }
}
