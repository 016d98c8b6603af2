package dev.workpool.bench.peer;

import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * Loads of jobs that take unequal times, and how long the best that knows no future takes over one. All are half a second of work for each core.
 *
 * <p>{@code pareto:SEED} is what requests look like: most are short, few are long, and those few are much of the work (α = 1.1, from 20 µs to 50 ms).
 * {@code one-slow:MS} are jobs of 10 µs with a slow one in the middle.
 */
public final class Durations {
    private static final long PER_CORE_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final double ALPHA = 1.1;
    private static final long LEAST_NS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final long MOST_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long CHEAP_NS = TimeUnit.MICROSECONDS.toNanos(10);

    private Durations() {}

    /** How long each job takes, in nanoseconds; the same for the same text. */
    public static long[] of(String text) {
        String[] parts = text.split(":", 2);
        int number = Integer.parseInt(parts[1]);
        return switch (parts[0]) {
            case "pareto" -> pareto(number);
            case "one-slow" -> oneSlow(TimeUnit.MILLISECONDS.toNanos(number));
            default -> throw new IllegalArgumentException("no such work: " + text);
        };
    }

    private static long[] pareto(int seed) {
        Random random = new Random(seed);
        LongStream.Builder jobs = LongStream.builder();
        for (long left = allNs(); left > 0; ) {
            double drawn = LEAST_NS / Math.pow(1 - random.nextDouble(), 1 / ALPHA);
            long ns = Math.min(MOST_NS, Math.round(drawn));
            jobs.add(ns);
            left -= ns;
        }
        return jobs.build().toArray();
    }

    private static long[] oneSlow(long slowNs) {
        long[] jobs = new long[(int) ((allNs() - slowNs) / CHEAP_NS)];
        Arrays.fill(jobs, CHEAP_NS);
        jobs[jobs.length / 2] = slowNs;
        return jobs;
    }

    private static long allNs() {
        return PER_CORE_NS * Math.max(2, Runtime.getRuntime().availableProcessors());
    }

    /**
     * How long a list schedule takes: each job, in order, goes to the worker that is free first, and that costs nothing.
     *
     * @param jobs how long each takes
     * @param workers how many there are
     * @return when the last is done
     */
    public static long listSchedule(long[] jobs, int workers) {
        PriorityQueue<Long> free = new PriorityQueue<>();
        for (int i = 0; i < workers; i++) {
            free.add(0L);
        }
        long end = 0;
        for (long job : jobs) {
            long done = free.remove() + job;
            free.add(done);
            end = Math.max(end, done);
        }
        return end;
    }
}
