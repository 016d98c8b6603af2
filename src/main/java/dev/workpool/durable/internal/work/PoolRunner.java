package dev.workpool.durable.internal.work;

import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.durable.internal.enqueue.Lanes;
import dev.workpool.durable.internal.store.SegmentRow;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.StreamOptions;
import java.util.List;
import java.util.function.BiConsumer;

/** Runs jobs of a queue as batches of a pool; those of a keyed queue as a stream, one after another for each key. */
public final class PoolRunner<J, R> implements Runner<J> {
    private final WorkerPool<J, R> pool;
    private final Lanes<J> lanes;

    public PoolRunner(WorkerPool<J, R> pool, Lanes<J> lanes) {
        this.pool = pool;
        this.lanes = lanes;
    }

    @Override
    public void run(
            SegmentRow segment,
            long[] numbers,
            List<J> jobs,
            BatchOptions options,
            Starter starter,
            BiConsumer<Piece<?>, List<Piece.Ended>> ended) {
        Piece<J> piece = starter.piece(jobs);
        if (lanes.areUsed()) {
            Processing stream = pool.process(
                    jobs.iterator(),
                    StreamOptions.<J>keyed(lanes::keyText).withBatch(options),
                    (job, outcome) -> piece.ended(job, outcome));
            piece.started(stream, stream::cancelUnstarted);
            stream.result().whenComplete((counts, failure) -> ended.accept(piece, piece.takeRest(null)));
        } else {
            Batch<R> batch = pool.submitAll(jobs, options, (job, outcome) -> piece.ended(job, outcome));
            piece.started(batch, batch::cancelUnstarted);
            batch.result()
                    .whenComplete((result, failure) ->
                            ended.accept(piece, piece.takeRest(failure == null ? result.outcomes() : null)));
        }
    }

    @Override
    public int workers() {
        return pool.snapshot().workers();
    }

    @Override
    public boolean hasEnded() {
        return pool.health().isDown();
    }

    @Override
    public boolean isTransactional() {
        return false;
    }

    @Override
    public String pool() {
        return pool.name();
    }
}
