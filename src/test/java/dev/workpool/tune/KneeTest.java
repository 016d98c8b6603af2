package dev.workpool.tune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KneeTest {
    private static final Processors TWO = new Processors(2);

    private static Knee knee(List<TunePoint> points) {
        return Knee.of(points, TWO).orElseThrow();
    }

    @Test
    void itIsTheSmallestNumberWithinFivePercentOfTheBest() {
        Knee knee = knee(Points.waiting(64, n -> n < 16 ? n : n == 16 ? 95.1 : n == 32 ? 100 : 99));
        assertThat(knee.recommended().workers()).isEqualTo(16);
        assertThat(knee.best().workers()).isEqualTo(32);
        assertThat(knee.below().orElseThrow().workers()).isEqualTo(8);
        assertThat(knee.missing()).containsExactly(10, 12, 14);
    }

    @Test
    void neighboursNeedNothingBetweenThem() {
        Knee knee = knee(Points.waiting(4, n -> Math.min(n, 2)));
        assertThat(knee.recommended().workers()).isEqualTo(2);
        assertThat(knee.missing()).isEmpty();
    }

    @Test
    void atTheFewestThereIsNothingBelow() {
        Knee knee = knee(Points.waiting(4, n -> 7));
        assertThat(knee.recommended().workers()).isEqualTo(1);
        assertThat(knee.below()).isEmpty();
        assertThat(knee.missing()).isEmpty();
    }

    @Test
    void workersThatTakeProcessorsFromOthersAreNoGain() {
        // where others compute as well, more workers get more of the processors
        List<TunePoint> points = List.of(
                Points.of(1, 100, 1, 1, 0),
                Points.of(2, 140, 1.4, 0.6, 0),
                Points.of(4, 165, 1.65, 0.35, 0),
                Points.of(64, 197, 1.97, 0.03, 0));
        assertThat(knee(points).recommended().workers()).isEqualTo(2);
    }

    @Test
    void theMostThatCanBeOfUseIsMeasured() {
        List<TunePoint> points = Points.computing(16, 6, n -> Math.min(n, 6));
        Knee knee = Knee.of(points, new Processors(6)).orElseThrow();
        assertThat(knee.missing()).contains(6);
    }

    @Test
    void jobsThatFailFastAreNoGain() {
        List<TunePoint> points = new ArrayList<>(Points.waiting(8, n -> n));
        points.add(Points.of(16, 1000, 0.01, 0, 300));
        assertThat(knee(points).best().workers()).isEqualTo(8);
        assertThat(Knee.failsMore(points.get(4), points)).isTrue();
    }

    @Test
    void someFailuresEverywhereAreNoDifference() {
        List<TunePoint> points = List.of(Points.of(1, 10, 0.01, 0, 100), Points.of(2, 20, 0.01, 0, 105));
        assertThat(knee(points).recommended().workers()).isEqualTo(2);
    }

    @Test
    void withoutASuccessThereIsNone() {
        assertThat(Knee.of(Points.waiting(8, n -> 0), TWO)).isEmpty();
    }
}
