package dev.workpool.actor;

import dev.workpool.BatchProgress;
import dev.workpool.Outcome;

/**
 * The account of a batch's jobs: which have their outcome, and how many ended how. The first outcome of a job counts.
 *
 * <p>Of one thread at a time: its collector's, or its dispatcher's once the collector's actor is gone.
 */
abstract class Ledger<R> {
    private long succeeded;
    private long failed;
    private long timedOut;
    private long cancelled;
    private long rejected;

    /** What {@link #progress} gave last. */
    private BatchProgress last;

    /**
     * Takes outcomes in.
     *
     * @param first index of the first job that they belong to
     * @param outcomes of neighbouring jobs
     */
    abstract void acknowledge(long first, Outcomes<R> outcomes);

    /**
     * Gives neighbouring jobs the same outcome, those that have one already excepted.
     *
     * @param first index of the first
     * @param count how many
     * @param outcome what they become
     */
    abstract void settle(long first, long count, Outcome<R> outcome);

    /**
     * Gives every job that still has none the same outcome, and completes.
     *
     * @param outcome what they become
     */
    abstract void settleRest(Outcome<R> outcome);

    /**
     * How many jobs the account is of, so far.
     *
     * @return 0 or more
     */
    abstract long total();

    final void countSuccesses(int more) {
        succeeded += more;
    }

    /** Counts what is {@link Kept}. */
    final void count(Object element) {
        if (element instanceof Kept kept) {
            count(kept.outcome());
        } else {
            succeeded++;
        }
    }

    private void count(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Succeeded) {
            succeeded++;
        } else if (outcome instanceof Outcome.Failed) {
            failed++;
        } else if (outcome instanceof Outcome.Cancelled) {
            cancelled++;
        } else if (outcome instanceof Outcome.TimedOut) {
            timedOut++;
        } else {
            rejected++;
        }
    }

    final BatchProgress progress() {
        long total = total();
        long done = succeeded + failed + timedOut + cancelled + rejected;
        if (last == null || last.total() != total || last.done() != done) {
            last = new BatchProgress(total, succeeded, failed, timedOut, cancelled, rejected);
        }
        return last;
    }
}
