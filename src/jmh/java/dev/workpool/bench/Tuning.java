package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.tune.TuneReport;
import dev.workpool.tune.Tuner;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Does tuning find what is known beforehand, and each time? Jobs that compute, where it is the number of processors, and jobs behind a server that
 * serves 24 at a time for 10 ms each, where it is 22 to 28 workers.
 *
 * <p>{@code mvn -q test-compile exec:exec@bench -Dbenchmark=dev.workpool.bench.Tuning -Drounds=10}
 */
public final class Tuning {
    private static final int PERMITS = 24;
    private static final long SERVICE_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int STEPS = 1_000_000;
    private static final List<Integer> JOBS = List.of(1, 2, 3, 4, 5);

    private Tuning() {}

    /**
     * Tunes each several times.
     *
     * @param arguments how often, 10 by default; and for how many seconds each, or "all" for 30
     */
    public static void main(String[] arguments) {
        int runs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10;
        boolean given = arguments.length > 1 && !arguments[1].equals("all");
        Duration duration = Duration.ofSeconds(given ? Long.parseLong(arguments[1]) : 30);
        int processors = Runtime.getRuntime().availableProcessors();
        Semaphore permits = new Semaphore(PERMITS);
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "tuning");
        try {
            repeat(
                    runs,
                    system,
                    "computing",
                    processors - 1,
                    processors + 1,
                    Tuner.over(JOBS, job -> compute(job)).duration(duration));
            repeat(
                    runs,
                    system,
                    "24 at a time",
                    22,
                    28,
                    Tuner.over(JOBS, job -> serve(permits)).duration(duration));
        } finally {
            system.terminate();
        }
    }

    private static void repeat(int runs, ActorSystem<?> system, String name, int low, int high, Tuner<Integer> tuner) {
        Map<Integer, Integer> found = new TreeMap<>();
        int right = 0;
        for (int i = 0; i < runs; i++) {
            TuneReport report = tuner.run(system);
            int n = report.recommended().orElse(-1);
            found.merge(n, 1, Integer::sum);
            right += n >= low && n <= high ? 1 : 0;
            System.out.printf(
                    "%-12s %2d: %d workers, %s in %.1f s; %s %s%n",
                    name,
                    i + 1,
                    n,
                    report.bottleneck(),
                    report.elapsed().toMillis() / 1e3,
                    report.because(),
                    report.notes());
        }
        System.out.printf("%-12s %d of %d within %d..%d: %s%n", name, right, runs, low, high, found);
    }

    /** Some milliseconds of arithmetic. */
    private static long compute(int seed) {
        long x = seed;
        for (int i = 0; i < STEPS; i++) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
        }
        return x;
    }

    /** Holds a permit for the time of service. */
    private static boolean serve(Semaphore permits) throws InterruptedException {
        permits.acquire();
        try {
            long endNs = System.nanoTime() + SERVICE_NS;
            for (long left = SERVICE_NS; left > 0; left = endNs - System.nanoTime()) {
                LockSupport.parkNanos(left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            return true;
        } finally {
            permits.release();
        }
    }
}
