package dev.workpool.bench;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.bench.peer.Threads;
import dev.workpool.settings.WorkerPoolSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.ref.Reference;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What the heap holds more for each job that waits: used heap before and after a million of them are queued behind workers that are all blocked. The
 * jobs themselves, a list of numbers, are there before. No time is measured, so that JMH has no part in it.
 */
enum QueuedMemory implements Measurement {
    SUBMIT_ALL("WorkerPool.submitAll"),
    SUBMIT("WorkerPool.submit"),
    EXECUTOR("ThreadPoolExecutor.submit");

    private static final int JOBS = 1_000_000;
    private static final int WORKERS = 2;
    private static final int COLLECTIONS = 20;
    private static final double SETTLED = 1e-3;

    private final String label;

    QueuedMemory(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    @Override
    public List<Reading> measure(boolean first) throws Exception {
        return List.of(new Reading("held", "bytes a job", (double) held() / JOBS));
    }

    private long held() throws Exception {
        List<Integer> input = IntStream.range(0, JOBS).boxed().toList();
        CountDownLatch blocked = new CountDownLatch(WORKERS);
        CountDownLatch release = new CountDownLatch(1);
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "memory");
        ExecutorService threads = Threads.fixed(WORKERS);
        WorkerPoolSettings settings =
                WorkerPoolSettings.create(system, "memory").withWorkers(WORKERS);
        WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings, (Integer job) -> block(job, blocked, release));
        try {
            long before = used();
            Object kept = switch (this) {
                case SUBMIT_ALL -> pool.submitAll(input);
                case SUBMIT -> submitted(input, job -> pool.submit(input.get(job)));
                case EXECUTOR -> submitted(input, job -> threads.submit(() -> block(input.get(job), blocked, release)));
            };
            try {
                blocked.await();
                return used() - before;
            } finally {
                Reference.reachabilityFence(kept);
                Reference.reachabilityFence(input);
            }
        } finally {
            release.countDown();
            pool.close();
            Threads.end(threads);
            Threads.end(system);
        }
    }

    private static Object submitted(List<Integer> input, IntFunction<Future<Integer>> submit) {
        Future<?>[] futures = new Future<?>[input.size()];
        for (int i = 0; i < futures.length; i++) {
            futures[i] = submit.apply(i);
        }
        return futures;
    }

    private static int block(int job, CountDownLatch blocked, CountDownLatch release) throws InterruptedException {
        blocked.countDown();
        release.await();
        return job;
    }

    /** After as many collections as it takes until one frees hardly anything more. */
    private static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            long now = memory.getHeapMemoryUsage().getUsed();
            if (Math.abs(used - now) < SETTLED * now) {
                return now;
            }
            used = now;
        }
        return used;
    }
}
