package dev.workpool.cluster;

import akka.Done;
import akka.actor.Cancellable;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.receptionist.Receptionist;
import dev.workpool.cluster.internal.fleet.FleetWorkplace;
import dev.workpool.cluster.internal.session.Intake;
import dev.workpool.cluster.internal.session.SteadyCodec;
import dev.workpool.cluster.internal.station.EncodedHandlers;
import dev.workpool.cluster.internal.station.Station;
import dev.workpool.cluster.internal.station.StationParts;
import dev.workpool.cluster.internal.station.StationWorkers;
import dev.workpool.cluster.internal.wire.EncodedJob;
import dev.workpool.codec.JobCodec;
import dev.workpool.internal.worker.Handler;
import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.JobHandler;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.job.RunningJob;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.ObjectInputFilter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The workers of a node: they run the jobs of every {@link ClusterPool} of their name in the cluster. Found by them through
 * Akka's receptionist. Thread-safe; only {@link #close} blocks.
 *
 * <p>They divide themselves among the pools that have jobs, by priority and weight of the batches. They hold a lease of
 * each pool: once they have not been in touch with a pool for {@code lease}, they stop its jobs and report nothing more of
 * them, since they run elsewhere by then.
 *
 * <p>When the actor system ends by its {@code CoordinatedShutdown}, as on SIGTERM, they {@link #leave} before the node
 * leaves the cluster.
 */
public final class ClusterWorkers implements AutoCloseable {
    private final WorkerPoolSettings settings;
    private final StationWorkers workers;
    private final ActorRef<Object> station;
    private final ActorSystem<?> system;

    private ClusterWorkers(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            SteadyCodec<?> jobs,
            SteadyCodec<?> results,
            ClusterSettings cluster,
            Handler<EncodedJob, byte[]> handler) {
        ClusterSystem.check(system, cluster, "workers '" + settings.name() + "'");
        this.system = system;
        this.settings = settings;
        this.workers = new StationWorkers(system, settings, handler);
        StationParts parts = workers.parts(cluster, jobs, results, Intake.ofProcess());
        this.station = workers.start(Station.create(parts));
        system.receptionist().tell(Receptionist.register(FleetWorkplace.stations(cluster.name()), station.narrow()));
        system.receptionist().tell(Receptionist.register(FleetWorkplace.ALL_STATIONS, station.narrow()));
        if (settings.coordinatedShutdown()) {
            Cancellable task = CoordinatedShutdown.get(system)
                    .addCancellableTask(workers.shutdownPhase(), "workpool-workers-" + settings.name(), () -> {
                        leave();
                        return workers.endedWithin();
                    });
            workers.ended().thenRun(task::cancel);
        }
    }

    /**
     * Starts workers with a blocking handler, and settings from the system's configuration.
     *
     * @param system a node of an Akka cluster
     * @param name the name by which pools find them
     * @param jobs decodes jobs
     * @param results encodes results
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the workers
     * @throws IllegalArgumentException if the node has workers of this name, or a setting is not allowed
     * @throws IllegalStateException if the system is no node of a cluster, or a library is missing
     */
    public static <J, R> ClusterWorkers start(
            ActorSystem<?> system,
            String name,
            JobCodec<J> jobs,
            JobCodec<R> results,
            JobHandler.Simple<J, R> handler) {
        return start(system, WorkerPoolSettings.create(system, name), jobs, results, handler);
    }

    /**
     * Starts workers with a blocking handler.
     *
     * @param system a node of an Akka cluster
     * @param settings of the workers: their name, their number, their threads; the settings of queues have no meaning here
     * @param jobs decodes jobs
     * @param results encodes results
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the workers
     * @throws IllegalArgumentException if the node has workers of this name, or a setting is not allowed
     * @throws IllegalStateException if the system is no node of a cluster, or a library is missing
     */
    public static <J, R> ClusterWorkers start(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            JobCodec<J> jobs,
            JobCodec<R> results,
            JobHandler.Simple<J, R> handler) {
        Objects.requireNonNull(handler, "handler");
        return startWith(system, settings, jobs, results, handlers -> Handler.blocking(handlers.simple(handler)));
    }

    /**
     * Starts workers with a blocking handler that takes a context.
     *
     * @param system a node of an Akka cluster
     * @param settings of the workers: their name, their number, their threads; the settings of queues have no meaning here
     * @param jobs decodes jobs
     * @param results encodes results
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the workers
     * @throws IllegalArgumentException if the node has workers of this name, or a setting is not allowed
     * @throws IllegalStateException if the system is no node of a cluster, or a library is missing
     */
    public static <J, R> ClusterWorkers start(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            JobCodec<J> jobs,
            JobCodec<R> results,
            JobHandler<J, R> handler) {
        Objects.requireNonNull(handler, "handler");
        return startWith(system, settings, jobs, results, handlers -> Handler.blocking(handlers.contextual(handler)));
    }

    /**
     * Starts workers with an asynchronous handler.
     *
     * @param system a node of an Akka cluster
     * @param settings of the workers: their name, their number; the settings of queues have no meaning here
     * @param jobs decodes jobs
     * @param results encodes results
     * @param handler starts the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the workers
     * @throws IllegalArgumentException if the node has workers of this name, or a setting is not allowed
     * @throws IllegalStateException if the system is no node of a cluster, or a library is missing
     */
    public static <J, R> ClusterWorkers startAsync(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            JobCodec<J> jobs,
            JobCodec<R> results,
            AsyncJobHandler<J, R> handler) {
        Objects.requireNonNull(handler, "handler");
        return startWith(system, settings, jobs, results, handlers -> new Handler.Async<>(handlers.async(handler)));
    }

    /**
     * Starts workers that run the tasks of {@link ClusterExecutor}s, with settings from the system's configuration. They
     * read objects of any class, so whoever reaches the node has to be trusted.
     *
     * @param system a node of an Akka cluster
     * @param name the name of the executors
     * @return the workers
     * @throws IllegalArgumentException if the node has workers of this name, or a setting is not allowed
     * @throws IllegalStateException if the system is no node of a cluster, or a library is missing
     */
    public static ClusterWorkers startTasks(ActorSystem<?> system, String name) {
        return startTasks(system, WorkerPoolSettings.create(system, name));
    }

    /**
     * Starts workers that run the tasks of {@link ClusterExecutor}s. They read objects of any class, so whoever reaches the
     * node has to be trusted.
     *
     * @param system a node of an Akka cluster
     * @param settings of the workers: the name of the executors, their number, their threads
     * @return the workers
     * @throws IllegalArgumentException if the node has workers of this name, or a setting is not allowed
     * @throws IllegalStateException if the system is no node of a cluster, or a library is missing
     */
    public static ClusterWorkers startTasks(ActorSystem<?> system, WorkerPoolSettings settings) {
        return startWithTasks(system, settings, null);
    }

    /**
     * Starts workers that run those tasks of {@link ClusterExecutor}s whose classes are allowed. The others fail.
     *
     * @param system a node of an Akka cluster
     * @param settings of the workers: the name of the executors, their number, their threads
     * @param filter is asked for each class that a task consists of, such as {@code
     *     ObjectInputFilter.Config.createFilter("com.example.tasks.*;java.base/*;!*")}; a lambda also is a {@link
     *     java.lang.invoke.SerializedLambda}
     * @return the workers
     * @throws IllegalArgumentException if the node has workers of this name, or a setting is not allowed
     * @throws IllegalStateException if the system is no node of a cluster, or a library is missing
     */
    public static ClusterWorkers startTasks(
            ActorSystem<?> system, WorkerPoolSettings settings, ObjectInputFilter filter) {
        return startWithTasks(system, settings, Objects.requireNonNull(filter, "filter"));
    }

    private static ClusterWorkers startWithTasks(
            ActorSystem<?> system, WorkerPoolSettings settings, ObjectInputFilter filter) {
        return start(
                system,
                settings,
                EncodedTask.CODEC,
                new ResultCodec(system),
                new TaskHandler(ResultCodec.loader(system), filter));
    }

    private static <J, R> ClusterWorkers startWith(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            JobCodec<J> jobs,
            JobCodec<R> results,
            Function<EncodedHandlers<J, R>, Handler<EncodedJob, byte[]>> handler) {
        Objects.requireNonNull(jobs, "codec of jobs");
        Objects.requireNonNull(results, "codec of results");
        SteadyCodec<J> steadyJobs = SteadyCodec.of(jobs, "jobs");
        SteadyCodec<R> steadyResults = SteadyCodec.of(results, "results");
        ClusterSettings cluster = ClusterSettings.create(system, settings.name());
        EncodedHandlers<J, R> handlers = new EncodedHandlers<>(
                settings.name(), steadyJobs, steadyResults, cluster.maxResultBytes(), Intake.ofProcess());
        return new ClusterWorkers(system, settings, steadyJobs, steadyResults, cluster, handler.apply(handlers));
    }

    /**
     * Returns the workers' name.
     *
     * @return that of the settings
     */
    public String name() {
        return settings.name();
    }

    /**
     * Returns what the workers have done and are doing, for all pools together. Does not block.
     *
     * @return a snapshot
     */
    public PoolSnapshot snapshot() {
        return workers.snapshot();
    }

    /**
     * Returns the jobs that run here, those first that have run for longest. Does not block.
     *
     * @param limit how many at most, 1 or more
     * @return a snapshot
     */
    public List<RunningJob> runningJobs(int limit) {
        return workers.runningJobs().oldest(limit);
    }

    /** Measures from now on how long jobs take here, see {@link dev.workpool.WorkerPool#measureTimes}. */
    public void measureTimes() {
        workers.measureTimes();
    }

    /**
     * Takes no more jobs. Those that have not begun go back to their pools, which give them to other nodes. Those that run
     * are finished, if they are within {@code close-timeout}; else they are stopped, and run again elsewhere. Does not
     * block. Leaving twice is harmless.
     *
     * @return a stage that completes when nothing of the workers is left
     */
    public CompletionStage<Done> leave() {
        // Not deregistered: the receptionist notices the actor's end, and fails for good if told of one it does not
        // know.
        station.tell(Station.Leave.LEAVE);
        try {
            system.scheduler()
                    .scheduleOnce(
                            settings.closeTimeout(),
                            () -> station.tell(Station.StopRunning.STOP_RUNNING),
                            workers.schedulerThread());
        } catch (IllegalStateException e) {
            // the actor system has ended, and the actor with it
        }
        return whenEnded();
    }

    /**
     * Returns a stage that completes when nothing of the workers is left.
     *
     * @return the same at each call
     */
    public CompletionStage<Done> whenEnded() {
        return workers.ended();
    }

    /** Leaves, and waits until nothing of the workers is left. An interrupt stops jobs that run. */
    @Override
    public void close() {
        leave();
        workers.awaitEnd(() -> station.tell(Station.StopRunning.STOP_RUNNING));
    }

    @Override
    public String toString() {
        return "ClusterWorkers(" + name() + ")";
    }
}
