package dev.workpool;

import java.util.Objects;
import java.util.Optional;

/**
 * How one batch is to be run. Immutable; each {@code withX} returns a changed copy.
 *
 * <p>Defaults: no id, no consumer.
 *
 * @param <R> type of a successful job's result
 */
public final class BatchOptions<R> {
    private static final BatchOptions<?> DEFAULTS = new BatchOptions<>("", null);

    private final String id;
    private final OutcomeConsumer<R> consumer;

    private BatchOptions(String id, OutcomeConsumer<R> consumer) {
        this.id = id;
        this.consumer = consumer;
    }

    /**
     * The defaults.
     *
     * @param <R> type of a successful job's result
     * @return options with no id and no consumer
     */
    @SuppressWarnings("unchecked") // holds nothing of type R
    public static <R> BatchOptions<R> defaults() {
        return (BatchOptions<R>) DEFAULTS;
    }

    /**
     * Names the batch, for logs and for {@link PoolCommand.CancelBatch}. Ids need not be unique.
     *
     * @param id a name of the caller's; not empty
     * @return changed options
     * @throws IllegalArgumentException if the id is empty
     */
    public BatchOptions<R> withId(String id) {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("id of a batch is empty; allowed: any other string");
        }
        return new BatchOptions<>(id, consumer);
    }

    /**
     * Has outcomes delivered as they complete, besides in the result.
     *
     * @param consumer see {@link OutcomeConsumer} for when and where it is called
     * @return changed options
     */
    public BatchOptions<R> withConsumer(OutcomeConsumer<R> consumer) {
        return new BatchOptions<>(id, Objects.requireNonNull(consumer, "consumer"));
    }

    /**
     * The batch's name.
     *
     * @return the id, or an empty string
     */
    public String id() {
        return id;
    }

    /**
     * Who gets outcomes as they complete.
     *
     * @return the consumer, if any
     */
    public Optional<OutcomeConsumer<R>> consumer() {
        return Optional.ofNullable(consumer);
    }
}
