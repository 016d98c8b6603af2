package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * A pool whose number of workers is adaptive, in front of a server that works at 24 jobs at a time, then at 6, then at 24 again. The
 * argument is the length of each of the three in seconds, 10 unless told. Prints a line a second: how many workers there are, how many
 * jobs were done, how many could have been, and how long one took.
 */
public final class Adaptive {
    private static final int SERVICE_MS = 20;
    private static final int[] CAPACITIES = {24, 6, 24};
    private static final int FEWEST = 2;
    private static final int MOST = 64;
    private static final int MORE_THAN_ENOUGH = 2_000_000;

    private Adaptive() {}

    public static void main(String[] args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 10;
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench");
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "callers").withAdaptiveWorkers(FEWEST, MOST);
        Semaphore server = new Semaphore(CAPACITIES[0], true);
        AtomicLong done = new AtomicLong();
        AtomicLong tookNs = new AtomicLong();
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings, (Integer job) -> call(server, job, done, tookNs))) {
            Batch<Integer> batch =
                    pool.submitAll(IntStream.range(0, MORE_THAN_ENOUGH).boxed().toList());
            System.out.printf(
                    "%8s %9s %8s %8s %8s %8s%n", "second", "capacity", "workers", "jobs/s", "ideal", "ms/job");
            int second = 0;
            int capacity = CAPACITIES[0];
            for (int next : CAPACITIES) {
                change(server, next - capacity);
                capacity = next;
                for (int i = 0; i < seconds; i++) {
                    long doneBefore = done.get();
                    long tookBefore = tookNs.get();
                    Thread.sleep(1_000);
                    long jobs = done.get() - doneBefore;
                    System.out.printf(
                            "%8d %9d %8d %8d %8d %8.1f%n",
                            ++second,
                            capacity,
                            pool.stats().toCompletableFuture().get().workers(),
                            jobs,
                            capacity * 1_000 / SERVICE_MS,
                            (tookNs.get() - tookBefore) / 1e6 / Math.max(1, jobs));
                }
            }
            batch.cancel();
        }
        system.terminate();
    }

    private static int call(Semaphore server, int job, AtomicLong done, AtomicLong tookNs) throws InterruptedException {
        long begun = System.nanoTime();
        server.acquire();
        try {
            Thread.sleep(SERVICE_MS);
        } finally {
            server.release();
        }
        tookNs.addAndGet(System.nanoTime() - begun);
        done.incrementAndGet();
        return job;
    }

    private static void change(Semaphore server, int more) throws InterruptedException {
        if (more < 0) {
            server.acquire(-more); // those that it works at are finished
        } else {
            server.release(more);
        }
    }
}
