package dev.workpool.support;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;

/** A program for a run-time image that has no flight recorder. Says how many jobs ended in which way. */
public final class WithoutFlightRecorder {
    private WithoutFlightRecorder() {}

    public static void main(String[] args) {
        if (ModuleLayer.boot().findModule("jdk.jfr").isPresent()) {
            throw new IllegalStateException("the flight recorder is there");
        }
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "image");
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, "jobs").withRetry(RetryPolicy.attempts(2));
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, (Integer job) -> 12 / job)) {
            pool.measureTimes();
            pool.submitAll(List.of(0, 1, 2)).result().toCompletableFuture().join();
            pool.resize(3);
        }
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        System.out.println("ended");
    }
}
