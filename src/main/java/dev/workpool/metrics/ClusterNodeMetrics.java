package dev.workpool.metrics;

import dev.workpool.WorkerPool;
import dev.workpool.cluster.ClusterExecutor;
import dev.workpool.cluster.ClusterPool;
import dev.workpool.cluster.job.ClusterNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Publishes what a pool over a cluster knows of the nodes that work for it as Micrometer meters, until the pool has ended.
 * Immutable and thread-safe; none of its methods blocks.
 *
 * <pre>{@code
 * ClusterNodeMetrics.of(pool).bindTo(registry);
 * }</pre>
 *
 * <p>For the submitting node, beside {@link WorkerPoolMetrics}. Each meter has the tag {@code name}, which is the pool's,
 * and the tags that {@link #withTags} sets. Those of a node have the tag {@code node}, its address. They are there as long as
 * the pool knows the node; since that is looked at when meters are read, a new node shows from the second scrape on. {@code
 * src/docs/observability.md} lists them all, with their units.
 *
 * <p>Needs {@code io.micrometer:micrometer-core} on the class path, which the library does not depend on.
 */
public final class ClusterNodeMetrics {
    private static final String NAME = "name";
    private static final List<String> TAKEN = List.of(NAME, "node", "state");

    private final Supplier<List<ClusterNode>> nodes;
    private final CompletionStage<?> ended;
    private final Tags tags;

    private ClusterNodeMetrics(Supplier<List<ClusterNode>> nodes, CompletionStage<?> ended, Tags tags) {
        this.nodes = nodes;
        this.ended = ended;
        this.tags = tags;
    }

    /**
     * The metrics of a pool's nodes.
     *
     * @param pool one that {@link ClusterPool} has started; if it has ended, there will be no meters
     * @return metrics with the tag {@code name}
     * @throws IllegalArgumentException if the pool has its workers in this process
     * @throws IllegalStateException if Micrometer is not on the class path
     */
    public static ClusterNodeMetrics of(WorkerPool<?, ?> pool) {
        ClusterPool.nodes(Objects.requireNonNull(pool, "pool"));
        return of(pool.name(), () -> ClusterPool.nodes(pool), pool.whenEnded());
    }

    /**
     * The metrics of an executor's nodes.
     *
     * @param executor runs, or has ended, in which case there will be no meters
     * @return metrics with the tag {@code name}
     * @throws IllegalStateException if Micrometer is not on the class path
     */
    public static ClusterNodeMetrics of(ClusterExecutor executor) {
        Objects.requireNonNull(executor, "executor");
        return of(executor.name(), executor::nodes, executor.whenEnded());
    }

    static ClusterNodeMetrics of(String pool, Supplier<List<ClusterNode>> nodes, CompletionStage<?> ended) {
        try {
            return new ClusterNodeMetrics(nodes, ended, Tags.of(NAME, pool));
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
     * @throws IllegalArgumentException if a key is {@code name}, {@code node} or {@code state}, which meters have already
     */
    public ClusterNodeMetrics withTags(Iterable<Tag> tags) {
        for (Tag tag : Objects.requireNonNull(tags, "tags")) {
            if (TAKEN.contains(tag.getKey())) {
                throw new IllegalArgumentException(
                        "tag " + tag.getKey() + " = " + tag.getValue() + "; allowed: keys other than " + TAKEN);
            }
        }
        return new ClusterNodeMetrics(nodes, ended, this.tags.and(tags));
    }

    /**
     * Adds the meters to a registry, and removes them when the pool has ended. Any number of registries may be bound.
     *
     * @param registry where the meters go
     * @throws RuntimeException what a filter of the registry throws; then it has none of the meters
     */
    public void bindTo(MeterRegistry registry) {
        NodeMeters meters = NodeMeters.register(Objects.requireNonNull(registry, "registry"), tags, nodes);
        ended.whenComplete((done, error) -> meters.remove());
    }
}
