package dev.workpool.support;

import akka.actor.ActorIdentity;
import akka.actor.Identify;
import akka.actor.PoisonPill;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.pattern.Patterns;
import dev.workpool.WorkerPool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Reaches a pool's actors from outside, as nobody should. */
public final class PoolActors {
    private PoolActors() {}

    /** Stops every actor below a pool that matches, such as {@code router/worker-*}. */
    public static void poison(ActorSystem<?> system, WorkerPool<?, ?> pool, String pattern) {
        kill(system, pool, pattern, PoisonPill.getInstance());
    }

    /** Sends actors below a pool something that ends them. */
    public static void kill(ActorSystem<?> system, WorkerPool<?, ?> pool, String pattern, Object message) {
        Adapter.toClassic(system)
                .actorSelection(pool.ref().path() + "/" + pattern)
                .tell(message, akka.actor.ActorRef.noSender());
    }

    /** Which of some actors below a pool live. */
    public static List<akka.actor.ActorRef> alive(ActorSystem<?> system, WorkerPool<?, ?> pool, String... names)
            throws Exception {
        List<CompletionStage<Optional<akka.actor.ActorRef>>> answers = Stream.of(names)
                .map(name -> Adapter.toClassic(system).actorSelection(pool.ref().path() + name))
                .map(selection -> Patterns.ask(selection, new Identify(1), Duration.ofSeconds(10))
                        .thenApply(answer -> ((ActorIdentity) answer).getActorRef()))
                .toList();
        for (CompletionStage<?> answer : answers) {
            PoolTest.get(answer);
        }
        return answers.stream()
                .map(CompletionStage::toCompletableFuture)
                .map(CompletableFuture::join)
                .flatMap(Optional::stream)
                .toList();
    }
}
