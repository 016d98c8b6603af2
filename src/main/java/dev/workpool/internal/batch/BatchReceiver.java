package dev.workpool.internal.batch;

import dev.workpool.internal.util.SerialExecutor;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Tells how a batch ends: its consumer for each job, and then whoever waits for the result. Every way for a batch to
 * end is told through it.
 *
 * <p>Of one thread at a time: the one that owns the batch's ledger or, if the batch never gets one, whoever refuses it.
 */
public final class BatchReceiver<R> {
    /** What both are told on. With a consumer it keeps the order of the calls, of which the result's is the last. */
    private final Executor calls;

    /** Null if there is none. */
    private final ConsumerCalls<?, R> consumer;

    private final Consumer<BatchResult<R>> onResult;

    private BatchReceiver(
            ConsumerCalls<?, R> consumer,
            Executor callbacks,
            Executor withoutConsumer,
            Consumer<BatchResult<R>> onResult) {
        this.consumer = consumer;
        this.calls = consumer == null ? withoutConsumer : new SerialExecutor(callbacks);
        this.onResult = onResult;
    }

    /**
     * Tells users' code.
     *
     * @param consumer the consumer's calls; null if there is none
     * @param callbacks runs users' code
     * @param onResult gets the result, once, on that executor
     * @param <R> type of the results
     * @return a receiver that has been told nothing
     */
    public static <R> BatchReceiver<R> of(
            ConsumerCalls<?, R> consumer, Executor callbacks, Consumer<BatchResult<R>> onResult) {
        return new BatchReceiver<>(consumer, callbacks, callbacks, onResult);
    }

    /**
     * Tells an actor the result, which runs nobody's code: without a consumer it is told at once, and so before it
     * hears that the pool has ended.
     *
     * @param consumer the consumer's calls; null if there is none
     * @param callbacks runs the consumer
     * @param onResult tells the actor the result
     */
    public static <R> BatchReceiver<R> forActor(
            ConsumerCalls<?, R> consumer, Executor callbacks, Consumer<BatchResult<R>> onResult) {
        return new BatchReceiver<>(consumer, callbacks, Runnable::run, onResult);
    }

    /**
     * Neighbouring jobs have their outcomes.
     *
     * @param begin the first of them
     * @param end one past the last
     * @param outcomes by index; never changes for these
     */
    void deliver(int begin, int end, IntFunction<Outcome<R>> outcomes) {
        if (begin < end && consumer != null) {
            calls.execute(() -> consumer.accept(begin, end, outcomes));
        }
    }

    /**
     * All jobs have been delivered. Called once.
     *
     * @param result made where it is told
     */
    void complete(Supplier<BatchResult<R>> result) {
        calls.execute(() -> {
            try {
                if (consumer != null) {
                    consumer.end();
                }
            } finally {
                onResult.accept(result.get());
            }
        });
    }
}
