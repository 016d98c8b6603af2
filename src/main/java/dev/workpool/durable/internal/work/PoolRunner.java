package dev.workpool.durable.internal.work;

import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.durable.internal.enqueue.Lanes;
import dev.workpool.durable.internal.store.SegmentRow;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.StreamOptions;
import java.util.List;
import java.util.function.BiConsumer;

/** Runs jobs of a queue as batches of a pool; those of a keyed queue as a stream, one after another for each key. */
public final class PoolRunner<J, R> extends BatchRunner<J, J, R> {
    private final Lanes<J> lanes;
    private final OutcomeTeller<J, R> teller;

    /**
     * Runs jobs by a pool.
     *
     * @param teller tells how they went; null if nobody wants to know
     */
    public PoolRunner(WorkerPool<J, R> pool, Lanes<J> lanes, OutcomeTeller<J, R> teller) {
        super(pool);
        this.lanes = lanes;
        this.teller = teller;
    }

    @Override
    public void run(
            SegmentRow segment,
            long[] numbers,
            List<J> jobs,
            BatchOptions options,
            Starter starter,
            BiConsumer<Piece<?>, List<Piece.Ended>> ended) {
        if (!lanes.areUsed()) {
            runBatch(jobs, options, starter, ended);
            return;
        }
        Piece<J> piece = starter.piece(jobs);
        Processing stream = pool.process(
                jobs.iterator(),
                StreamOptions.<J>keyed(lanes::keyText).withBatch(options),
                (job, outcome) -> onOutcome(piece, options, job, outcome));
        piece.started(stream, stream::cancelUnstarted, stream::cancel);
        stream.result().whenComplete((counts, failure) -> ended.accept(piece, piece.takeRest(null)));
    }

    @Override
    void onOutcome(Piece<J> piece, BatchOptions options, J job, Outcome<R> outcome) {
        if (teller != null) {
            teller.tell(piece, options, job, outcome);
        }
        piece.ended(job, outcome);
    }

    @Override
    public boolean isTransactional() {
        return false;
    }
}
