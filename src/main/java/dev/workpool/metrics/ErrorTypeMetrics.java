package dev.workpool.metrics;

import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolProblem;
import dev.workpool.job.PoolSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

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
 * errors there are, and {@code workpool.jobs} how many. A pool's meters are removed when it has ended. It is for the
 * settings of pools: a batch's observer is not told when its pool ends.
 *
 * <p>Needs {@code io.micrometer:micrometer-core} on the class path, which the library does not depend on.
 */
public final class ErrorTypeMetrics implements PoolObserver {
    private static final int MOST_TYPES = 20;
    private static final String OTHER = "other";
    private static final String TIMEOUT = "timeout";

    private final MeterRegistry registry;
    private final Tags tags;

    /** By the name of their pool, of which there may be two for a moment: one that ends, and its successor. */
    private final Map<String, Errors> errors = new ConcurrentHashMap<>();

    /** The types of errors there are, in pools of one name. Changed only within the map. */
    private static final class Errors {
        private int pools;
        private final Set<String> types = new HashSet<>();

        String typeOf(String error) {
            String type = types.contains(error) || types.size() < MOST_TYPES ? error : OTHER;
            types.add(type);
            return type;
        }
    }

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
    public void onStart(String pool, int workers) {
        change(pool, ofPool -> ofPool.pools++);
    }

    @Override
    public void onProblem(PoolProblem problem) {
        if (problem.kind() == PoolProblem.Kind.FAILED || problem.kind() == PoolProblem.Kind.TIMED_OUT) {
            String error =
                    problem.error().map(each -> each.getClass().getName()).orElse(TIMEOUT);
            change(
                    problem.pool(),
                    ofPool -> counter(problem.pool(), ofPool.typeOf(error)).increment((double) problem.jobs()));
        }
    }

    private void change(String pool, Consumer<Errors> change) {
        errors.compute(pool, (name, known) -> {
            Errors ofPool = known == null ? new Errors() : known;
            change.accept(ofPool);
            return ofPool;
        });
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
        errors.computeIfPresent(last.name(), (name, ofPool) -> {
            ofPool.pools--;
            if (ofPool.pools > 0) {
                return ofPool;
            }
            ofPool.types.forEach(type -> registry.remove(counter(name, type)));
            return null;
        });
    }
}
