package dev.workpool.metrics;

import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.job.QueueStats;
import dev.workpool.durable.job.StoreStatus;
import dev.workpool.durable.job.WorkStats;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Publishes the numbers of a durable queue as Micrometer meters, until its store is closed. Immutable and thread-safe; none
 * of its methods blocks.
 *
 * <pre>{@code
 * DurableQueueMetrics.of(queue).bindTo(registry);
 * }</pre>
 *
 * <p>Counters say what this process has done; add them up over all. Gauges of what is in the queue are those of the store,
 * and each process shows the same: the store is asked in the background when meters are read, at most once in five
 * seconds, so a scrape shows what the one before it has asked for. They have no number until the first answer, and once
 * the last is a minute old.
 *
 * <p>Each meter has the tag {@code name}, which is the queue's, and the tags that {@link #withTags} sets. {@code
 * src/docs/observability.md} lists them all, with their units.
 *
 * <p>Needs {@code io.micrometer:micrometer-core} on the class path, which the library does not depend on.
 */
public final class DurableQueueMetrics {
    private static final String NAME = "name";
    private static final List<String> TAKEN = List.of(NAME, "outcome", "state");

    private final Source source;
    private final Tags tags;

    /** What meters read of a queue. */
    record Source(
            Supplier<CompletionStage<QueueStats>> stats,
            Supplier<WorkStats> work,
            Supplier<StoreStatus> store,
            CompletionStage<?> closed) {}

    private DurableQueueMetrics(Source source, Tags tags) {
        this.source = source;
        this.tags = tags;
    }

    /**
     * The metrics of a queue.
     *
     * @param queue open, or closed with its store, in which case there will be no meters
     * @return metrics with the tag {@code name}
     * @throws IllegalStateException if Micrometer is not on the class path
     */
    public static DurableQueueMetrics of(DurableQueue<?> queue) {
        Objects.requireNonNull(queue, "queue");
        return of(queue.name(), new Source(queue::stats, queue::workStats, queue::storeStatus, queue.whenClosed()));
    }

    static DurableQueueMetrics of(String queue, Source source) {
        try {
            return new DurableQueueMetrics(source, Tags.of(NAME, queue));
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
     * @throws IllegalArgumentException if a key is {@code name}, {@code outcome} or {@code state}, which meters have
     *     already
     */
    public DurableQueueMetrics withTags(Iterable<Tag> tags) {
        for (Tag tag : Objects.requireNonNull(tags, "tags")) {
            if (TAKEN.contains(tag.getKey())) {
                throw new IllegalArgumentException(
                        "tag " + tag.getKey() + " = " + tag.getValue() + "; allowed: keys other than " + TAKEN);
            }
        }
        return new DurableQueueMetrics(source, this.tags.and(tags));
    }

    /**
     * Adds the meters to a registry, and removes them when the store is closed. Any number of registries may be bound. As a
     * {@code MeterBinder}, which frameworks look for, this is {@code DurableQueueMetrics.of(queue)::bindTo}.
     *
     * @param registry where the meters go
     * @throws RuntimeException what a filter of the registry throws; then it has none of the meters
     */
    public void bindTo(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        Meters<?> meters = QueueMeters.register(registry, tags, source);
        source.closed().whenComplete((done, error) -> meters.remove());
    }
}
