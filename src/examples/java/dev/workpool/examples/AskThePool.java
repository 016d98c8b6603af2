package dev.workpool.examples;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import dev.workpool.BatchOptions;
import dev.workpool.BatchResult;
import dev.workpool.PoolCommand;
import dev.workpool.WorkerPool;
import dev.workpool.WorkerPoolSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The pool as an actor among others. */
public final class AskThePool {
    private AskThePool() {}

    // README: ask pattern
    /** A guardian that is a pool: any actor can spawn one as its child in the same way. */
    static Behavior<PoolCommand<String, Integer>> lengths() {
        return Behaviors.setup(context -> {
            WorkerPoolSettings settings = WorkerPoolSettings.create(context.getSystem(), "lengths");
            return WorkerPool.behavior(settings, (String word) -> word.length());
        });
    }

    static CompletionStage<BatchResult<Integer>> ask(
            ActorRef<PoolCommand<String, Integer>> pool, List<String> words, ActorSystem<?> system) {
        return AskPattern.ask(
                pool,
                replyTo -> new PoolCommand.SubmitAll<>(words, BatchOptions.defaults(), replyTo),
                Duration.ofSeconds(30),
                system.scheduler());
    }
    // README: end
}
