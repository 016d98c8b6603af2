package dev.workpool.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Processors FOUR = new Processors(4);

    private static Verdict verdict(List<TunePoint> points) {
        return Verdict.of(points, Knee.of(points, FOUR).orElseThrow(), FOUR);
    }

    @Test
    void busyProcessorsAreTheLimit() {
        assertThat(verdict(Points.computing(64, 4, n -> Math.min(n, 4))).bottleneck())
                .isEqualTo(Bottleneck.CPU);
    }

    @Test
    void processorsThatOthersKeepBusyAsWellAreTheLimit() {
        List<TunePoint> points =
                List.of(Points.of(1, 10, 0.9, 2, 0), Points.of(2, 20, 1.8, 2, 0), Points.of(4, 21, 2, 1.9, 0));
        assertThat(verdict(points).bottleneck()).isEqualTo(Bottleneck.CPU);
    }

    @Test
    void whereOthersComputeTheQuickestJobsTellWhatAJobComputes() {
        List<TunePoint> crowded = List.of(Points.of(1, 10, 0.4, 3.5, 0), Points.of(2, 20, 0.8, 3.1, 0));
        assertThat(FOUR.computing(crowded))
                .as("the quickest take half of the mean")
                .isCloseTo(0.8, within(1e-9));
        List<TunePoint> quiet = List.of(Points.of(1, 10, 0.6, 0, 0), Points.of(2, 20, 1.2, 0, 0));
        assertThat(FOUR.computing(quiet)).isEqualTo(0.6);
    }

    @Test
    void jobsThatWaitWhileOthersComputeAreNotBoundByProcessors() {
        List<TunePoint> points =
                List.of(Points.of(1, 10, 0.01, 3.9, 0), Points.of(2, 20, 0.02, 3.9, 0), Points.of(4, 40, 0.04, 3.9, 0));
        assertThat(verdict(points).bottleneck()).isEqualTo(Bottleneck.IO);
    }

    @Test
    void idleProcessorsAndNoGrowthAreSomethingDownstream() {
        Verdict verdict = verdict(Points.waiting(64, n -> 100.0 * Math.min(n, 8)));
        assertThat(verdict.bottleneck()).isEqualTo(Bottleneck.DOWNSTREAM);
        assertThat(verdict.because()).contains("serves about 8.00 at a time");
    }

    /** Whoever looks at these figures alone cannot tell the two apart. */
    @Test
    void onABusyMachineNoCauseIsNamedThatCannotBeKnown() {
        List<TunePoint> points = List.of(
                Points.of(1, 40, 0.05, 1.2, 0),
                Points.of(2, 75, 0.1, 1.3, 0),
                Points.of(4, 95, 0.2, 1.4, 0),
                Points.of(8, 97, 0.2, 1.5, 0));
        Verdict verdict = verdict(points);
        assertThat(verdict.bottleneck()).isEqualTo(Bottleneck.UNKNOWN);
        assertThat(verdict.because())
                .contains("other processes up to 1.50")
                .endsWith("measure again when the machine is quiet, or for longer");
    }

    @Test
    void jobsThatWaitForEachOtherAreSomethingDownstreamAlsoIfTheKneeIsNearTheEnd() {
        List<TunePoint> points = new ArrayList<>(Points.waiting(16, n -> 100.0 * n));
        points.add(Points.of(23, 2300, 0.01, 0, 0));
        points.add(Points.of(32, 2400, 0.01, 0, 0));
        assertThat(verdict(points).bottleneck()).isEqualTo(Bottleneck.DOWNSTREAM);
    }

    @Test
    void growthToTheEndIsWaiting() {
        assertThat(verdict(Points.waiting(64, n -> 100.0 * n)).bottleneck()).isEqualTo(Bottleneck.IO);
    }

    @Test
    void idleWorkersAreALackOfJobs() {
        Round round = new Round(2, 100, 0.001, 0.001, 0.001, 0.001, 0.1, 0.1, 0, 100, 0);
        Verdict verdict = verdict(List.of(TunePoint.of(Collections.nCopies(6, round))));
        assertThat(verdict.bottleneck()).isEqualTo(Bottleneck.SUPPLY);
        assertThat(verdict.because()).contains("of 2 workers only 0.100 are in a job");
    }

    @Test
    void withoutCpuTimesItIsNotKnown() {
        List<TunePoint> points =
                List.of(Points.of(1, 10, Double.NaN, Double.NaN, 0), Points.of(2, 20, Double.NaN, Double.NaN, 0));
        assertThat(verdict(points).bottleneck()).isEqualTo(Bottleneck.UNKNOWN);
    }
}
