package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Finds the best offer for each item of an order: a job for each item, which asks all sellers by jobs of another pool.
 *
 * <p>The sellers' jobs are children of the item's: when the item is cancelled or times out, nobody is asked any more, and nothing is left behind. The outer pool is asynchronous, so an
 * item that waits for its offers keeps no thread; the inner one has as many workers as requests may be out.
 */
public final class BestOffers {
    /** Asks one seller for one item. */
    record Question(String seller, String item) {}

    private final WorkerPool<Question, Integer> questions;
    private final WorkerPool<String, Integer> items;

    /** Asks what each seller would take for an item. */
    @FunctionalInterface
    interface Sellers {
        int priceOf(Question question) throws Exception;
    }

    BestOffers(ActorSystem<?> system, List<String> sellers, Sellers prices) {
        questions = WorkerPool.start(
                system,
                WorkerPoolSettings.create(system, "questions").withWorkers(32),
                (Question question) -> prices.priceOf(question));
        items = WorkerPool.startAsync(
                system,
                WorkerPoolSettings.create(system, "items").withWorkers(100),
                (String item, JobContext context) -> context.child(questions.submitAll(sellers.stream()
                                .map(seller -> new Question(seller, item))
                                .toList()))
                        .result()
                        .thenApply(offers -> Collections.min(offers.values())));
    }

    /** The best price of an item, in cents. Cancelling it ends its questions. */
    CompletableFuture<Integer> bestPrice(String item) {
        return items.submit(item);
    }

    /** The best price of several items together. */
    CompletionStage<Integer> total(List<String> order) {
        return items.submitAll(order)
                .result()
                .thenApply(prices ->
                        prices.values().stream().mapToInt(Integer::intValue).sum());
    }

    void close() {
        items.close();
        questions.close();
    }

    /** Prints what the items that are named on the command line cost together, from sellers who charge by the letter. */
    public static void main(String[] args) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        BestOffers offers = new BestOffers(
                system,
                List.of("Dear & Sons", "Fair"),
                each -> each.item().length() * each.seller().length());
        System.out.println(offers.total(List.of(args)).toCompletableFuture().join());
        offers.close();
        system.terminate();
    }
}
