package dev.workpool.tune;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The result of tuning. Immutable.
 *
 * <p>{@link TuneText} and {@link TunePage} make it readable.
 *
 * @param low the fewest workers that were to be tried
 * @param high the most
 * @param processors how many processors the JVM sees
 * @param elapsed how long it has taken
 * @param ending why it has ended
 * @param points what was measured, in the order of the numbers of workers; empty if nothing was
 * @param fit the Universal Scalability Law's curve through them; empty with fewer than three points
 * @param recommended the smallest number of workers whose throughput is within 5 % of the best; empty if too little was
 *     measured to say, or no job succeeded
 * @param bottleneck what limits the throughput; see below
 * @param because why that is, or why there is no recommendation: a sentence for a person
 * @param notes further remarks, a sentence each
 */
public record TuneReport(
        int low,
        int high,
        int processors,
        Duration elapsed,
        TuneEnding ending,
        List<TunePoint> points,
        Optional<ScalabilityFit> fit,
        OptionalInt recommended,
        Bottleneck bottleneck,
        String because,
        List<String> notes) {

    /**
     * Copies the lists.
     *
     * @param low the fewest workers that were to be tried
     * @param high the most
     * @param processors how many processors the JVM sees
     * @param elapsed how long it has taken
     * @param ending why it has ended
     * @param points what was measured, in the order of the numbers of workers
     * @param fit the curve through them
     * @param recommended the smallest number of workers whose throughput is within 5 % of the best
     * @param bottleneck what limits the throughput
     * @param because why that is, or why there is no recommendation
     * @param notes further remarks
     */
    public TuneReport {
        points = List.copyOf(points);
        notes = List.copyOf(notes);
    }

    /**
     * Returns what limits the throughput. It is decided by these questions, in this order:
     *
     * <ol>
     *   <li>Are at least 85 % of the processors busy with the jobs where throughput is best, children's processes
     *       included, or 92 % with those of others, while a job computes at least half of the time that it takes with
     *       the fewest workers? Then it is {@link Bottleneck#CPU}, and no more workers are recommended than it takes to
     *       keep all processors busy.
     *   <li>Are workers idle half of the time, with the recommended number of them? Then it is {@link
     *       Bottleneck#SUPPLY}. How many are busy is known by Little's law, L = X·R: concurrency is throughput by time
     *       (J. D. C. Little, A Proof for the Queuing Formula L = λW, Operations Research 9, 1961).
     *   <li>How many jobs are served at a time, by the same law: the best throughput by the mean time of a job with the
     *       number of workers where that is least. At least four fifths of the most workers that were tried? Then it is
     *       {@link Bottleneck#IO}, as jobs are not in each other's way.
     *   <li>Did other processes use more than a quarter of the processors at any time? Then jobs may have waited for
     *       these, and it is {@link Bottleneck#UNKNOWN}.
     *   <li>If not, jobs wait for each other while processors are idle: it is {@link Bottleneck#DOWNSTREAM}.
     * </ol>
     *
     * <p>Where the machine does not tell how much CPU time was used it is {@link Bottleneck#UNKNOWN}, as it is if too
     * little was measured. CPU time is this whole process's, and that of its children, on Linux, once they have ended.
     *
     * @return what limits it
     */
    @Override
    public Bottleneck bottleneck() {
        return bottleneck;
    }

    /**
     * The point that is recommended.
     *
     * @return empty if there is no recommendation
     */
    public Optional<TunePoint> recommendedPoint() {
        return points.stream()
                .filter(point -> recommended.isPresent() && point.workers() == recommended.getAsInt())
                .findFirst();
    }
}
