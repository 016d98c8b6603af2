package dev.workpool.internal.pool;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import akka.dispatch.ExecutionContexts;
import dev.workpool.internal.akka.CallbackExecutor;
import dev.workpool.internal.akka.PoolClock;
import dev.workpool.internal.akka.TestHarness;
import dev.workpool.internal.dispatcher.Dispatcher;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.JobTimes;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.limit.ConcurrencyLimits;
import dev.workpool.internal.request.QueueCapacity;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.router.RouterFactory;
import dev.workpool.internal.worker.CancelFailures;
import dev.workpool.internal.worker.Handler;
import dev.workpool.internal.worker.JobMeters;
import dev.workpool.internal.worker.Runner;
import dev.workpool.internal.worker.WorkerContext;
import dev.workpool.internal.worker.WorkerThreads;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import scala.concurrent.ExecutionContext;

/** Puts the parts of a pool together. */
public final class PoolRoot {
    /** After this time there may be a thread for callbacks again. */
    private static final Duration BEFORE_ANOTHER_LOOK = Duration.ofMillis(50);

    private PoolRoot() {}

    /**
     * What runs users' callbacks.
     *
     * @param system the actor system
     * @param settings of the pool
     * @return an executor that never refuses
     * @throws IllegalArgumentException if there is no such dispatcher
     */
    public static CallbackExecutor callbacks(ActorSystem<?> system, WorkerPoolSettings settings) {
        ExecutionContext schedulers = ExecutionContexts.fromExecutor(Runnable::run); // its own thread, which is there
        return new CallbackExecutor(
                dispatcher(system, settings, "callback-dispatcher", settings.callbackDispatcher()),
                task -> system.scheduler().scheduleOnce(BEFORE_ANOTHER_LOOK, task, schedulers),
                PoolClock.of(system),
                "pool '" + settings.name() + "'");
    }

    /**
     * A pool as an actor that whoever spawns it has to itself.
     *
     * @param settings its settings
     * @param handler runs its jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return its behavior
     */
    public static <J, R> Behavior<PoolCommand<J, R>> behavior(WorkerPoolSettings settings, Handler<J, R> handler) {
        return Behaviors.setup(context -> {
            ActorSystem<?> system = context.getSystem();
            Executor callbacks = callbacks(system, settings);
            WorkerThreads threads = WorkerThreads.of(settings);
            RequestQueue<J, R> requestQueue = RequestQueue.of(settings);
            Handler<J, R> called = Handler.in(TestHarness.of(system), settings.name(), handler);
            PoolGauges gauges = gauges(system, settings);
            Runner.Factory<J, R> runners =
                    runners(system, settings, called, requestQueue, threads, gauges.times, callbacks);
            QueueCapacity queueCapacity = QueueCapacity.of(settings, requestQueue);
            PoolEvents events = events(system, settings, callbacks);
            return create(
                    system,
                    settings,
                    routers(system, settings, runners, callbacks, gauges, events),
                    requestQueue,
                    queueCapacity,
                    callbacks,
                    Runnable::run,
                    gauges,
                    events);
        });
    }

    /** Makes the router of a pool whose workers are here. */
    static <J, R> RouterFactory<R> routers(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            Runner.Factory<J, R> runners,
            Executor callbacks,
            PoolGauges gauges,
            PoolEvents events) {
        LongSupplier clock = PoolClock.of(system);
        return dispatcher -> Router.create(settings, runners, dispatcher, callbacks, clock, gauges.router, events);
    }

    /** What can be read of a pool, before it has published anything. */
    public static PoolGauges gauges(ActorSystem<?> system, WorkerPoolSettings settings) {
        return new PoolGauges(
                settings.adaptiveWorkers() ? settings.minWorkers() : settings.workers(),
                settings.workers(),
                PoolClock.of(system));
    }

    /** What tells whoever watches what happens in a pool. */
    public static PoolEvents events(ActorSystem<?> system, WorkerPoolSettings settings, Executor callbacks) {
        TestHarness harness = TestHarness.of(system);
        return new PoolEvents(
                settings.name(),
                settings.observers(),
                callbacks,
                PoolClock.of(system),
                (observer, thrown) -> harness.observerHasThrown(settings.name(), observer, thrown));
    }

    /** What the workers run jobs with. The queue of requests identifies the pool. */
    public static <J, R> Runner.Factory<J, R> runners(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            Handler<J, R> handler,
            RequestQueue<J, R> requestQueue,
            WorkerThreads threads,
            JobTimes times,
            Executor callbacks) {
        Consumer<Duration> slowDowns = retryAfter -> {
            Duration most = settings.maxSlowDown();
            Duration counted = retryAfter.compareTo(most) < 0 ? retryAfter : most;
            requestQueue.offerStop(heard -> new Request.SlowDown<>(counted.toNanos(), heard));
        };
        CancelFailures cancelFailures =
                new CancelFailures(settings.name(), write -> requestQueue.offer(new Request.Warning<>(write)));
        return handler.runners(
                requestQueue,
                threads,
                new JobMeters(settings.name(), times),
                workerIndex -> new WorkerContext(workerIndex, callbacks, slowDowns, cancelFailures),
                () -> asyncDispatcher(system, settings));
    }

    /** What asynchronous handlers are called on. */
    public static Executor asyncDispatcher(ActorSystem<?> system, WorkerPoolSettings settings) {
        return dispatcher(system, settings, "async-dispatcher", settings.asyncDispatcher());
    }

    /** The root of a pool; fails now rather than in the actor, if there is no dispatcher for it. */
    public static <J, R> Behavior<PoolCommand<J, R>> create(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            RouterFactory<R> routers,
            RequestQueue<J, R> requestQueue,
            QueueCapacity queueCapacity,
            Executor callbacks,
            Consumer<Runnable> onEnd,
            PoolGauges gauges,
            PoolEvents events) {
        dispatcher(system, settings, "control-dispatcher", settings.controlDispatcher());
        LongSupplier clock = PoolClock.of(system);
        events.started(ConcurrencyLimits.of(settings, clock).workers());
        TestHarness.of(system)
                .started(() -> gauges.snapshot(settings.name(), queueCapacity.rejected(), queueCapacity.capacity()));
        return Dispatcher.create(
                settings, routers, requestQueue, queueCapacity, callbacks, onEnd, clock, gauges, events);
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
