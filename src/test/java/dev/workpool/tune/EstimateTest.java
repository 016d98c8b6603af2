package dev.workpool.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EstimateTest {

    /** The ranks of the published table for a confidence of 95 %. */
    @ParameterizedTest
    @CsvSource({"1, 1", "3, 1", "5, 1", "6, 1", "8, 1", "9, 2", "11, 2", "12, 3", "15, 4", "17, 5", "20, 6"})
    void theIntervalLiesBetweenRanksOfTheTable(int rounds, int rank) {
        double[] values = IntStream.rangeClosed(1, rounds).mapToDouble(i -> i).toArray();
        Estimate estimate = Estimate.ofRounds(values);
        assertThat(estimate.value()).isEqualTo((rounds + 1) / 2.0);
        assertThat(estimate.low()).isEqualTo(rank);
        assertThat(estimate.high()).isEqualTo(rounds + 1 - rank);
    }

    @Test
    void theMedianIsInTheIntervalAsOftenAsItSays() {
        Random random = new Random(4);
        int trials = 4000;
        int caught = 0;
        for (int i = 0; i < trials; i++) {
            // skewed, with a median of ln 2
            double[] rounds = IntStream.range(0, 12)
                    .mapToDouble(j -> -Math.log(random.nextDouble()))
                    .toArray();
            Estimate estimate = Estimate.ofRounds(rounds);
            caught += estimate.low() <= Math.log(2) && Math.log(2) <= estimate.high() ? 1 : 0;
        }
        assertThat(caught / (double) trials).isBetween(0.94, 0.98); // 96.1 % for twelve
    }

    @Test
    void anOutlierMovesNothing() {
        Estimate quiet = Estimate.ofRounds(10, 11, 12, 13, 14, 15, 16, 17, 18);
        Estimate disturbed = Estimate.ofRounds(10, 11, 12, 13, 14, 15, 16, 17, 1e9);
        assertThat(disturbed).isEqualTo(quiet);
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        assertThat(Estimate.ofRounds(Double.NaN, 2, Double.NaN).value()).isEqualTo(2);
        assertThat(Estimate.ofRounds(Double.NaN).isKnown()).isFalse();
        assertThat(Estimate.ofRounds().isKnown()).isFalse();
        assertThat(Estimate.ofShare(0, 0).isKnown()).isFalse();
    }

    @Test
    void aShareHasWilsonsInterval() {
        Estimate none = Estimate.ofShare(0, 10);
        assertThat(none.low()).isZero();
        assertThat(none.high()).isCloseTo(0.2775, within(0.0001));
        Estimate half = Estimate.ofShare(5, 10);
        assertThat(half.low()).isCloseTo(0.2366, within(0.0001));
        assertThat(half.high()).isCloseTo(0.7634, within(0.0001));
        assertThat(Estimate.ofShare(10, 10).high()).isEqualTo(1);
    }
}
