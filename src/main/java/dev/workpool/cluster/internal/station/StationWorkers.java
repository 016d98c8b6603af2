package dev.workpool.cluster.internal.station;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.dispatch.ExecutionContexts;
import dev.workpool.cluster.internal.session.Intake;
import dev.workpool.cluster.internal.session.SteadyCodec;
import dev.workpool.cluster.internal.wire.EncodedJob;
import dev.workpool.internal.akka.CallbackExecutor;
import dev.workpool.internal.akka.ExitGuard;
import dev.workpool.internal.akka.PoolClock;
import dev.workpool.internal.event.PoolEvents;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.pool.PoolNames;
import dev.workpool.internal.pool.PoolRoot;
import dev.workpool.internal.worker.CancelFailures;
import dev.workpool.internal.worker.Handler;
import dev.workpool.internal.worker.JobDescriber;
import dev.workpool.internal.worker.JobMeters;
import dev.workpool.internal.worker.Runner;
import dev.workpool.internal.worker.RunningJobs;
import dev.workpool.internal.worker.WorkerContext;
import dev.workpool.internal.worker.WorkerThreads;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.ExecutionContext;

/** What the workers of a node are made of, beside their actor, and how they end. Thread-safe. */
public final class StationWorkers {
    private static final Logger LOG = LoggerFactory.getLogger(Station.class);

    /** The time that it takes handlers to be told of their cancellation, and to be heard. */
    private static final Duration TO_BE_HEARD = Duration.ofSeconds(1);

    private final ActorSystem<?> system;
    private final WorkerPoolSettings settings;
    private final PoolGauges gauges;
    private final CallbackExecutor callbacks;
    private final WorkerThreads threads;
    private final Runner.Factory<EncodedJob, byte[]> runners;
    private final PoolEvents events;
    private final PoolNames names;
    private final String registered;
    private final String actorName;
    private final CompletableFuture<Done> ended = new CompletableFuture<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final CountDownLatch gone = new CountDownLatch(1);

    /** Set once it has started. */
    private volatile ActorRef<Object> station;

    public StationWorkers(ActorSystem<?> system, WorkerPoolSettings settings, Handler<EncodedJob, byte[]> handler) {
        this.system = system;
        this.settings = settings;
        this.gauges = PoolRoot.gauges(system, settings);
        this.callbacks = PoolRoot.callbacks(system, settings);
        this.threads = WorkerThreads.of(settings);
        this.events = PoolRoot.events(system, settings, callbacks);
        Consumer<Duration> slowDowns = retryAfter -> {
            Duration most = settings.maxSlowDown();
            station.tell(new Station.SlowDown(retryAfter.compareTo(most) < 0 ? retryAfter : most));
        };
        CancelFailures cancelFailures = new CancelFailures(settings.name(), callbacks::execute);
        this.runners = handler.runners(
                this,
                threads,
                new JobMeters(settings.name(), gauges.times),
                workerIndex -> new WorkerContext(workerIndex, callbacks, slowDowns, cancelFailures),
                () -> PoolRoot.asyncDispatcher(system, settings));
        this.names = PoolNames.of(system);
        this.registered = "workers-" + settings.name();
        try {
            this.actorName = names.take(registered, this::end);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "name of workers = '" + settings.name()
                            + "'; allowed: a name that no running workers of this node have, or close those first",
                    e);
        }
    }

    /**
     * Starts the station.
     *
     * @param behavior of its actor
     * @throws IllegalStateException if the actor system has ended
     */
    public ActorRef<Object> start(Behavior<Object> behavior) {
        try {
            station = system.systemActorOf(
                    behavior, actorName, DispatcherSelector.fromConfig(settings.controlDispatcher()));
            return station;
        } catch (RuntimeException e) {
            end();
            throw e instanceof IllegalStateException
                    ? new IllegalStateException(
                            "workers '" + settings.name() + "' cannot be started: their actor system '" + system.name()
                                    + "' has ended",
                            e)
                    : e;
        }
    }

    /** What the station is made of. */
    public StationParts parts(ClusterSettings cluster, SteadyCodec<?> jobs, SteadyCodec<?> results, Intake intake) {
        return new StationParts(
                settings,
                cluster,
                jobs,
                results,
                runners,
                callbacks,
                PoolClock.of(system),
                gauges,
                events,
                intake,
                done -> end());
    }

    /** The actor has stopped, or its system has. On any thread. */
    private void end() {
        if (over.compareAndSet(false, true)) {
            names.giveBack(registered);
            callbacks.poolIsGone();
            threads.poolIsGone();
            gone.countDown(); // whoever waits may take the name
            callbacks.executeUnawaited(() -> ended.complete(Done.getInstance()));
        }
    }

    public CompletionStage<Done> ended() {
        return ended.minimalCompletionStage();
    }

    /** Completes in any case, at the latest when those have had their time that take it. */
    public CompletionStage<Done> endedWithin() {
        Duration most = settings.closeTimeout().plus(settings.cancelGrace()).plus(TO_BE_HEARD);
        return ended.copy().orTimeout(most.toNanos(), TimeUnit.NANOSECONDS).exceptionally(late -> {
            LOG.warn(
                    "Workers '{}' have not left within {} ms, as they should have; the shutdown goes on without them",
                    settings.name(),
                    most.toMillis());
            return Done.getInstance();
        });
    }

    /**
     * Waits until the station has ended.
     *
     * @param onInterrupt run if the thread is interrupted meanwhile, which is interrupted again on return
     */
    public void awaitEnd(Runnable onInterrupt) {
        boolean interrupted = false;
        while (true) {
            try {
                gone.await();
                threads.awaitEnd(settings.cancelGrace());
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                onInterrupt.run();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    public PoolSnapshot snapshot() {
        return gauges.snapshot(settings.name(), 0, Integer.MAX_VALUE);
    }

    public void measureTimes() {
        gauges.times.turnOn();
    }

    public RunningJobs<EncodedJob, byte[]> runningJobs() {
        return new RunningJobs<>(runners, PoolClock.of(system), new JobDescriber(settings));
    }

    /** The phase of a coordinated shutdown in which workers leave: once pools have ended, and before the node does. */
    public String shutdownPhase() {
        return ExitGuard.Phase.WORKERS.key();
    }

    public ExecutionContext schedulerThread() {
        return ExecutionContexts.fromExecutor(Runnable::run);
    }
}
