package dev.workpool.durable.internal.work;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A pool that runs jobs of a queue as batches, each as something that the pool takes.
 *
 * @param <J> type of the queue's jobs
 * @param <T> type of what the pool runs
 * @param <R> type of the results
 */
abstract class BatchRunner<J, T, R> implements Runner<J> {
    final WorkerPool<T, R> pool;

    BatchRunner(WorkerPool<T, R> pool) {
        this.pool = pool;
    }

    final void runBatch(
            List<T> tasks, BatchOptions options, Starter starter, BiConsumer<Piece<?>, List<Piece.Ended>> ended) {
        Piece<T> piece = starter.piece(tasks);
        Batch<R> batch = pool.submitAll(tasks, options, (task, outcome) -> onOutcome(piece, options, task, outcome));
        piece.started(batch, batch::cancelUnstarted, batch::cancel);
        batch.result()
                .whenComplete((result, failure) ->
                        ended.accept(piece, piece.takeRest(failure == null ? result.outcomes() : null)));
    }

    /** On a callback thread of the pool. */
    void onOutcome(Piece<T> piece, BatchOptions options, T task, Outcome<R> outcome) {
        piece.ended(task, outcome);
    }

    @Override
    public final int workers() {
        return pool.snapshot().workers();
    }

    @Override
    public final int abandoned() {
        return (int) pool.snapshot().abandoned();
    }

    @Override
    public final boolean hasEnded() {
        return pool.health().isDown();
    }

    @Override
    public final boolean asksBeforeStart() {
        return pool.asksStartChecks();
    }

    @Override
    public final String pool() {
        return pool.name();
    }
}
