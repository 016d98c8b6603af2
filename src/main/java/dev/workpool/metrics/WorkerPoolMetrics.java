package dev.workpool.metrics;

import dev.workpool.PoolExecutor;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.ClusterWorkers;
import dev.workpool.job.PoolSnapshot;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Publishes the numbers of a pool as Micrometer meters, until the pool has ended. Immutable and thread-safe; none of its
 * methods blocks.
 *
 * <pre>{@code
 * WorkerPoolMetrics.of(pool).bindTo(registry);
 * }</pre>
 *
 * <p>The meters named {@code executor} are those that Micrometer has for a {@link
 * java.util.concurrent.ThreadPoolExecutor}, so dashboards for executors show pools as well. Those named {@code workpool}
 * tell what only a pool has. {@link ErrorTypeMetrics} adds failed jobs by the class of their error. {@code
 * src/docs/observability.md} lists them all, with their units.
 *
 * <p>Each meter has the tag {@code name}, which is the pool's, and the tags that {@link #withTags} sets. There are no
 * tags for batches, jobs or workers, whose number has no bound.
 *
 * <p>Meters read the pool's snapshot when they are asked, and one snapshot serves all meters that are read within 10
 * ms. When the pool ends, its meters are removed from the registry. Of two pools with the same name and tags the
 * registry shows the one that was bound last.
 *
 * <p>Needs {@code io.micrometer:micrometer-core} on the class path, which the library does not depend on.
 */
public final class WorkerPoolMetrics {
    private static final String NAME = "name";
    private static final List<String> TAKEN = List.of(NAME, "outcome", "phi");

    private final Supplier<PoolSnapshot> snapshots;
    private final Runnable measureTimes;
    private final CompletionStage<?> ended;
    private final Tags tags;

    private WorkerPoolMetrics(
            Supplier<PoolSnapshot> snapshots, Runnable measureTimes, CompletionStage<?> ended, Tags tags) {
        this.snapshots = snapshots;
        this.measureTimes = measureTimes;
        this.ended = ended;
        this.tags = tags;
    }

    /**
     * The metrics of a pool.
     *
     * @param pool runs, or has ended, in which case there will be no meters
     * @return metrics with the tag {@code name}
     * @throws IllegalStateException if Micrometer is not on the class path
     */
    public static WorkerPoolMetrics of(WorkerPool<?, ?> pool) {
        Objects.requireNonNull(pool, "pool");
        return of(pool.name(), pool::snapshot, pool::measureTimes, pool.whenEnded());
    }

    /**
     * The metrics of an executor. A failed task counts as one that succeeded, since its future has the error.
     *
     * @param executor runs, or has ended, in which case there will be no meters
     * @return metrics with the tag {@code name}
     * @throws IllegalStateException if Micrometer is not on the class path
     */
    public static WorkerPoolMetrics of(PoolExecutor executor) {
        Objects.requireNonNull(executor, "executor");
        return of(executor.name(), executor::snapshot, executor::measureTimes, executor.whenEnded());
    }

    /**
     * The metrics of a node's workers, which have jobs of all pools of a cluster together. What waits for them is with those
     * pools, so their queue is mostly empty. A job counts once for each attempt.
     *
     * @param workers run, or have ended, in which case there will be no meters
     * @return metrics with the tag {@code name}, which is {@code workers-} and their name, as a pool of that name may be on
     *     the same node
     * @throws IllegalStateException if Micrometer is not on the class path
     */
    public static WorkerPoolMetrics of(ClusterWorkers workers) {
        Objects.requireNonNull(workers, "workers");
        return of("workers-" + workers.name(), workers::snapshot, workers::measureTimes, workers.whenEnded());
    }

    static WorkerPoolMetrics of(
            String pool, Supplier<PoolSnapshot> snapshots, Runnable measureTimes, CompletionStage<?> ended) {
        try {
            return new WorkerPoolMetrics(snapshots, measureTimes, ended, Tags.of(NAME, pool));
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "metrics need io.micrometer:micrometer-core on the class path; add this dependency, 1.17.2 is tested",
                    e);
        }
    }

    /**
     * Adds tags to all meters.
     *
     * @param tags such as {@code Tags.of("region", "eu")}; an earlier value of the same key is replaced
     * @return changed metrics
     * @throws IllegalArgumentException if a key is {@code name}, {@code outcome} or {@code phi}, which meters have
     *     already
     */
    public WorkerPoolMetrics withTags(Iterable<Tag> tags) {
        for (Tag tag : Objects.requireNonNull(tags, "tags")) {
            if (TAKEN.contains(tag.getKey())) {
                throw new IllegalArgumentException(
                        "tag " + tag.getKey() + " = " + tag.getValue() + "; allowed: keys other than " + TAKEN);
            }
        }
        return new WorkerPoolMetrics(snapshots, measureTimes, ended, this.tags.and(tags));
    }

    /**
     * Adds the meters to a registry, and removes them when the pool has ended. From now on the pool measures how long
     * jobs take, see {@link WorkerPool#measureTimes}. Any number of registries may be bound. Binding one again begins
     * its percentiles anew. As a {@code MeterBinder}, which frameworks look for, this is {@code
     * WorkerPoolMetrics.of(pool)::bindTo}.
     *
     * @param registry where the meters go
     * @throws RuntimeException what a filter of the registry throws; then it has none of the meters
     */
    public void bindTo(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        measureTimes.run();
        Meters<SharedSnapshot<PoolSnapshot>> meters =
                PoolMeters.register(registry, tags, new SharedSnapshot<>(snapshots));
        ended.whenComplete((done, error) -> meters.remove());
    }
}
