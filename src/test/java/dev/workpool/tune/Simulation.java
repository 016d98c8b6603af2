package dev.workpool.tune;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntToDoubleFunction;

/**
 * A machine that runs rounds in no time: a model of throughput and CPU use with noise, and a clock that the rounds move on. Some rounds are disturbed
 * badly, as on a machine with other work, and what there is drifts.
 */
final class Simulation implements RoundRunner {
    private final IntToDoubleFunction throughput;
    private final IntToDoubleFunction processorsUsed;
    private final double noise;
    private final Random random;
    private boolean quiet;
    private double failures;
    private int cancelAfter = Integer.MAX_VALUE;
    private int rounds;
    private long nowNs;

    /**
     * A machine.
     *
     * @param throughput jobs per second of a number of workers
     * @param processorsUsed how many processors they use
     * @param noise standard deviation of a round, as a part of it
     */
    Simulation(IntToDoubleFunction throughput, IntToDoubleFunction processorsUsed, double noise, long seed) {
        this.throughput = throughput;
        this.processorsUsed = processorsUsed;
        this.noise = noise;
        this.random = new Random(seed);
    }

    /** Jobs that only compute. */
    static Simulation computing(int processors, double jobSeconds, double noise, long seed) {
        return new Simulation(n -> Math.min(n, processors) / jobSeconds, n -> Math.min(n, processors), noise, seed);
    }

    /** Jobs that wait for one of so many permits. */
    static Simulation permits(int permits, double jobSeconds, double noise, long seed) {
        return new Simulation(n -> Math.min(n, permits) / jobSeconds, n -> 0.02, noise, seed);
    }

    /** Neither disturbed nor drifting. */
    Simulation quiet() {
        quiet = true;
        return this;
    }

    Simulation failing(double share) {
        failures = share;
        return this;
    }

    Simulation cancelledAfter(int round) {
        cancelAfter = round;
        return this;
    }

    int rounds() {
        return rounds;
    }

    @Override
    public Optional<Round> run(int workers, long lengthNs) {
        if (rounds++ == cancelAfter) {
            return Optional.empty();
        }
        double x = throughput.applyAsDouble(workers);
        double mean = workers / x;
        nowNs += lengthNs + (long) (mean * 1e9);
        double disturbed = !quiet && random.nextInt(12) == 0 ? 0.6 : 1;
        double drift = quiet ? 1 : 1 + 0.03 * Math.sin(nowNs / 7e9);
        double seen = x * disturbed * drift * Math.max(0.1, 1 + noise * random.nextGaussian());
        long jobs = Math.round(seen * lengthNs / 1e9);
        long failed = Math.round(jobs * failures);
        return Optional.of(new Round(
                workers,
                seen * (1 - failures),
                0.9 * mean,
                mean,
                1.5 * mean,
                workers / seen,
                workers,
                processorsUsed.applyAsDouble(workers) * disturbed,
                0,
                jobs,
                failed));
    }

    /** Tunes on it. */
    TuneReport tune(int low, int high, Duration duration, int processorCount, long seed) throws InterruptedException {
        Processors processors = new Processors(processorCount);
        Sweep sweep = new Sweep(low, high, duration.toNanos(), processors, this, () -> nowNs, seed, round -> {});
        TuneEnding ending = sweep.run();
        String failure = failures > 0 ? "refused" : null;
        return new Conclusion(low, high, processors, sweep.points(), ending)
                .report(Duration.ofNanos(nowNs), sweep.isEnough(), sweep.neededSeconds(), failure);
    }
}
