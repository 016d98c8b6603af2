package dev.workpool.support;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;
import java.util.concurrent.Callable;

/** What happens on a class path that has no limits for adaptive pools. A test loads it by a class loader of its own. */
public final class WithoutLimits implements Callable<List<String>> {

    /** Says what a fixed pool made of a job, and why there was no adaptive one. */
    @Override
    public List<String> call() throws Exception {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "without-limits");
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, "poor").withWorkers(2);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings, job -> 2 * job)) {
            String result = String.valueOf(pool.submit(21).get());
            pool.resize(3);
            try {
                return List.of(result, settings.withAdaptiveWorkers(1, 4).toString());
            } catch (IllegalArgumentException e) {
                return List.of(result, e.getMessage());
            }
        } finally {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().get();
        }
    }
}
