package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Outcome;
import dev.workpool.StreamOptions;
import dev.workpool.WorkerPool;
import dev.workpool.WorkerPoolSettings;
import java.util.Iterator;

/** Tiny jobs without end: nanoseconds a job. */
public final class Streaming {
    private Streaming() {}

    /**
     * Runs it.
     *
     * @param args how many jobs, how many rounds
     */
    public static void main(String[] args) {
        long jobs = Long.parseLong(args[0]);
        int rounds = Integer.parseInt(args[1]);
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench");
        try (WorkerPool<Long, Long> pool =
                WorkerPool.start(system, WorkerPoolSettings.create(system, "b").withWorkers(2), job -> job)) {
            for (int round = 0; round < rounds; round++) {
                time("ordered", pool, jobs, StreamOptions.ordered());
                time("as completed", pool, jobs, StreamOptions.asCompleted());
            }
        }
        system.terminate();
    }

    private static void time(String what, WorkerPool<Long, Long> pool, long jobs, StreamOptions<Long> options) {
        long[] sum = new long[1];
        long cpu = cpuNs();
        long begun = System.nanoTime();
        pool.process(range(jobs), options, (job, outcome) -> {
                    sum[0] += ((Outcome.Succeeded<Long>) outcome).value();
                })
                .result()
                .toCompletableFuture()
                .join();
        long took = System.nanoTime() - begun;
        if (sum[0] != jobs * (jobs - 1) / 2) {
            throw new AssertionError(sum[0]);
        }
        System.out.printf(
                "%-14s %6.1f ns, %6.1f ns of CPU time%n", what, (double) took / jobs, (double) (cpuNs() - cpu) / jobs);
    }

    private static Iterator<Long> range(long end) {
        return new Iterator<>() {
            private long next;

            @Override
            public boolean hasNext() {
                return next < end;
            }

            @Override
            public Long next() {
                return next++;
            }
        };
    }

    private static long cpuNs() {
        return ((com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
