package dev.workpool.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds where more workers stop being useful: the smallest number within 5 % of the best. Pure.
 *
 * @param recommended the smallest number whose throughput is at least 95 % of the best
 * @param best the number with the highest throughput
 * @param below the next smaller number that was measured; empty if there is none
 * @param missing numbers that should be measured to be sure
 */
record Knee(TunePoint recommended, TunePoint best, Optional<TunePoint> below, List<Integer> missing) {
    private static final double NEAR = 0.95;
    private static final int FINE = 25;
    private static final int PARTS = 4;
    private static final double FEW_FAILURES = 0.01;

    /**
     * The knee of some points.
     *
     * @param points at least one, in the order of their numbers of workers
     * @return empty if no job succeeded
     */
    static Optional<Knee> of(List<TunePoint> points, Processors processors) {
        List<TunePoint> sound = sound(points);
        Optional<TunePoint> highest = best(sound);
        if (highest.isEmpty()) {
            return Optional.empty();
        }
        int most = Math.max(points.get(0).workers(), processors.useful(highest.get(), points));
        List<TunePoint> candidates =
                sound.stream().filter(point -> point.workers() <= most).toList();
        return best(candidates).map(best -> of(points, candidates, best, most));
    }

    private static Knee of(List<TunePoint> points, List<TunePoint> candidates, TunePoint best, int most) {
        double enough = NEAR * plateau(candidates, best.throughput().value());
        TunePoint recommended = candidates.stream()
                .filter(point -> point.throughput().value() >= enough)
                .findFirst()
                .orElse(best);
        List<Integer> missing = new ArrayList<>();
        boolean measured = points.stream().anyMatch(point -> point.workers() == most);
        if (!measured && most < points.get(points.size() - 1).workers()) {
            missing.add(most);
        }
        int at = points.indexOf(recommended);
        Optional<TunePoint> below = at == 0 ? Optional.empty() : Optional.of(points.get(at - 1));
        below.ifPresent(point -> addBetween(point.workers(), recommended.workers(), missing));
        return new Knee(recommended, best, below, missing.stream().distinct().toList());
    }

    /**
     * The best throughput: the mean of all that are within 5 % of the highest figure and whose intervals reach it. The
     * highest of several figures that may all be the same is too high by chance; where intervals are tight it is the
     * highest alone.
     */
    private static double plateau(List<TunePoint> candidates, double highest) {
        return candidates.stream()
                .map(TunePoint::throughput)
                .filter(x -> x.value() >= NEAR * highest && x.high() >= highest)
                .mapToDouble(Estimate::value)
                .average()
                .orElse(highest);
    }

    /** Up to three numbers between two, unless these are as near to each other as it takes: 1, or 4 %. */
    private static void addBetween(int low, int high, List<Integer> missing) {
        if (high - low <= Math.max(1, high / FINE)) {
            return;
        }
        for (int part = 1; part < PARTS; part++) {
            int between = low + (int) Math.round((high - low) * part / (double) PARTS);
            if (between > low && between < high) {
                missing.add(between);
            }
        }
    }

    private static Optional<TunePoint> best(List<TunePoint> points) {
        return points.stream()
                .filter(point -> point.throughput().value() > 0)
                .max(Comparator.comparingDouble(point -> point.throughput().value()));
    }

    /** Those with which jobs do not fail more than they do anyway: a server that refuses the rest is fast as well. */
    private static List<TunePoint> sound(List<TunePoint> points) {
        double usual = points.stream()
                .mapToDouble(point -> point.failedShare().high())
                .filter(share -> !Double.isNaN(share))
                .min()
                .orElse(1);
        return points.stream()
                .filter(point -> !(point.failedShare().low() > Math.max(usual, FEW_FAILURES)))
                .toList();
    }

    /** Whether jobs fail more with a number of workers than with others. */
    static boolean failsMore(TunePoint point, List<TunePoint> points) {
        return !sound(points).contains(point);
    }
}
