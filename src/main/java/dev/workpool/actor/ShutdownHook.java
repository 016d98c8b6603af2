package dev.workpool.actor;

import akka.Done;
import akka.actor.Cancellable;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import dev.workpool.WorkerPoolSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a pool when its actor system is shut down in order, in time for its jobs to be done before what they use is taken away.
 * Thread-safe; nothing blocks. Once the pool has ended, nothing of it is left with the system.
 */
final class ShutdownHook {
    private static final Logger LOG = LoggerFactory.getLogger(ShutdownHook.class);
    private static final String CLOSE = CoordinatedShutdown.PhaseBeforeServiceUnbind();
    private static final String DRAIN = CoordinatedShutdown.PhaseServiceRequestsDone();

    private final WorkerPoolSettings settings;
    private final Consumer<Request.End.How> end;
    private final CompletableFuture<Done> gone = new CompletableFuture<>();
    private volatile List<Cancellable> tasks = List.of();

    /**
     * A hook that is not registered.
     *
     * @param settings of the pool
     * @param end asks the pool to end; called on any thread, also when it has ended
     */
    ShutdownHook(WorkerPoolSettings settings, Consumer<Request.End.How> end) {
        this.settings = settings;
        this.end = end;
    }

    /** Before the pool's actor starts; does nothing if the settings say so. */
    void register(ActorSystem<?> system) {
        if (!settings.coordinatedShutdown()) {
            return;
        }
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        Duration timeout = Duration.ofNanos(shutdown.timeout(DRAIN).toNanos());
        String name = "workpool-" + settings.name();
        tasks = List.of(
                shutdown.addCancellableTask(CLOSE, name, this::close),
                shutdown.addCancellableTask(DRAIN, name, () -> drain(timeout)));
        if (shutdown.getShutdownReason().isPresent()) {
            close(); // its phases may be over, and then nobody would call
        }
    }

    /** The pool is gone, or was not started after all. */
    void poolIsGone() {
        gone.complete(Done.getInstance());
        tasks.forEach(Cancellable::cancel);
    }

    private CompletionStage<Done> close() {
        end.accept(Request.End.How.DRAIN);
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    private CompletionStage<Done> drain(Duration timeout) {
        close(); // once more: the phase before may be switched off
        Duration forJobs = forJobs(timeout, settings.cancelGrace());
        return goneWithin(forJobs)
                .exceptionallyCompose(late -> {
                    LOG.warn(
                            "Pool '{}' has jobs left after {} ms of shutdown; cancels them",
                            settings.name(),
                            forJobs.toMillis());
                    end.accept(Request.End.How.ABORT);
                    return goneWithin(forAll(timeout).minus(forJobs));
                })
                .exceptionally(late -> {
                    LOG.warn(
                            "Pool '{}' has handlers that ignore their cancellation; the shutdown goes on",
                            settings.name());
                    return Done.getInstance();
                });
    }

    private CompletableFuture<Done> goneWithin(Duration time) {
        return gone.copy().orTimeout(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** A little less than the phase has, which Akka would end with a warning that names no pool. */
    static Duration forAll(Duration timeout) {
        return timeout.minus(timeout.dividedBy(20));
    }

    /** What is left of it once handlers that are cancelled have had their grace, or a quarter of the phase if that is less. */
    static Duration forJobs(Duration timeout, Duration cancelGrace) {
        Duration quarter = timeout.dividedBy(4);
        Duration grace = cancelGrace.plusMillis(100); // to tell them, and to hear from them
        return forAll(timeout).minus(grace.compareTo(quarter) < 0 ? grace : quarter);
    }
}
