package dev.workpool.tune;

import java.util.Comparator;
import java.util.List;

/**
 * Decides what limits the throughput, from CPU use and Little's law. Pure.
 *
 * @param bottleneck what it is
 * @param because why, in a sentence for a person
 */
record Verdict(Bottleneck bottleneck, String because) {
    static final double IDLE = 0.5;
    private static final double MOST = 0.8;

    /** The part of the processors from which on others' use of them may be what more workers wait for. */
    private static final double BUSY = 0.25;

    static final Verdict NONE = new Verdict(Bottleneck.UNKNOWN, "too little was measured");

    /**
     * The verdict on some points.
     *
     * @param points in the order of their numbers of workers
     */
    static Verdict of(List<TunePoint> points, Knee knee, Processors processors) {
        TunePoint at = knee.recommended();
        TunePoint last = points.get(points.size() - 1);
        if (processors.areFull(knee.best(), points)) {
            return new Verdict(
                    Bottleneck.CPU,
                    "with %s jobs use %s of %d processors, and compute %s of the time that they take undisturbed"
                            .formatted(
                                    Figures.workers(knee.best().workers()),
                                    Figures.number(knee.best().processors().value()),
                                    processors.count(),
                                    Figures.percent(processors.computing(points))));
        }
        if (at.busy().value() < IDLE * at.workers()) {
            return new Verdict(
                    Bottleneck.SUPPLY,
                    "of %d workers only %s are in a job at a time (Little's law): jobs of %s are too short, or come too slowly"
                            .formatted(
                                    at.workers(),
                                    Figures.number(at.busy().value()),
                                    Figures.seconds(at.mean().value())));
        }
        if (!at.processors().isKnown()) {
            return new Verdict(Bottleneck.UNKNOWN, "this machine does not tell how much CPU time is used");
        }
        String use = "jobs use %s of %d processors"
                .formatted(Figures.number(knee.best().processors().value()), processors.count());
        // With the throughput at its limit X, and R the time of a job that nobody is in the way of, X·R are served at a
        // time.
        TunePoint free = points.stream()
                .filter(point -> point.mean().isKnown())
                .min(Comparator.comparingDouble(point -> point.mean().value()))
                .orElse(at);
        double served = knee.best().throughput().value() * free.mean().value();
        if (served >= MOST * last.workers()) {
            return new Verdict(
                    Bottleneck.IO,
                    use
                            + ", and throughput grows up to the most workers that were tried: more than %d may be better still"
                                    .formatted(last.workers()));
        }
        double others = points.stream()
                .mapToDouble(point -> point.others().value())
                .filter(used -> !Double.isNaN(used))
                .max()
                .orElse(0);
        if (others > BUSY * processors.count()) {
            return new Verdict(
                    Bottleneck.UNKNOWN,
                    use
                            + ", and other processes up to %s, for which jobs may have waited as for anything downstream: measure again when the machine is quiet, or for longer"
                                    .formatted(Figures.number(others)));
        }
        return new Verdict(
                Bottleneck.DOWNSTREAM,
                use
                        + ", yet more workers gain no more, as a job takes %s with %s instead of %s with %d: what they wait for serves about %s at a time (Little's law)"
                                .formatted(
                                        Figures.seconds(last.mean().value()),
                                        Figures.workers(last.workers()),
                                        Figures.seconds(free.mean().value()),
                                        free.workers(),
                                        Figures.number(served)));
    }
}
