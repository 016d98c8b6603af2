package dev.workpool.examples;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.stream.javadsl.Source;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobHandler;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.stream.PoolFlow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stage of an Akka stream that books the events of many accounts in parallel, and those of each account in their order.
 *
 * <p>An event that cannot be booked just now is tried again, and keeps its place: the account's later events wait for it, and nobody else's
 * do. One that cannot be booked at all fails the stream here, since {@link PoolFlow#values} says so; to go on with the other accounts, see
 * {@link dev.workpool.settings.StreamOptions#withStopKeyOnFailure}. Akka Streams, an optional dependency of the library, has to be on the classpath.
 */
public final class AccountsInOrder {
    private AccountsInOrder() {}

    record Event(String account, long cents) {}

    record Balance(String account, long cents) {}

    /** Prints balances as they change. */
    public static void main(String[] args) {
        List<Event> events =
                List.of(new Event("ann", 1000), new Event("bob", 500), new Event("ann", -250), new Event("bob", 20));
        Map<String, Long> balances = new ConcurrentHashMap<>();
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "app");
        try (WorkerPool<Event, Balance> pool = start(
                system,
                event -> new Balance(event.account(), balances.merge(event.account(), event.cents(), Long::sum)))) {
            balances(pool, Source.from(events))
                    .runForeach(System.out::println, system)
                    .toCompletableFuture()
                    .join();
        } finally {
            system.terminate();
        }
    }

    /** The handler runs for one event of an account at a time, so it needs no lock for what belongs to one account. */
    static WorkerPool<Event, Balance> start(ActorSystem<?> system, JobHandler.Simple<Event, Balance> handler) {
        RetryPolicy retry =
                RetryPolicy.attempts(5).withExponentialBackoff(Duration.ofMillis(10), Duration.ofSeconds(1));
        return WorkerPool.start(
                system,
                WorkerPoolSettings.create(system, "accounts").withWorkers(4).withRetry(retry),
                handler);
    }

    /** What each event has made of its account's balance. */
    static Source<Balance, NotUsed> balances(WorkerPool<Event, Balance> pool, Source<Event, NotUsed> events) {
        return events.via(PoolFlow.keyed(pool, Event::account)).via(PoolFlow.values());
    }
}
