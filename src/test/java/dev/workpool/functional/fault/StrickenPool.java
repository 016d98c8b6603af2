package dev.workpool.functional.fault;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.internal.request.Request;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.HungryActor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A program with a pool whose jobs do not end, and whose control thread is struck by a fault. Arguments: the fault, and settings. */
final class StrickenPool {
    /** The fault is one of the pool's own actor. */
    static final String ITSELF = "ITSELF";

    /** The fault is one of a thread of Akka's, which comes when the end has begun and keeps it from going on. */
    static final String AT_THE_END = "AT_THE_END";

    private StrickenPool() {}

    public static void main(String[] arguments) throws Exception {
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                "stricken",
                ConfigFactory.parseString(arguments[1]).withFallback(ConfigFactory.load()));
        CountDownLatch running = new CountDownLatch(2);
        WorkerPool<Integer, Integer> pool = WorkerPool.start(
                system, WorkerPoolSettings.create(system, "jobs").withWorkers(2), (Integer job) -> {
                    running.countDown();
                    new CountDownLatch(1).await();
                    return job;
                });
        Batch<Integer> batch = pool.submitAll(List.of(1, 2, 3, 4));
        batch.result()
                .whenComplete((result, error) -> System.out.println(
                        "told of " + result.outcomes().stream().distinct().toList()));
        pool.submit(5).whenComplete((result, error) -> System.out.println("told of the single job " + error));
        running.await();
        if (arguments[0].equals(AT_THE_END)) {
            CoordinatedShutdown.get(system).addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "strike", () -> {
                system.executionContext().execute(() -> {
                    throw new OutOfMemoryError("a test's");
                });
                return new CompletableFuture<>();
            });
            System.out.println("running");
            return;
        }
        System.out.println("running");
        if (arguments[0].equals(ITSELF)) {
            pool.internals().requestQueue().offer(new Request.Stats<>(stats -> {
                throw new OutOfMemoryError("a test's");
            }));
        } else {
            HungryActor.strike(system, HungryActor.Fault.valueOf(arguments[0]));
        }
    }
}
