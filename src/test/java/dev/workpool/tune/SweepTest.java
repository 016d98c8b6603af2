package dev.workpool.tune;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SweepTest {
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);
    private static final int SEEDS = 50;

    @ParameterizedTest
    @CsvSource({"2, 0.01", "2, 0.05", "4, 0.03", "8, 0.03", "2, 0.08"})
    void computingJobsWantAsManyWorkersAsThereAreProcessors(int processors, double noise) throws Exception {
        List<Integer> found = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            TuneReport report =
                    Simulation.computing(processors, 0.01, noise, seed).tune(1, 64, HALF_A_MINUTE, processors, seed);
            assertThat(report.bottleneck()).isEqualTo(Bottleneck.CPU);
            found.add(report.recommended().orElseThrow());
        }
        assertThat(found)
                .filteredOn(n -> Math.abs(n - processors) <= 1)
                .as("%s", found)
                .hasSizeGreaterThanOrEqualTo(SEEDS * 9 / 10);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.002, 0.01, 0.03})
    void jobsBehindAServerOf24WantAsManyWorkers(double noise) throws Exception {
        List<Integer> found = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            TuneReport report = Simulation.permits(24, 0.01, noise, seed).tune(1, 64, HALF_A_MINUTE, 2, seed);
            assertThat(report.bottleneck()).isEqualTo(Bottleneck.DOWNSTREAM);
            assertThat(report.because()).contains("serves about 2");
            found.add(report.recommended().orElseThrow());
        }
        assertThat(found)
                .filteredOn(n -> n >= 22 && n <= 28)
                .as("%s", found)
                .hasSizeGreaterThanOrEqualTo(SEEDS * 9 / 10);
    }

    @Test
    void aQuietMachineIsLeftEarlyWithTightIntervals() throws Exception {
        TuneReport report = Simulation.permits(24, 0.01, 0.01, 1).quiet().tune(1, 64, Duration.ofMinutes(10), 2, 1);
        assertThat(report.ending()).isEqualTo(TuneEnding.PRECISE);
        assertThat(report.elapsed()).isLessThan(Duration.ofMinutes(10));
        assertThat(report.points())
                .allSatisfy(point -> assertThat(point.rounds()).isGreaterThanOrEqualTo(6));
        assertThat(report.recommendedPoint().orElseThrow().throughput().relativeError())
                .isLessThanOrEqualTo(0.025);
    }

    @Test
    void jobsThatOnlyWaitWantAllWorkersThatWereTried() throws Exception {
        TuneReport report = new Simulation(n -> 100.0 * n, n -> 0.05, 0.01, 3).tune(1, 32, HALF_A_MINUTE, 2, 3);
        assertThat(report.bottleneck()).isEqualTo(Bottleneck.IO);
        assertThat(report.recommended().orElseThrow()).isBetween(30, 32);
        assertThat(report.because()).endsWith("more than 32 may be better still");
    }

    @Test
    void contentionHasAPeakThatIsFound() throws Exception {
        ScalabilityFit law = new ScalabilityFit(100, 0.02, 0.002, 1); // its peak is at 22
        TuneReport report = new Simulation(law::throughput, n -> 0.1, 0.01, 5).tune(1, 64, HALF_A_MINUTE, 2, 5);
        double best = law.throughput(law.peak().orElseThrow());
        assertThat(law.throughput(report.recommended().orElseThrow())).isBetween(0.9 * best, 0.99 * best);
        assertThat(report.fit().orElseThrow().peak().orElseThrow()).isBetween(19.0, 26.0);
    }

    @Test
    void jobsThatAllFailAreNoRecommendation() throws Exception {
        Simulation simulation = Simulation.permits(24, 0.01, 0.01, 1).failing(1);
        TuneReport report = simulation.tune(1, 64, HALF_A_MINUTE, 2, 1);
        assertThat(report.ending()).isEqualTo(TuneEnding.FAILED);
        assertThat(report.recommended()).isEmpty();
        assertThat(report.because()).startsWith("every job failed, ").endsWith("; the first: refused");
        assertThat(simulation.rounds()).as("once, and the warm-up").isEqualTo(8);
    }

    @Test
    void timeThatIsTooShortIsSaid() throws Exception {
        TuneReport report = Simulation.permits(24, 2, 0.01, 1).tune(1, 64, Duration.ofSeconds(10), 2, 1);
        assertThat(report.ending()).isEqualTo(TuneEnding.TIME_UP);
        assertThat(report.recommended()).isEmpty();
        assertThat(report.because()).startsWith("too little time: ").matches(".*it takes about [0-9]+ s");
    }

    @Test
    void theTimeThatIsAskedForIsEnough() throws Exception {
        TuneReport report = Simulation.permits(24, 2, 0.01, 1).tune(1, 64, Duration.ofMinutes(10), 2, 1);
        assertThat(report.recommended().orElseThrow()).isBetween(16, 32);
    }

    @Test
    void whatIsCancelledEndsWithWhatThereIs() throws Exception {
        TuneReport report =
                Simulation.permits(24, 0.01, 0.01, 1).cancelledAfter(5).tune(1, 64, HALF_A_MINUTE, 2, 1);
        assertThat(report.ending()).isEqualTo(TuneEnding.CANCELLED);
        assertThat(report.points()).hasSize(4);
        assertThat(report.recommended()).isEmpty();
        assertThat(report.because()).isEqualTo("it was cancelled before there was enough to tell");
    }

    @Test
    void whatIsCancelledLateHasARecommendation() throws Exception {
        TuneReport report =
                Simulation.permits(24, 0.01, 0.01, 1).cancelledAfter(60).tune(1, 64, HALF_A_MINUTE, 2, 1);
        assertThat(report.ending()).isEqualTo(TuneEnding.CANCELLED);
        assertThat(report.recommended().orElseThrow()).isBetween(22, 28);
    }

    @Test
    void aNumberWithTooFewRoundsIsNotRecommended() throws Exception {
        for (int rounds = 22; rounds < 40; rounds++) {
            TuneReport report =
                    Simulation.permits(24, 0.01, 0.01, 1).cancelledAfter(rounds).tune(1, 64, HALF_A_MINUTE, 2, 1);
            assertThat(report.recommendedPoint().orElseThrow().rounds()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void oneNumberOfWorkersIsMeasuredAlone() throws Exception {
        TuneReport report = Simulation.permits(24, 0.01, 0.01, 1).tune(8, 8, HALF_A_MINUTE, 2, 1);
        assertThat(report.points()).extracting(TunePoint::workers).containsExactly(8);
        assertThat(report.recommended()).hasValue(8);
        assertThat(report.fit()).isEmpty();
    }

    @Test
    void manyWorkersOfLongComputationsAreNotTried() throws Exception {
        TuneReport report = Simulation.computing(2, 1, 0.01, 1).tune(1, 64, Duration.ofMinutes(4), 2, 1);
        assertThat(report.recommended().orElseThrow()).isBetween(1, 3);
        assertThat(report.points()).extracting(TunePoint::workers).doesNotContain(64);
    }
}
