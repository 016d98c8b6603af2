package dev.workpool.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalabilityFitTest {

    @ParameterizedTest
    @CsvSource({"100, 0.05, 0.001", "12345, 0, 0.002", "0.3, 0.3, 0", "1000000, 0, 0"})
    void aCurveIsFoundAgain(double lambda, double sigma, double kappa) {
        ScalabilityFit law = new ScalabilityFit(lambda, sigma, kappa, 1);
        ScalabilityFit fit =
                ScalabilityFit.of(Points.waiting(64, law::throughput)).orElseThrow();
        assertThat(fit.lambda()).isCloseTo(lambda, within(1e-6 * lambda));
        assertThat(fit.sigma()).isCloseTo(sigma, within(1e-6));
        assertThat(fit.kappa()).isCloseTo(kappa, within(1e-6));
        assertThat(fit.r2()).isCloseTo(1, within(1e-6));
    }

    @Test
    void coefficientsAreNeverNegative() {
        // better than linear, which would want σ below 0
        ScalabilityFit fit =
                ScalabilityFit.of(Points.waiting(64, n -> Math.pow(n, 1.2))).orElseThrow();
        assertThat(fit.sigma()).isZero();
        assertThat(fit.kappa()).isZero();
        assertThat(fit.peak()).isEmpty();
    }

    @Test
    void noNoiseIsTooMuch() {
        Random random = new Random(9);
        for (int i = 0; i < 1000; i++) {
            List<TunePoint> points = Points.waiting(64, n -> 1 + 1000 * random.nextDouble());
            ScalabilityFit fit = ScalabilityFit.of(points).orElseThrow();
            assertThat(fit.lambda()).isPositive().isFinite();
            assertThat(fit.sigma()).isNotNegative().isFinite();
            assertThat(fit.kappa()).isNotNegative().isFinite();
            assertThat(fit.r2()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void aPeakIsWhereTheCurveIsHighest() {
        ScalabilityFit law = new ScalabilityFit(100, 0.02, 0.002, 1);
        double peak = law.peak().orElseThrow();
        assertThat(peak).isCloseTo(Math.sqrt(0.98 / 0.002), within(1e-9));
        assertThat(law.throughput(peak))
                .isGreaterThan(law.throughput(peak - 0.1))
                .isGreaterThan(law.throughput(peak + 0.1));
    }

    @Test
    void twoPointsAreNoCurve() {
        assertThat(ScalabilityFit.of(Points.waiting(2, n -> n))).isEmpty();
        assertThat(ScalabilityFit.of(Points.waiting(64, n -> 0))).isEmpty();
    }
}
