package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.PoolExecutor;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A pool below code that knows nothing of pools: {@link CompletableFuture#supplyAsync} runs its suppliers on any {@link Executor}.
 *
 * <p>Of all that go through one executor, no more than it has workers run at a time. It goes well with chains of stages, which wait for
 * nobody: what follows a supplier runs when that is done. It may run on the worker's thread, so what takes long or blocks should be a task as
 * well ({@code thenApplyAsync} with the executor). To cancel such a future does not interrupt its task: that takes the executor's own {@code submit}, or a {@link
 * dev.workpool.WorkerPool}.
 */
public final class PoolAsExecutor {
    private PoolAsExecutor() {}

    record Offer(String shop, int price) {}

    /** Prints the best of the offers of shops that are named on the command line; a shop asks for as much as its name is long. */
    public static void main(String[] args) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, "shops").withWorkers(8);
        try (PoolExecutor executor = PoolExecutor.start(system, settings)) {
            List<Supplier<Offer>> shops = Stream.of(args)
                    .<Supplier<Offer>>map(shop -> () -> new Offer(shop, shop.length()))
                    .toList();
            System.out.println(best(shops, executor).join());
        } finally {
            system.terminate();
        }
    }

    /**
     * The best offer, once there are all of them.
     *
     * @return fails if a shop has
     */
    static CompletableFuture<Offer> best(List<Supplier<Offer>> shops, Executor executor) {
        return shops.stream()
                .map(shop -> CompletableFuture.supplyAsync(shop, executor))
                .reduce((one, other) -> one.thenCombine(other, PoolAsExecutor::better))
                .orElseThrow(() -> new IllegalArgumentException("shops = []; allowed: one or more"));
    }

    private static Offer better(Offer one, Offer other) {
        return other.price() < one.price() ? other : one;
    }
}
