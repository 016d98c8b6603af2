package dev.workpool.internal.stream;

import dev.workpool.internal.batch.OpenBatch;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.job.BatchProgress;
import java.util.function.LongConsumer;

/**
 * An incomplete stream, whose jobs become known as they are taken from their source. Confined to the dispatcher's
 * thread.
 */
public final class StreamEntry<J, R> extends OpenBatch<J, R> {
    private final StreamSubmission<J, R> submission;
    private final StreamLedger<J, R> streamLedger;
    private final StreamJobs<R> jobs;

    /** How many jobs the pool has accepted. */
    private long accepted;

    private boolean ended;

    /**
     * A stream that has not begun.
     *
     * @param batch what its jobs belong to
     * @param submission what was submitted
     * @param ledger of its jobs
     * @param unwantedIndices is told which jobs are to be cancelled as soon as they are granted
     */
    public StreamEntry(
            Slice.BatchRef<R> batch,
            StreamSubmission<J, R> submission,
            StreamLedger<J, R> ledger,
            LongConsumer unwantedIndices) {
        super(batch, submission, ledger, ledger.progress());
        this.submission = submission;
        this.streamLedger = ledger;
        this.jobs = submission.keyQueues() != null
                ? new KeyedJobs<>(batch, submission, ledger, unwantedIndices)
                : new UnkeyedJobs<>(batch, submission.streamBuffer(), ledger);
    }

    @Override
    public boolean isComplete() {
        return ended && progress.done() == accepted && streamLedger.isComplete();
    }

    @Override
    public boolean hasWindow() {
        return true;
    }

    @Override
    public long fresh() {
        return jobs.ready();
    }

    @Override
    public Slice<R> takeFresh(int max) {
        return jobs.take(max);
    }

    @Override
    public long indexToCancel(long place) {
        return jobs.indexToCancel(place);
    }

    @Override
    public boolean hasOutcome(long index) {
        return index < jobs.taken() && streamLedger.job(index) == null;
    }

    /** With an array of its own: the ledger lets go of a job that has its outcome, as this one may soon. */
    @Override
    public Slice<R> again(long index, int attempt) {
        Object job = streamLedger.job(index);
        return job == null ? null : new Slice<>(batch, index, new Object[] {job}, 0, 1, attempt);
    }

    /** Jobs that have come and are not accepted yet. */
    public long arrived() {
        return ended ? 0 : submission.streamBuffer().taken() - accepted;
    }

    /**
     * The pool is told when a number of jobs have come that are not accepted yet, or as many as the window may allow.
     */
    public void await(long jobs) {
        if (!ended) {
            submission
                    .streamBuffer()
                    .await(accepted + Math.min(jobs, submission.streamBuffer().segmentSize()));
        }
    }

    /**
     * Accepts jobs that have come.
     *
     * @param count how many
     * @param nowNs the time, if it is to be noted; else {@link PoolGauges#NOTHING}
     */
    public void accept(long count, long nowNs) {
        accepted += count;
        jobs.accept(count, nowNs);
    }

    /** Takes in what the ledger has entered, upon which more jobs may be ready. */
    public void takeInSettled() {
        jobs.takeInSettled();
    }

    /** What is ready is about to be settled. */
    public void stop(StopReason reason) {
        jobs.stop(reason);
    }

    public boolean hasEnded() {
        return ended;
    }

    /**
     * Ends the input.
     *
     * @param problem why, if not because the source has no more, nor because anybody wanted it to; else null
     * @return jobs that have come and are not accepted yet
     */
    public long end(Throwable problem) {
        ended = true;
        long total = submission.close(problem);
        batch.collector().tell(new Collector.EndOfInput<>(total));
        return total - accepted;
    }

    @Override
    public BatchProgress settleAll() {
        streamLedger.endOfInput(accepted);
        super.settleAll();
        jobs.release(); // now, so that outcomes of a key come in their order here too
        return super.settleAll();
    }
}
