package dev.workpool.settings;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * In which order jobs of a durable queue run. Immutable. A queue keeps the order it was made with.
 *
 * @param <J> type of the jobs
 */
public final class QueueOrder<J> {
    private static final int LANES = 64;

    private final Optional<Function<? super J, ?>> keyOf;
    private final int lanes;

    private QueueOrder(Optional<Function<? super J, ?>> keyOf, int lanes) {
        this.keyOf = keyOf;
        this.lanes = lanes;
    }

    /**
     * By priority, and then by the time when they are due. Jobs run beside each other, and may overtake each other.
     *
     * @param <J> type of the jobs
     * @return the order of most queues
     */
    public static <J> QueueOrder<J> byPriority() {
        return new QueueOrder<>(Optional.empty(), 0);
    }

    /**
     * Jobs of the same key run one after another, in the order in which they were enqueued, in all processes together. A
     * job that is tried again, or is not due yet, holds up those of its key behind it, and others of its lane: keys are
     * spread over 64 lanes, each of which is worked on by one process at a time.
     *
     * @param keyOf gives a job's key; keys are the same if their texts ({@code toString}) are. It has to be thread-safe
     *     and to give the same key in each process
     * @param <J> type of the jobs
     * @return the order of a keyed queue
     */
    public static <J> QueueOrder<J> keyed(Function<? super J, ?> keyOf) {
        return new QueueOrder<>(Optional.of(Objects.requireNonNull(keyOf, "key of a job")), LANES);
    }

    /**
     * Says how many lanes there are: the most processes that work at a time. It cannot be changed once the queue is made.
     *
     * @param number 1 to 1024, 64 by default
     * @return a changed order
     */
    public QueueOrder<J> withLanes(int number) {
        if (keyOf.isEmpty()) {
            throw new IllegalStateException(
                    "a queue without keys has no lanes; allowed: QueueOrder.keyed(…).withLanes(…)");
        } else if (number < 1 || number > 1_024) {
            throw new IllegalArgumentException("lanes of a queue = " + number + "; allowed: 1 to 1024");
        }
        return new QueueOrder<>(keyOf, number);
    }

    /** {@return what gives a job's key; empty if there are no keys} */
    public Optional<Function<? super J, ?>> keyOf() {
        return keyOf;
    }

    /** {@return how many lanes there are; 0 if there are no keys} */
    public int lanes() {
        return lanes;
    }
}
