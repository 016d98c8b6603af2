package dev.workpool.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One figure of a report.
 *
 * @param workload name of the workload
 * @param setting what of it
 * @param contender who
 * @param metric what was measured
 * @param unit in what
 * @param median of the rounds
 * @param lowest of the rounds
 * @param highest of the rounds
 * @param rounds each, in the order in which they were
 */
public record Figure(
        String workload,
        String setting,
        String contender,
        String metric,
        String unit,
        double median,
        double lowest,
        double highest,
        List<Double> rounds) {
    private static final MathContext DIGITS = new MathContext(5);

    public Figure {
        rounds = List.copyOf(rounds);
    }

    /** A figure of so many rounds, to five digits: no more are worth anything. */
    static Figure of(
            String workload, String setting, String contender, String metric, String unit, List<Double> rounds) {
        List<Double> rounded = rounds.stream()
                .map(value -> new BigDecimal(value).round(DIGITS).doubleValue())
                .toList();
        double[] sorted =
                rounded.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Figure(
                workload,
                setting,
                contender,
                metric,
                unit,
                median(rounded),
                sorted[0],
                sorted[sorted.length - 1],
                rounded);
    }

    /** How many times as much as another it is: the median of what it was within each round, since rounds differ by what else the machine did. */
    double times(Figure other) {
        return median(IntStream.range(0, Math.min(rounds.size(), other.rounds.size()))
                .mapToObj(i -> rounds.get(i) / other.rounds.get(i))
                .toList());
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
