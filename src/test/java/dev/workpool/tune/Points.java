package dev.workpool.tune;

import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Points as they might have been measured. */
final class Points {
    private Points() {}

    /** A point of six rounds that are all the same. */
    static TunePoint of(int workers, double throughput, double processors, double others, long failed) {
        double mean = throughput > 0 ? workers / throughput : 0.01;
        Round round = new Round(
                workers, throughput, mean / 2, mean, 2 * mean, mean, workers, processors, others, 1000, failed);
        return TunePoint.of(Collections.nCopies(6, round));
    }

    /** Points with 1, 2, 4 … workers that use no processor to speak of. */
    static List<TunePoint> waiting(int high, IntToDoubleFunction throughput) {
        return IntStream.iterate(1, n -> n <= high, n -> 2 * n)
                .mapToObj(n -> of(n, throughput.applyAsDouble(n), 0.01, 0, 0))
                .toList();
    }

    /** Points with 1, 2, 4 … workers that compute. */
    static List<TunePoint> computing(int high, int processors, IntToDoubleFunction throughput) {
        return IntStream.iterate(1, n -> n <= high, n -> 2 * n)
                .mapToObj(n -> of(n, throughput.applyAsDouble(n), Math.min(n, processors), 0, 0))
                .toList();
    }
}
