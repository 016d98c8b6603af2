package dev.workpool.metrics;

import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolProblem;
import dev.workpool.job.PoolSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the failed jobs of a pool by the class of their error, as the meter {@code workpool.errors} with the tag {@code
 * error.type}. Thread-safe; one may watch several pools.
 *
 * <pre>{@code
 * settings.withObserver(new ErrorTypeMetrics(registry))
 * }</pre>
 *
 * <p>The first 20 classes of a pool have a tag of their own, and all others are {@code other}. Time-outs are {@code
 * timeout}. As an observer is told of at most 100 problems a second, this counts no more than these: it shows which
 * errors there are, and {@code workpool.jobs} how many. A pool's meters are removed when it has ended.
 *
 * <p>Needs {@code io.micrometer:micrometer-core} on the class path, which the library does not depend on.
 */
public final class ErrorTypeMetrics implements PoolObserver {
    private static final int MOST_TYPES = 20;
    private static final String OTHER = "other";
    private static final String TIMEOUT = "timeout";

    private final MeterRegistry registry;
    private final Tags tags;

    /** The types that there are, by pool. */
    private final Map<String, Set<String>> types = new ConcurrentHashMap<>();

    /**
     * Counts in a registry.
     *
     * @param registry where the meters go
     */
    public ErrorTypeMetrics(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /**
     * Counts in a registry, with tags.
     *
     * @param registry where the meters go
     * @param tags those of the pool's other meters, as for {@link WorkerPoolMetrics#withTags}
     */
    public ErrorTypeMetrics(MeterRegistry registry, Iterable<Tag> tags) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.tags = Tags.of(tags);
    }

    @Override
    public void onProblem(PoolProblem problem) {
        if (problem.kind() == PoolProblem.Kind.FAILED || problem.kind() == PoolProblem.Kind.TIMED_OUT) {
            String error =
                    problem.error().map(each -> each.getClass().getName()).orElse(TIMEOUT);
            Set<String> known = types.computeIfAbsent(problem.pool(), pool -> ConcurrentHashMap.newKeySet());
            String type = known.contains(error) || known.size() < MOST_TYPES ? error : OTHER;
            known.add(type);
            counter(problem.pool(), type).increment((double) problem.jobs());
        }
    }

    /** Looked up each time, since the end of a pool of the same name may have removed it. */
    private Counter counter(String pool, String type) {
        return Counter.builder("workpool.errors")
                .description("Failed jobs by the class of their error")
                .tags(tags.and("name", pool, "error.type", type))
                .register(registry);
    }

    @Override
    public void onEnd(PoolSnapshot last) {
        Set<String> known = types.remove(last.name());
        if (known != null) {
            known.forEach(type -> registry.remove(counter(last.name(), type)));
        }
    }
}
