package dev.workpool.internal.collector;

import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;

/**
 * Keeps the account of a batch's jobs: which have their outcome, and how many ended in each way. The first outcome of a
 * job counts.
 *
 * <p>Of one thread at a time: its collector's, or its dispatcher's once the collector's actor is gone.
 */
public interface Ledger<R> {
    /**
     * Takes in how attempts have ended.
     *
     * @param first index of the first job that they belong to
     * @param outcomes of neighbouring jobs
     */
    void acknowledge(long first, Outcomes<R> outcomes);

    /**
     * Gives neighbouring jobs the same outcome, those that have one already excepted. Nothing follows upon it.
     *
     * @param first index of the first
     * @param count how many
     * @param outcome what they become
     */
    void settle(long first, long count, Outcome<R> outcome);

    /**
     * Gives every job that still has none the same outcome, and completes.
     *
     * @param outcome what they become
     */
    void settleRest(Outcome<R> outcome);

    /** Whether a job has no outcome yet. */
    boolean isOpen(long index);

    /** The errors of a job's attempts have been linked, where that was asked for: its outcome is final. */
    default void linked(long index) {}

    /** Jobs whose attempts are over have their outcome now, whatever else was to be done with their errors. */
    default void settleLinking() {}

    /** A job that was to be tried again is not: its last attempt stands. */
    default void giveUp(long index) {}

    /**
     * There will be no more jobs, where they were not all known from the beginning.
     *
     * @param total how many there are
     */
    default void endOfInput(long total) {}

    /** Somebody waits for the first success, which may have come before. Not of single jobs, nor of a stream. */
    default void awaitSuccess() {}

    /** The counts so far. */
    BatchProgress progress();
}
