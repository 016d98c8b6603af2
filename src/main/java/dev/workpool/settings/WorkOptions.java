package dev.workpool.settings;

import dev.workpool.codec.JobCodec;
import java.util.Objects;
import java.util.Optional;

/**
 * How a pool works on a durable queue. Immutable and thread-safe.
 *
 * @param <R> type of the results
 */
public final class WorkOptions<R> {
    private final BatchOptions batch;
    private final Optional<JobCodec<R>> resultCodec;

    private WorkOptions(BatchOptions batch, Optional<JobCodec<R>> resultCodec) {
        this.batch = batch;
        this.resultCodec = resultCodec;
    }

    /**
     * Returns options with which results are not kept.
     *
     * @param <R> type of the results
     * @return the defaults
     */
    public static <R> WorkOptions<R> defaults() {
        return new WorkOptions<>(BatchOptions.defaults(), Optional.empty());
    }

    /**
     * Keeps the results of jobs, if the queue's settings say that all outcomes are kept.
     *
     * @param codec encodes a result that is not null
     * @param <R> type of the results
     * @return options with a codec
     */
    public static <R> WorkOptions<R> keepingResults(JobCodec<R> codec) {
        return new WorkOptions<>(BatchOptions.defaults(), Optional.of(Objects.requireNonNull(codec, "codec")));
    }

    /**
     * Says how the pool runs the jobs: their time-out, their priority and weight among other work of the pool, their
     * permits. A {@link HaltPolicy} holds for the jobs that were claimed together; when it is reached, the whole durable
     * batch is cancelled. Retries are those of the queue's settings, or the pool's if these allow one attempt.
     *
     * @param options of each batch that the pool is given
     * @return changed options
     * @throws IllegalArgumentException if they have a start check, which is the queue's own
     */
    public WorkOptions<R> withBatch(BatchOptions options) {
        if (options.startCheck().isPresent()) {
            throw new IllegalArgumentException("options of a batch have a start check; allowed for work on a durable"
                    + " queue: none, since the queue has its own");
        }
        return new WorkOptions<>(Objects.requireNonNull(options, "options of a batch"), resultCodec);
    }

    /** {@return how the pool runs the jobs} */
    public BatchOptions batch() {
        return batch;
    }

    /** {@return what encodes results; empty, by default, if they are not kept} */
    public Optional<JobCodec<R>> resultCodec() {
        return resultCodec;
    }
}
