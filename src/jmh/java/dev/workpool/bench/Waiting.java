package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.BatchOptions;
import dev.workpool.WorkerPool;
import dev.workpool.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * What jobs wait for: with 256 workers and jobs that block, and beside one slow job among many cheap ones. The first argument is
 * the number of rounds; prints medians.
 */
public final class Waiting {
    private static final int JOBS = 10_000;
    private static final List<Integer> INPUT = IntStream.range(0, JOBS).boxed().toList();
    private static final int WARM_UP = 3;

    private Waiting() {}

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench");
        blocking(system, rounds);
        oneSlowAmongMany(system, rounds);
        system.terminate();
    }

    private static void blocking(ActorSystem<?> system, int rounds) throws Exception {
        int workers = 256;
        int blockMs = 5;
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "blocking").withWorkers(workers);
        ExecutorService executor = Executors.newFixedThreadPool(workers);
        List<Callable<Integer>> callables = INPUT.stream()
                .map(job -> (Callable<Integer>) () -> block(blockMs, job))
                .toList();
        List<Double> pooled = new ArrayList<>();
        List<Double> invoked = new ArrayList<>();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, job -> block(blockMs, job))) {
            for (int round = -WARM_UP; round < rounds; round++) {
                long begun = System.nanoTime();
                pool.submitAll(INPUT).result().toCompletableFuture().get();
                long between = System.nanoTime();
                executor.invokeAll(callables);
                if (round >= 0) {
                    pooled.add((between - begun) / 1e6);
                    invoked.add((System.nanoTime() - between) / 1e6);
                }
            }
        }
        executor.shutdown();
        double idealMs = (double) JOBS / workers * blockMs;
        System.out.printf(
                "%,d jobs that block %d ms, %d workers: workpool %.0f ms, invokeAll %.0f ms, ideal %.0f ms, ratio to ideal %.3f%n",
                JOBS, blockMs, workers, median(pooled), median(invoked), idealMs, median(pooled) / idealMs);
    }

    private static int block(int millis, int job) throws InterruptedException {
        Thread.sleep(millis);
        return job;
    }

    private static void oneSlowAmongMany(ActorSystem<?> system, int rounds) throws Exception {
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "uneven").withWorkers(2);
        int slow = JOBS / 2;
        List<Double> others = new ArrayList<>();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, job -> {
            if (job == slow) {
                return block(1_000, job);
            }
            long until = System.nanoTime() + 1_000;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            return job;
        })) {
            for (int round = -WARM_UP; round < rounds; round++) {
                AtomicInteger done = new AtomicInteger();
                AtomicLong othersDone = new AtomicLong();
                long begun = System.nanoTime();
                BatchOptions<Integer> options = BatchOptions.<Integer>defaults().withConsumer((index, outcome) -> {
                    if (index != slow && done.incrementAndGet() == JOBS - 1) {
                        othersDone.set(System.nanoTime());
                    }
                });
                pool.submitAll(INPUT, options).result().toCompletableFuture().get();
                if (round >= 0) {
                    others.add((othersDone.get() - begun) / 1e6);
                }
            }
        }
        System.out.printf(
                "one job of 1 s among %,d of 1 µs, 2 workers: the others are all done after %.0f ms (most in a round %.0f)%n",
                JOBS,
                median(others),
                others.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
