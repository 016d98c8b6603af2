package dev.workpool.tune;

import java.util.List;

/**
 * Tells whether processors limit the work, and to how many workers. Pure arithmetic on the measurements.
 *
 * @param count how many processors there are
 */
record Processors(int count) {
    private static final double FULL = 0.85;
    private static final double FULL_WITH_OTHERS = 0.92;
    private static final double MOSTLY = 0.5;
    private static final double ALMOST_ONLY = 0.8;
    private static final double NOISE = 0.15;

    /**
     * Whether all processors are busy with the jobs: 85 % of them, or 92 % together with other processes where jobs do
     * compute at least half of the time that they take.
     */
    boolean areFull(TunePoint point, List<TunePoint> all) {
        double own = point.processors().value(); // NaN is not full
        double others = point.others().isKnown() ? point.others().value() : 0;
        return own >= FULL * count || (own + others >= FULL_WITH_OTHERS * count && computing(all) >= MOSTLY);
    }

    /**
     * What part of its time a job computes, at most 1; of the point with the fewest workers, where jobs wait for
     * processors least, and of its best rounds. NaN if it is not known.
     *
     * <p>If with the fewest workers all processors are busy already, because of other processes, a job waits for them
     * too. Then its CPU time is compared with the time of the quickest tenth of the jobs, which were lucky not to wait.
     */
    double computing(List<TunePoint> all) {
        TunePoint fewest = all.get(0);
        double part = fewest.processors().high() / fewest.busy().value();
        if (areCrowded(all)) {
            double jobs = fewest.busy().value() / fewest.mean().value(); // per second, failed ones included
            part = Math.max(
                    part, fewest.processors().value() / jobs / fewest.p10().value());
        }
        return Math.min(1, part);
    }

    /** Whether processors are full with the fewest workers. */
    private boolean areCrowded(List<TunePoint> all) {
        TunePoint fewest = all.get(0);
        return fewest.processors().value() + fewest.others().value() >= FULL_WITH_OTHERS * count;
    }

    /**
     * The most workers that can be of use where processors are full. If a job computes the part u of its time, N
     * workers keep N·u processors busy, so that count / u keep them all (asymptotic bounds: E. D. Lazowska and others,
     * Quantitative System Performance, Prentice-Hall 1984, chapter 5). What still more workers gain they take from
     * other processes, by being more among those that the system shares processors out to; a machine where others
     * happen to compute must not make that a recommendation. Where jobs also wait, on a machine that is not crowded,
     * twice as many are allowed, since they do not wait in turns.
     */
    int useful(TunePoint best, List<TunePoint> all) {
        if (!areFull(best, all)) {
            return Integer.MAX_VALUE;
        }
        double computing = computing(all);
        double enough = count / computing;
        return (int) Math.max(1, Math.ceil(computing >= ALMOST_ONLY || areCrowded(all) ? enough - NOISE : 2 * enough));
    }
}
