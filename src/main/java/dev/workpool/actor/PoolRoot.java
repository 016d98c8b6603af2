package dev.workpool.actor;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import dev.workpool.PoolCommand;
import dev.workpool.PoolStats;
import dev.workpool.WorkerPoolSettings;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Where a pool's parts are put together. */
public final class PoolRoot {
    private PoolRoot() {}

    /**
     * What runs users' callbacks.
     *
     * @param system the actor system
     * @param settings of the pool
     * @return an executor that never refuses
     * @throws IllegalArgumentException if there is no such dispatcher
     */
    public static Executor callbacks(ActorSystem<?> system, WorkerPoolSettings settings) {
        return new CallbackExecutor(dispatcher(system, settings, "callback-dispatcher", settings.callbackDispatcher()));
    }

    /**
     * The root of a pool.
     *
     * @param system where it will run
     * @param settings its settings
     * @param handler runs its jobs
     * @param intake where requests come from, besides the mailbox
     * @param threads makes threads for blocking handlers
     * @param callbacks runs users' code
     * @param onEnd gets the last statistics, on the actor's thread, when the pool is gone
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return its behavior
     * @throws IllegalArgumentException if there is no such dispatcher as the settings name
     */
    public static <J, R> Behavior<PoolCommand<J, R>> create(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            Handler<J, R> handler,
            Intake<J, R> intake,
            WorkerThreads threads,
            Executor callbacks,
            Consumer<PoolStats> onEnd) {
        dispatcher(
                system,
                settings,
                "control-dispatcher",
                settings.controlDispatcher()); // fails now rather than in the actor
        Runner.Factory<J, R> runners = handler.runners(
                intake,
                threads,
                callbacks,
                () -> dispatcher(system, settings, "async-dispatcher", settings.asyncDispatcher()));
        return Dispatcher.create(settings, runners, intake, callbacks, onEnd, PoolClock.of(system));
    }

    /**
     * Whether the calling thread runs a blocking handler of a pool.
     *
     * @param intake the pool's
     * @return true on one of its workers' threads
     */
    public static boolean isWorkerThreadOf(Intake<?, ?> intake) {
        return BlockingRunner.isThreadOf(intake);
    }

    private static Executor dispatcher(ActorSystem<?> system, WorkerPoolSettings settings, String key, String id) {
        try {
            return system.dispatchers().lookup(DispatcherSelector.fromConfig(id));
        } catch (RuntimeException e) { // Akka's own says neither what asked for it nor what to do
            throw new IllegalArgumentException(
                    "workpool.pools." + settings.name() + "." + key + " = " + id
                            + "; allowed: the path of an Akka dispatcher in the actor system's configuration",
                    e);
        }
    }
}
