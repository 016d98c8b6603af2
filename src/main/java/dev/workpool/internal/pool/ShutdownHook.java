package dev.workpool.internal.pool;

import akka.Done;
import akka.actor.Cancellable;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a pool in its actor system's coordinated shutdown, early enough that its jobs finish before the services they
 * use are closed. Thread-safe; nothing blocks. Once the pool has ended, the system keeps nothing of it.
 */
final class ShutdownHook {
    private static final Logger LOG = LoggerFactory.getLogger(ShutdownHook.class);
    private static final String CLOSE = CoordinatedShutdown.PhaseBeforeServiceUnbind();

    private final WorkerPoolSettings settings;
    private final Runnable drain;
    private final Consumer<LongConsumer> cancelRest;
    private final CompletableFuture<Done> told = new CompletableFuture<>();
    private volatile boolean gone;
    private volatile List<Cancellable> tasks = List.of();

    /**
     * A hook that is not registered.
     *
     * @param settings of the pool
     * @param drain asks the pool to drain; called on any thread, also when it has ended
     * @param cancelRest cancels the jobs that have no outcome, and tells how many these were, on a thread that may
     *     block
     */
    ShutdownHook(WorkerPoolSettings settings, Runnable drain, Consumer<LongConsumer> cancelRest) {
        this.settings = settings;
        this.drain = drain;
        this.cancelRest = cancelRest;
    }

    /** Before the pool's actor starts; does nothing if the settings say so. */
    void register(ActorSystem<?> system) {
        if (!settings.coordinatedShutdown()) {
            return;
        }
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        ShutdownPhase phase = ShutdownPhase.of(shutdown);
        warnIfTooShort(phase);
        String name = "workpool-" + settings.name();
        tasks = List.of(
                shutdown.addCancellableTask(CLOSE, name, () -> {
                    sayWhoAsked(system, shutdown);
                    return close();
                }),
                shutdown.addCancellableTask(phase.name(), name, () -> drain(phase)));
        if (shutdown.getShutdownReason().isPresent()) {
            close(); // its phases may be over, and then nobody would call
        }
    }

    private void sayWhoAsked(ActorSystem<?> system, CoordinatedShutdown shutdown) {
        LOG.info(
                "Pool '{}' takes no more jobs, as its actor system '{}' ends: {}",
                settings.name(),
                system.name(),
                shutdown.getShutdownReason().map(ShutdownHook::inWords).orElse("nobody has said why"));
    }

    /** A reason of the application's own says it by itself. */
    private static String inWords(CoordinatedShutdown.Reason reason) {
        if (reason.equals(CoordinatedShutdown.jvmExitReason())) {
            return "the JVM ends, by a signal, System.exit or the end of the program";
        } else if (reason.equals(CoordinatedShutdown.actorSystemTerminateReason())) {
            return "terminate() was called";
        } else if (reason.equals(CoordinatedShutdown.clusterDowningReason())) {
            return "the cluster has removed this node";
        } else if (reason.equals(CoordinatedShutdown.clusterLeavingReason())) {
            return "this node was told to leave the cluster";
        }
        return reason.toString();
    }

    private void warnIfTooShort(ShutdownPhase phase) {
        Duration forJobs = phase.forJobs(settings.closeTimeout(), settings.cancelGrace());
        if (!phase.isOwn() && forJobs.compareTo(settings.closeTimeout()) < 0) {
            LOG.warn(
                    "Pool '{}' gives its jobs {} ms in a coordinated shutdown, less than its close-timeout = {} ms: phase {} does not come"
                            + " before service-stop in this configuration, so it is drained in {}, whose timeout is {} ms; add \"{}\" to"
                            + " akka.coordinated-shutdown.phases.service-stop.depends-on",
                    settings.name(),
                    forJobs.toMillis(),
                    settings.closeTimeout().toMillis(),
                    ShutdownPhase.OWN,
                    phase.name(),
                    phase.timeout().toMillis(),
                    ShutdownPhase.OWN);
        }
    }

    /** The pool is gone. */
    void poolIsGone() {
        gone = true;
    }

    /**
     * Everybody who waited for something of the pool has been told, and it is gone; or it was not started after all.
     */
    void poolHasTold() {
        told.complete(Done.getInstance());
        tasks.forEach(Cancellable::cancel);
    }

    private CompletionStage<Done> close() {
        drain.run();
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    private CompletionStage<Done> drain(ShutdownPhase phase) {
        close(); // once more: the phase before may be switched off
        Duration grace = settings.cancelGrace();
        Duration forJobs = phase.forJobs(settings.closeTimeout(), grace);
        return toldWithin(forJobs)
                .exceptionallyCompose(late -> {
                    if (!gone) {
                        cancel(phase, forJobs);
                    }
                    return toldWithin(phase.forCancelled(forJobs, grace));
                })
                .exceptionally(late -> {
                    LOG.warn(
                            gone
                                    ? "Pool '{}' has consumers or other callbacks that have not been told all outcomes yet; the shutdown goes"
                                            + " on without them"
                                    : "Pool '{}' has handlers that ignore their cancellation; the shutdown goes on without them",
                            settings.name());
                    return Done.getInstance();
                });
    }

    private void cancel(ShutdownPhase phase, Duration forJobs) {
        boolean hadItsTime = forJobs.equals(settings.closeTimeout());
        String key = hadItsTime
                ? "workpool.pools." + settings.name() + ".close-timeout"
                : "akka.coordinated-shutdown.phases." + phase.name() + ".timeout";
        long valueMs = (hadItsTime ? settings.closeTimeout() : phase.timeout()).toMillis();
        cancelRest.accept(jobs -> LOG.warn(
                "Pool '{}' has {} left after {} ms of shutdown, and cancels them; {} = {} ms limits their time",
                settings.name(),
                jobs == 1 ? "1 job" : jobs + " jobs",
                forJobs.toMillis(),
                key,
                valueMs));
    }

    private CompletableFuture<Done> toldWithin(Duration time) {
        return told.copy().orTimeout(time.toNanos(), TimeUnit.NANOSECONDS);
    }
}
