package dev.workpool.support;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** A program that is told to end while its pool has jobs, with the pool's default settings. Says when, and what became of them. */
public final class Terminated {
    private static final int JOBS = 1_500;
    private static final long JOB_NS = 1_000_000;

    private Terminated() {}

    public static void main(String[] args) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "terminated");
        CountDownLatch begun = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "jobs").withWorkers(1), (Integer job) -> {
                    begun.countDown();
                    long endNs = System.nanoTime() + JOB_NS;
                    while (System.nanoTime() - endNs < 0) {
                        LockSupport.parkNanos(JOB_NS);
                    }
                    return job;
                });
        pool.submitAll(IntStream.range(0, JOBS).boxed().toList())
                .result()
                .thenAccept(result -> System.out.println(result.counts()));
        try {
            begun.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        System.out.println("begun");
    }
}
