package dev.workpool.tune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Decides which numbers of workers to measure, and when it is enough. Takes time and rounds as arguments, and is used
 * by one thread.
 *
 * <p>After a warm-up, which is not counted, each of 1, 2, 4, … is measured three times. Then the gap below the smallest
 * number that is within 5 % of the best is narrowed, three numbers at a time, to 1 or 4 %. What is left of the time
 * goes to the numbers that the answer hangs on, until their intervals are within 2.5 % of six rounds or more, and last
 * to all others. Rounds of different numbers take turns in random order, so that what disturbs the machine for a while
 * disturbs all of them.
 */
final class Sweep {
    /** Rounds without which a number of workers says nothing. */
    static final int FEW_ROUNDS = 3;

    private static final int JOBS_PER_ROUND = 6; // at least, of each worker
    private static final double TIGHT = 0.025;
    private static final double GAIN = 1.05;
    private static final int WARM_UP_PART = 15;
    private static final int ROUND_PART = 100;
    private static final int DEAR_PART = 10;
    private static final double GRID_PART = 0.5;
    private static final long SHORTEST_NS = 40_000_000;
    private static final long LONGEST_NS = 5_000_000_000L;

    private final int low;
    private final int high;
    private final long durationNs;
    private final Processors processors;
    private final RoundRunner runner;
    private final LongSupplier clock;
    private final Random random;
    private final Consumer<Round> onRound;

    private final Map<Integer, List<Round>> rounds = new TreeMap<>();
    private final List<Integer> grid;
    private final long deadlineNs;
    private long lengthNs;
    private double jobSeconds = Double.NaN;
    private TuneEnding ending;

    /** A sweep over the numbers from low to high. */
    Sweep(
            int low,
            int high,
            long durationNs,
            Processors processors,
            RoundRunner runner,
            LongSupplier clock,
            long seed,
            Consumer<Round> onRound) {
        this.low = low;
        this.high = high;
        this.durationNs = durationNs;
        this.processors = processors;
        this.runner = runner;
        this.clock = clock;
        this.random = new Random(seed);
        this.onRound = onRound;
        this.grid = grid(low, high);
        this.deadlineNs = clock.getAsLong() + durationNs;
    }

    private static List<Integer> grid(int low, int high) {
        List<Integer> grid = new ArrayList<>();
        for (long n = low; n < high; n *= 2) {
            grid.add((int) n);
        }
        grid.add(high);
        return grid;
    }

    /** Measures until it is enough. Blocks. */
    TuneEnding run() throws InterruptedException {
        if (warmUp() && measureGrid()) {
            while (step()) {
                // each measures what is needed most
            }
        }
        return ending;
    }

    /** What was measured, in the order of the numbers of workers. */
    List<TunePoint> points() {
        return rounds.values().stream().map(TunePoint::of).toList();
    }

    /** Whether every number that had to be was measured often enough to say something. */
    boolean isEnough() {
        return grid.stream().allMatch(n -> count(n) >= FEW_ROUNDS);
    }

    /** How long it would have taken to measure enough, in seconds: twice the time of the first numbers. */
    double neededSeconds() {
        double round = Math.max(lengthNs / 1e9, wanted() / 1e9) + (Double.isNaN(jobSeconds) ? 0 : jobSeconds);
        return 2 * FEW_ROUNDS * grid.size() * round;
    }

    /** Lets the JVM compile what is to be measured, and finds out how long a job takes. */
    private boolean warmUp() throws InterruptedException {
        int workers = Math.min(high, Math.max(low, processors.count()));
        long warmUpNs = Math.max(SHORTEST_NS, Math.min(LONGEST_NS, durationNs / WARM_UP_PART));
        Optional<Round> warm = runner.run(workers, warmUpNs);
        if (warm.isEmpty()) {
            return end(cutOff());
        }
        // The first jobs take long, and the median minds them less; there is none if no job was as short as the
        // warm-up.
        jobSeconds =
                Double.isNaN(warm.get().p50()) ? warm.get().mean() : warm.get().p50();
        long affordable = (long) (durationNs * GRID_PART / (FEW_ROUNDS * grid.size()));
        lengthNs = Math.max(SHORTEST_NS, Math.min(wanted(), affordable));
        return true;
    }

