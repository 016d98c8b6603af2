package dev.workpool.fuzz;

import akka.Done;
import akka.actor.Kill;
import akka.actor.PoisonPill;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The actor system in which the rounds of a lane are played, until one of them ends it, and threads for what goes on elsewhere. */
final class World implements AutoCloseable {
    /** To come to the end of a large one, time and again, takes long. */
    private static final long SMALL_STACK = 256 * 1024;

    private static final AtomicInteger SYSTEMS = new AtomicInteger();
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static final Config CONFIG = ConfigFactory.parseString("""
                    akka.loglevel = OFF
                    akka.stdout-loglevel = OFF
                    akka.log-dead-letters = off
                    akka.jvm-exit-on-fatal-error = off
                    akka.coordinated-shutdown.exit-jvm = off
                    akka.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                    akka.coordinated-shutdown.phases.workpools-done.timeout = 500ms
                    akka.actor.default-dispatcher.fork-join-executor { parallelism-min = 2, parallelism-max = 2 }
                    akka.actor.internal-dispatcher.fork-join-executor { parallelism-min = 2, parallelism-max = 2 }
                    """).withFallback(ConfigFactory.load());

    private interface Order {}

    private record Spawn<T>(Behavior<T> behavior, String name, CompletableFuture<ActorRef<T>> done) implements Order {}

    private record Stop() implements Order {}

    private final ActorSystem<Order> system;
    private final ExecutorService elsewhere;

    World() {
        String name = "fuzz-" + SYSTEMS.incrementAndGet();
        system = ActorSystem.create(guardian(), name, CONFIG);
        elsewhere = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(null, task, name + "-elsewhere", SMALL_STACK);
            thread.setDaemon(true);
            return thread;
        });
    }

    private static Behavior<Order> guardian() {
        return Behaviors.setup(context -> Behaviors.receive(Order.class)
                .onMessage(Spawn.class, spawn -> {
                    spawnChild(context, (Spawn<?>) spawn);
                    return Behaviors.same();
                })
                .onMessage(Stop.class, stop -> Behaviors.stopped())
                .build());
    }

    private static <T> void spawnChild(akka.actor.typed.javadsl.ActorContext<Order> context, Spawn<T> spawn) {
        try {
            spawn.done.complete(context.spawn(spawn.behavior, spawn.name));
        } catch (RuntimeException e) {
            spawn.done.completeExceptionally(e);
        }
    }

    String name() {
        return system.name();
    }

    ActorSystem<?> system() {
        return system;
    }

    /** Threads that have nothing to do with the pool. */
    ExecutorService elsewhere() {
        return elsewhere;
    }

    /** A child of the guardian. */
    <T> ActorRef<T> spawn(Behavior<T> behavior) {
        CompletableFuture<ActorRef<T>> done = new CompletableFuture<>();
        system.tell(new Spawn<>(behavior, "pool-" + NAMES.incrementAndGet(), done));
        return done.orTimeout(Watch.BOUND.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Ends the system from within. */
    void stopGuardian() {
        system.tell(new Stop());
    }

    /** An actor beside the guardian, since it is to hear of the end of what is below that. */
    private <T> ActorRef<T> beside(Behavior<T> behavior) {
        return system.systemActorOf(behavior, "fuzz-" + NAMES.incrementAndGet(), Props.empty());
    }

    <T> Sink<T> sink() {
        Sink<T> sink = new Sink<>();
        sink.setRef(beside(Behaviors.receiveMessage(reply -> {
            sink.onReply(reply);
            return Behaviors.same();
        })));
        return sink;
    }

    /** An actor that stops when it is told anything, to own batches. */
    ActorRef<String> mortal() {
        return beside(Behaviors.receiveMessage(any -> Behaviors.stopped()));
    }

    CompletableFuture<Done> watch(ActorRef<?> ref) {
        CompletableFuture<Done> gone = new CompletableFuture<>();
        beside(Behaviors.<Object>setup(context -> {
            context.watch(ref);
            return Behaviors.receive(Object.class)
                    .onSignal(Terminated.class, terminated -> {
                        gone.complete(Done.getInstance());
                        return Behaviors.stopped();
                    })
                    .build();
        }));
        return gone;
    }

    /** Stops an actor that was not asked, and what is below it by a pattern such as {@code /*}. */
    void stopFromOutside(ActorRef<?> ref, String pattern, boolean kill) {
        Adapter.toClassic(system)
                .actorSelection(ref.path() + pattern)
                .tell(kill ? Kill.getInstance() : PoisonPill.getInstance(), akka.actor.ActorRef.noSender());
    }

    boolean isTerminated() {
        return system.getWhenTerminated().toCompletableFuture().isDone();
    }

    @Override
    public void close() {
        system.terminate();
        elsewhere.shutdownNow();
    }
}
