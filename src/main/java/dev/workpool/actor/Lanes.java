package dev.workpool.actor;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * Which key a job belongs to. Of the thread that takes jobs from their source, so that nobody's key function, {@code equals} or {@code
 * hashCode} runs on an actor's; the dispatcher only ever tells lanes apart.
 *
 * <p>A lane is kept while it has open jobs. The dispatcher hands in those that have none; one that has got a job since stays.
 */
final class Lanes<J> {
    private final Function<? super J, ?> keyOf;
    private final Map<Object, Lane> lanes = new HashMap<>();
    private final Queue<Lane> empty = new ConcurrentLinkedQueue<>();

    /**
     * What goes through the inlet.
     *
     * @param lane of its key
     * @param job as the handler's side expects it
     */
    record Keyed(Lane lane, Object job) {}

    Lanes(Function<? super J, ?> keyOf) {
        this.keyOf = keyOf;
    }

    Keyed assign(J job, Object packed) {
        for (int i = 0; i < 2; i++) { // more than one for each that comes, so that the empty ones do not pile up
            Lane lane = empty.poll();
            if (lane != null && lane.open.get() == 0) {
                lanes.remove(lane.key, lane);
            }
        }
        Object key = Objects.requireNonNull(keyOf.apply(job), "the key of a job is null");
        Lane lane = lanes.computeIfAbsent(key, Lane::new);
        lane.open.incrementAndGet();
        return new Keyed(lane, packed);
    }

    /**
     * A job has its outcome. Of a key that was stopped it counts as open for good: its lane may still be among the empty ones from before, and is
     * not to be taken for one of them. For the dispatcher.
     */
    void settled(Lane lane) {
        if (!lane.stopped && lane.open.decrementAndGet() == 0) {
            empty.add(lane);
        }
    }
}
