package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.store.SegmentRow;
import dev.workpool.settings.BatchOptions;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Has jobs run by a pool.
 *
 * @param <J> type of the jobs
 */
public interface Runner<J> {
    /** Somebody who wants to know how jobs ended. */
    interface Starter {
        /** Makes a piece of what the pool runs. */
        <T> Piece<T> piece(List<T> jobs);
    }

    /**
     * Gives jobs to the pool. May block where the pool makes its submitters wait.
     *
     * @param segment what they are of
     * @param numbers theirs
     * @param jobs decoded
     * @param options how to run them
     * @param starter makes the piece of them
     * @param ended is told when all have ended, with their outcomes as far as they were not taken
     */
    void run(
            SegmentRow segment,
            long[] numbers,
            List<J> jobs,
            BatchOptions options,
            Starter starter,
            BiConsumer<Piece<?>, List<Piece.Ended>> ended);

    /** How many workers the pool has. */
    int workers();

    /** How many handlers of the pool run although their jobs were given up. */
    int abandoned();

    /** Whether the pool takes no more jobs. */
    boolean hasEnded();

    /** Whether jobs are acknowledged in transactions of their own. */
    boolean isTransactional();

    /** Whether the pool asks right before a job begins whether it may, as one whose workers are elsewhere does not. */
    boolean asksBeforeStart();

    /** The pool's name. */
    String pool();
}
