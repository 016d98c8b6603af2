package dev.workpool.internal.collector;

import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;

/** Counts the jobs of a batch by the way they ended. Of the thread that has the batch's ledger. */
public final class Counts {
    private long succeeded;
    private long failed;
    private long timedOut;
    private long cancelled;
    private long rejected;

    /** What {@link #progress} gave last. */
    private BatchProgress last;

    /** Counts on from what was counted before. */
    public static Counts from(BatchProgress before) {
        Counts counts = new Counts();
        counts.succeeded = before.succeeded();
        counts.failed = before.failed();
        counts.timedOut = before.timedOut();
        counts.cancelled = before.cancelled();
        counts.rejected = before.rejected();
        return counts;
    }

    public void addSuccesses(int more) {
        succeeded += more;
    }

    /** Counts what is {@link PackedOutcome}. */
    public void add(Object element) {
        add(element, 1);
    }

    /** Counts jobs of which the same is {@link PackedOutcome}. */
    public void add(Object element, int jobs) {
        if (element instanceof PackedOutcome packedOutcome) {
            add(packedOutcome.outcome(), jobs);
        } else {
            succeeded += jobs;
        }
    }

    private void add(Outcome<?> outcome, int jobs) {
        if (outcome instanceof Outcome.Succeeded) {
            succeeded += jobs;
        } else if (outcome instanceof Outcome.Failed) {
            failed += jobs;
        } else if (outcome instanceof Outcome.Cancelled) {
            cancelled += jobs;
        } else if (outcome instanceof Outcome.TimedOut) {
            timedOut += jobs;
        } else {
            rejected += jobs;
        }
    }

    /** A snapshot of the counts of so many jobs. */
    public BatchProgress progress(long total) {
        long done = succeeded + failed + timedOut + cancelled + rejected;
        if (last == null || last.total() != total || last.done() != done) {
            last = new BatchProgress(total, succeeded, failed, timedOut, cancelled, rejected);
        }
        return last;
    }
}
