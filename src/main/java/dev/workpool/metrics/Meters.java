package dev.workpool.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * The meters of one pool or queue in one registry: puts each in the place of an earlier one of the same name, and takes
 * them all away. Registered and removed under {@code LOCK}.
 *
 * @param <S> what they read
 */
final class Meters<S> {
    /** Of one that ends and one of the same name that is bound meanwhile, neither must remove the other's. */
    private static final Object LOCK = new Object();

    private final MeterRegistry registry;

    /** Held here for as long as they are shown, since meters refer to it weakly. */
    private final S source;

    private final List<Meter> meters = new ArrayList<>();

    private Meters(MeterRegistry registry, S source) {
        this.registry = registry;
        this.source = source;
    }

    /** All that are added, or none if a filter of the user's throws. */
    static <S> Meters<S> register(MeterRegistry registry, S source, Consumer<Meters<S>> addAll) {
        Meters<S> meters = new Meters<>(registry, source);
        synchronized (LOCK) {
            try {
                addAll.accept(meters);
            } catch (RuntimeException | Error e) {
                meters.remove();
                throw e;
            }
        }
        return meters;
    }

    void gauge(String name, String unit, String description, Tags tags, ToDoubleFunction<S> number) {
        replace(name, tags);
        add(Gauge.builder(name, source, number)
                .baseUnit(unit)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    void counter(String name, String unit, String description, Tags tags, ToDoubleFunction<S> number) {
        replace(name, tags);
        add(FunctionCounter.builder(name, source, number)
                .baseUnit(unit)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    MeterRegistry registry() {
        return registry;
    }

    S source() {
        return source;
    }

    /** Makes room: otherwise the registry would go on showing an earlier one, whose end may not be known yet. */
    void replace(String name, Tags tags) {
        registry.removeByPreFilterId(new Meter.Id(name, tags, null, null, Meter.Type.OTHER));
    }

    void add(Meter meter) {
        meters.add(meter);
    }

    /** Takes away those that no later one has replaced. */
    void remove() {
        synchronized (LOCK) {
            for (Meter meter : meters) {
                Meter.Id id = meter.getId();
                boolean shown = registry.find(id.getName()).tags(id.getTags()).meters().stream()
                        .anyMatch(one -> one == meter); // equal are those of a later one as well
                if (shown) {
                    registry.remove(meter);
                }
            }
        }
    }
}