    private long wanted() {
        long usual = Math.max(SHORTEST_NS, Math.min(LONGEST_NS, durationNs / ROUND_PART));
        return Double.isNaN(jobSeconds) ? usual : Math.max(usual, (long) (JOBS_PER_ROUND * jobSeconds * 1e9));
    }

    private boolean measureGrid() throws InterruptedException {
        for (int n : List.copyOf(grid)) {
            if (isTooDear(n)) {
                grid.removeIf(other -> other >= n);
                break;
            }
            if (!measure(n)) {
                return false;
            }
        }
        if (rounds.values().stream().flatMap(List::stream).noneMatch(round -> round.throughput() > 0)) {
            return end(TuneEnding.FAILED);
        }
        for (int i = 1; i < FEW_ROUNDS; i++) {
            if (!measureAll(grid)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a number promises nothing, and its round would take long: with no gain left in more workers the last jobs
     * of a round have to wait for each other.
     */
    private boolean isTooDear(int n) {
        int at = grid.indexOf(n);
        if (at < 2) {
            return false;
        }
        double before = lastThroughput(grid.get(at - 2));
        double last = lastThroughput(grid.get(at - 1));
        return last > 0 && last < GAIN * before && n / last * 1e9 > durationNs / (double) DEAR_PART;
    }

    private double lastThroughput(int n) {
        List<Round> all = rounds.get(n);
        return all.get(all.size() - 1).throughput();
    }

    /** Measures what is needed most; false if nothing is, or can be. */
    private boolean step() throws InterruptedException {
        List<TunePoint> points = points();
        Optional<Knee> found = Knee.of(points, processors);
        if (found.isEmpty()) {
            return end(TuneEnding.FAILED);
        }
        Knee knee = found.get();
        if (!knee.missing().isEmpty()) {
            List<Integer> some = new ArrayList<>(knee.missing());
            some.add(knee.best().workers());
            for (int i = 0; i < FEW_ROUNDS; i++) {
                if (!measureAll(some)) {
                    return false;
                }
            }
            return true;
        }
        List<TunePoint> decisive = Stream.concat(Stream.of(knee.recommended(), knee.best()), knee.below().stream())
                .distinct()
                .toList();
        if (!decisive.stream().allMatch(Sweep::isTight)) {
            return measureAll(decisive.stream().map(TunePoint::workers).toList());
        }
        List<Integer> rest = points.stream()
                .filter(point -> point.rounds() < Estimate.ENOUGH)
                .map(TunePoint::workers)
                .toList();
        return rest.isEmpty() ? end(TuneEnding.PRECISE) : measureAll(rest);
    }

    private static boolean isTight(TunePoint point) {
        return point.rounds() >= Estimate.ENOUGH && point.throughput().relativeError() <= TIGHT;
    }

    private boolean measureAll(List<Integer> numbers) throws InterruptedException {
        List<Integer> shuffled = new ArrayList<>(numbers);
        Collections.shuffle(shuffled, random);
        for (int n : shuffled) {
            if (!measure(n)) {
                return false;
            }
        }
        return true;
    }

    private boolean measure(int n) throws InterruptedException {
        if (clock.getAsLong() + lengthNs > deadlineNs) {
            return end(TuneEnding.TIME_UP);
        }
        Optional<Round> round = runner.run(n, lengthNs);
        if (round.isEmpty()) {
            return end(cutOff());
        }
        rounds.computeIfAbsent(n, key -> new ArrayList<>()).add(round.get());
        onRound.accept(round.get());
        return true;
    }

    /** A round that does not come to its end was cancelled, or was cut off long after the time was up. */
    private TuneEnding cutOff() {
        return clock.getAsLong() > deadlineNs ? TuneEnding.TIME_UP : TuneEnding.CANCELLED;
    }

    private int count(int n) {
        return rounds.getOrDefault(n, List.of()).size();
    }

    private boolean end(TuneEnding why) {
        ending = why;
        return false;
    }
}
