package dev.workpool.tune;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Draws the conclusion from the measurements. Pure. */
final class Conclusion {
    private static final int FEW_JOBS = 10;
    private static final int JOBS_FOR_P99 = 100;
    private static final double MANY_OTHERS = 0.1;
    private static final double WIDE = 0.05;

    private final int low;
    private final int high;
    private final Processors processors;
    private final List<TunePoint> points;
    private final TuneEnding ending;
    private final List<String> notes = new ArrayList<>();

    Conclusion(int low, int high, Processors processors, List<TunePoint> points, TuneEnding ending) {
        this.low = low;
        this.high = high;
        this.processors = processors;
        this.points = points;
        this.ending = ending;
    }

    /**
     * The report.
     *
     * @param enough whether enough was measured for a recommendation
     * @param neededSeconds how long that takes
     * @param failure what the first job that failed threw, in words; null if none did
     */
    TuneReport report(Duration elapsed, boolean enough, double neededSeconds, String failure) {
        // Of numbers that came late there may be a round or two, which say nothing yet.
        List<TunePoint> known = points.stream()
                .filter(point -> !enough || point.rounds() >= Sweep.FEW_ROUNDS)
                .toList();
        Optional<Knee> knee = known.isEmpty() ? Optional.empty() : Knee.of(known, processors);
        String reason = reason(knee, enough, neededSeconds, failure);
        boolean sure = reason.isEmpty();
        knee.ifPresent(found -> note(found, failure));
        Verdict verdict = knee.filter(found -> sure)
                .map(found -> Verdict.of(known, found, processors))
                .orElseGet(() -> new Verdict(Bottleneck.UNKNOWN, reason));
        return new TuneReport(
                low,
                high,
                processors.count(),
                elapsed,
                ending,
                points,
                ScalabilityFit.of(points),
                knee.filter(found -> sure)
                        .map(found -> OptionalInt.of(found.recommended().workers()))
                        .orElseGet(OptionalInt::empty),
                verdict.bottleneck(),
                verdict.because(),
                notes);
    }

    /** Why there is no recommendation; empty if there is one. */
    private String reason(Optional<Knee> knee, boolean enough, double neededSeconds, String failure) {
        long jobs = points.stream().mapToLong(TunePoint::jobs).sum();
        if (knee.isEmpty() && failure != null) {
            return "every job failed, " + Figures.number((double) jobs) + " of them; the first: " + failure;
        }
        if (!enough && ending == TuneEnding.CANCELLED) {
            return "it was cancelled before there was enough to tell";
        }
        if (!enough || knee.isEmpty()) {
            return "too little time: not every number of workers was measured %d times; it takes about %s"
                    .formatted(Sweep.FEW_ROUNDS, Figures.seconds(Math.ceil(neededSeconds)));
        }
        if (knee.get().recommended().jobs() < FEW_JOBS) {
            return "too few jobs: only %d with %s in all rounds; allow more time"
                    .formatted(
                            knee.get().recommended().jobs(),
                            Figures.workers(knee.get().recommended().workers()));
        }
        return "";
    }

    private void note(Knee knee, String failure) {
        TunePoint at = knee.recommended();
        if (at.throughput().relativeError() > WIDE) {
            notes.add("throughput varies by more than 5 % from round to round: allow more time, or a quieter machine");
        }
        if (at.others().value() > MANY_OTHERS * processors.count()) { // NaN is not
            notes.add(
                    "other processes used %s of %d processors meanwhile: throughput, and the number of workers, may be too low; measure again when the machine is quiet, or for longer"
                            .formatted(Figures.number(at.others().value()), processors.count()));
        }
        if (at.busy().value() < Verdict.IDLE * at.workers()) {
            notes.add("of %s only %s are in a job at a time: jobs of %s are short beside what a pool does for each"
                    .formatted(
                            Figures.workers(at.workers()),
                            Figures.number(at.busy().value()),
                            Figures.seconds(at.mean().value())));
        }
        points.stream()
                .filter(point -> Knee.failsMore(point, points))
                .findFirst()
                .ifPresent(point -> notes.add(
                        "with %d workers more jobs fail than with others: left out".formatted(point.workers())));
        long failed = points.stream().mapToLong(TunePoint::failed).sum();
        if (failed > 0) {
            notes.add("%s jobs failed, which do not count as throughput; the first: %s"
                    .formatted(Figures.number((double) failed), failure == null ? "not known" : failure));
        }
        if (at.jobs() < (long) JOBS_FOR_P99 * at.rounds()) {
            notes.add("rounds with %s had %d jobs each: p99 is their longest"
                    .formatted(Figures.workers(at.workers()), at.jobs() / at.rounds()));
        }
        points.stream()
                .filter(point -> point.rounds() < Estimate.ENOUGH)
                .findFirst()
                .ifPresent(point -> notes.add(
                        "intervals of fewer than %d rounds are less sure than 95 %%".formatted(Estimate.ENOUGH)));
    }
}
