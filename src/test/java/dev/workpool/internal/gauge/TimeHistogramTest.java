package dev.workpool.internal.gauge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.job.TimeDistribution;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeHistogramTest {
    private final TimeHistogram histogram = new TimeHistogram();

    private MeasuredTimes recorded() {
        TimeHistogram sum = new TimeHistogram();
        histogram.addTo(sum);
        return sum.toDistribution();
    }

    @Test
    void ofNothingEverythingIsZero() {
        MeasuredTimes none = recorded();
        assertThat(none.count()).isZero();
        assertThat(none.total()).isZero();
        assertThat(none.max()).isZero();
        assertThat(none.mean()).isZero();
        assertThat(none.p50()).isZero();
        assertThat(none.percentile(1)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 31, 32, 33, 63, 64, 1_000, 123_456_789, Long.MAX_VALUE / 2, Long.MAX_VALUE})
    void aSingleTimeIsFoundAgain(long ns) {
        histogram.record(ns, 3);
        MeasuredTimes times = recorded();
        assertThat(times.count()).isEqualTo(3);
        assertThat(times.max()).isEqualTo(Duration.ofNanos(ns));
        assertThat((double) times.p50().toNanos()).isBetween(ns * 0.984, ns * 1.016);
    }

    @Test
    void aTimeThatIsNegativeCountsAsNone() {
        histogram.record(-5, 1);
        assertThat(recorded().count()).isOne();
        assertThat(recorded().max()).isZero();
    }

    private void assertPercentiles(LongUnaryOperator nsOfRandom) {
        Random random = new Random(7);
        long[] all = new long[100_000];
        double sum = 0;
        for (int i = 0; i < all.length; i++) {
            all[i] = nsOfRandom.applyAsLong(random.nextLong() >>> 1);
            histogram.record(all[i], 1);
            sum += all[i];
        }
        Arrays.sort(all);
        MeasuredTimes times = recorded();
        assertThat(times.count()).isEqualTo(all.length);
        assertThat(times.max().toNanos()).isEqualTo(all[all.length - 1]);
        assertThat((double) times.total().toNanos()).isBetween(sum * 0.9999, sum * 1.0001);
        for (double phi : new double[] {0.01, 0.5, 0.9, 0.95, 0.99, 0.999}) {
            long truth = all[(int) Math.ceil(phi * all.length) - 1];
            assertThat((double) times.percentile(phi).toNanos()).isBetween(truth * 0.98, truth * 1.02);
        }
    }

    private static double uniform(long random) {
        return (random + 1.0) / Long.MAX_VALUE;
    }

    @Test
    void percentilesOfAUniformDistributionAreWithinTwoPercent() {
        assertPercentiles(random -> 1_000 + random % 1_000_000);
    }

    @Test
    void percentilesOfAnExponentialDistributionAreWithinTwoPercent() {
        assertPercentiles(random -> (long) (-50_000 * Math.log(uniform(random))));
    }

    @Test
    void percentilesOfAParetoDistributionAreWithinTwoPercent() {
        assertPercentiles(random -> (long) (3_000 * Math.pow(uniform(random), -1 / 1.2)));
    }

    @Test
    void sumsAreThoseOfAllHistograms() {
        TimeHistogram other = new TimeHistogram();
        histogram.record(10, 1);
        other.record(1_000_000, 2);
        TimeHistogram sum = new TimeHistogram();
        histogram.addTo(sum);
        other.addTo(sum);
        assertThat(sum.toDistribution().count()).isEqualTo(3);
        assertThat(sum.toDistribution().total()).isEqualTo(Duration.ofNanos(2_000_010));
        assertThat(sum.toDistribution().percentile(0)).isEqualTo(Duration.ofNanos(10));
    }

    @Test
    void whatCameLaterIsTheDifference() {
        histogram.record(1_000_000, 2);
        histogram.record(10, 5);
        MeasuredTimes before = recorded();
        histogram.record(10, 1);
        histogram.record(3_000, 3);
        TimeDistribution later = recorded().since(before);
        assertThat(later.count()).isEqualTo(4);
        assertThat(later.total()).isEqualTo(Duration.ofNanos(9_010));
        assertThat(later.percentile(0)).isEqualTo(Duration.ofNanos(10));
        assertThat((double) later.max().toNanos()).isBetween(3_000 * 0.984, 3_000 * 1.016);
        assertThat(later.p99()).isEqualTo(later.max());
        histogram.record(5_000_000, 1);
        assertThat(recorded().since(before).max()).isBetween(Duration.ofMillis(4), Duration.ofMillis(5));
        assertThat(recorded().since(recorded()).count()).isZero();
        assertThat(recorded().since(recorded()).max()).isZero();
    }

    @Test
    void whatIsNotEarlierIsRefused() {
        MeasuredTimes before = recorded();
        histogram.record(10, 1);
        assertThatThrownBy(() -> before.since(recorded()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("earlier = TimeDistribution[count=1, ");
        assertThatThrownBy(() -> before.since(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("earlier = null; allowed: what an earlier snapshot of the same pool has");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, 99, Double.NaN})
    void aPercentileIsAPartOfOne(double phi) {
        assertThatThrownBy(() -> recorded().percentile(phi))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("phi = " + phi + "; allowed: 0 to 1, as 0.99 for the 99th percentile");
    }
}
