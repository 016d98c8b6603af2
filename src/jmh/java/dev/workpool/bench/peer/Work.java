package dev.workpool.bench.peer;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What a job does, one class for all contenders, so that the call of none is compiled for more kinds of handlers than that of another. Written as
 * text, since it is a parameter of benchmarks: {@code compute:10} is 10 µs of arithmetic, {@code sleep:5} blocks for 5 ms, and {@code pareto:1} or
 * {@code one-slow:500} are loads of {@link Durations}, spun by the wall clock.
 */
public final class Work {
    /** How many tokens of {@link Blackhole#consumeCPU} make a microsecond; one process finds out, and tells those that it starts. */
    public static final String TOKENS_PER_MICRO = "bench.tokens-per-micro";

    private static final int CALIBRATIONS = 25;
    private static final int CALIBRATION_TOKENS = 1_000_000;

    private final long tokens;
    private final long sleepMs;
    private final long[] spinNs;

    /** What a job gives back. */
    public record Result(int job) {}

    private Work(long tokens, long sleepMs, long[] spinNs) {
        this.tokens = tokens;
        this.sleepMs = sleepMs;
        this.spinNs = spinNs;
    }

    /** Reads it as it is written above. */
    public static Work of(String text) {
        String kind = text.substring(0, text.indexOf(':'));
        int number = Integer.parseInt(text.substring(kind.length() + 1));
        return switch (kind) {
            case "compute" -> new Work(number == 0 ? 0 : Math.round(number * tokensPerMicro()), 0, new long[0]);
            case "sleep" -> new Work(0, number, new long[0]);
            default -> new Work(0, 0, Durations.of(text));
        };
    }

    private static double tokensPerMicro() {
        String known = System.getProperty(TOKENS_PER_MICRO);
        return known == null ? calibrate() : Double.parseDouble(known);
    }

    /** Tokens of a microsecond, on this machine and by itself: it is best idle meanwhile. */
    public static double calibrate() {
        double[] perMicro = new double[CALIBRATIONS];
        for (int i = 0; i < perMicro.length; i++) {
            long begun = System.nanoTime();
            Blackhole.consumeCPU(CALIBRATION_TOKENS);
            perMicro[i] = CALIBRATION_TOKENS / ((System.nanoTime() - begun) / 1e3);
        }
        Arrays.sort(perMicro);
        return perMicro[perMicro.length / 2];
    }

    /** Does a job. */
    public Result run(int job) {
        if (tokens > 0) {
            Blackhole.consumeCPU(tokens);
        } else if (sleepMs > 0) {
            sleep();
        } else if (spinNs.length > 0) {
            long begun = System.nanoTime();
            while (System.nanoTime() - begun < spinNs[job]) {
                Thread.onSpinWait();
            }
        }
        return new Result(job);
    }

    private void sleep() {
        try {
            TimeUnit.MILLISECONDS.sleep(sleepMs);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted in a benchmark", e);
        }
    }
}
