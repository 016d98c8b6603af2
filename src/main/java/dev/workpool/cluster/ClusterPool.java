package dev.workpool.cluster;

import akka.actor.typed.ActorSystem;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.internal.fleet.FleetWorkplace;
import dev.workpool.cluster.internal.session.SteadyCodec;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.codec.JobCodec;
import dev.workpool.internal.pool.RunningPool;
import dev.workpool.internal.pool.Workplace;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;
import java.util.Objects;

/**
 * Starts pools whose workers are on other nodes of an Akka cluster: those that have started {@link ClusterWorkers} of the
 * same name. Nodes may come and go at any time; jobs wait until there is one.
 *
 * <p>The pool is a {@link WorkerPool} like any other, with the same guarantees but these:
 *
 * <ul>
 *   <li>Every job still gets exactly one outcome. But a job that was out at a node that is lost runs again elsewhere, so
 *       its handler may be called more than once for an attempt. {@link ClusterSettings#withDelivery} says otherwise.
 *   <li>At most N handlers run at a time on each node, where N is the number of that node's workers. {@link
 *       ClusterSettings#withWorkers} bounds the sum.
 *   <li>Order, priority, rate and capacity hold for the jobs of this pool. Pools of other nodes that use the same workers
 *       share them by priority and weight.
 *   <li>Jobs and results travel as bytes. A job that cannot be encoded or is too large is {@code Rejected}, and a result
 *       fails its job. The error of a job arrives as one of the same class if that can be made here, else as a {@link
 *       dev.workpool.cluster.job.RemoteFailure}.
 *   <li>Contexts of submitters do not travel: context propagators have no effect. The conditions of retry policies are
 *       asked on the submitting node.
 * </ul>
 */
public final class ClusterPool {
    private ClusterPool() {}

    /**
     * Starts a pool with settings from the system's configuration.
     *
     * @param system a node of an Akka cluster; when it ends, so does the pool
     * @param name the name of the pool, and of the workers on all nodes
     * @param jobs encodes jobs
     * @param results decodes results
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     * @throws IllegalArgumentException if the name is taken, or a setting is not allowed
     * @throws IllegalStateException if the system is no node of a cluster, or a library is missing
     */
    public static <J, R> WorkerPool<J, R> start(
            ActorSystem<?> system, String name, JobCodec<J> jobs, JobCodec<R> results) {
        return start(
                system, WorkerPoolSettings.create(system, name), ClusterSettings.create(system, name), jobs, results);
    }

    /**
     * Starts a pool.
     *
     * @param system a node of an Akka cluster; when it ends, so does the pool
     * @param settings of the pool; its number of workers has no meaning here
     * @param cluster of its sessions with nodes; its name is that of the workers
     * @param jobs encodes jobs
     * @param results decodes results
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     * @throws IllegalArgumentException if the pool's name is taken, or a setting is not allowed
     * @throws IllegalStateException if the system is no node of a cluster, or a library is missing
     */
    public static <J, R> WorkerPool<J, R> start(
            ActorSystem<?> system,
            WorkerPoolSettings settings,
            ClusterSettings cluster,
            JobCodec<J> jobs,
            JobCodec<R> results) {
        Objects.requireNonNull(system, "system");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(jobs, "codec of jobs");
        Objects.requireNonNull(results, "codec of results");
        ClusterSystem.check(system, cluster, "pool '" + settings.name() + "'");
        if (settings.whenFull() == WhenFull.CALLER_RUNS) {
            throw new IllegalArgumentException("workpool.pools." + settings.name()
                    + ".when-full = caller-runs; allowed for a pool over a cluster: any other, since the submitting node has"
                    + " no handler");
        }
        Workplace<J, R> fleet =
                new FleetWorkplace<>(cluster, SteadyCodec.of(jobs, "jobs"), SteadyCodec.of(results, "results"));
        return new WorkerPool<>(new RunningPool<>(system, settings, fleet));
    }

    /**
     * Returns the nodes that a pool knows. Thread-safe; does not block.
     *
     * @param pool one that was started here
     * @return a snapshot
     * @throws IllegalArgumentException if it was not started here
     */
    public static List<ClusterNode> nodes(WorkerPool<?, ?> pool) {
        if (pool.internals().workplace() instanceof FleetWorkplace<?, ?> fleet) {
            return fleet.nodes();
        }
        throw new IllegalArgumentException("pool '" + pool.name() + "' has its workers in this process");
    }
}
