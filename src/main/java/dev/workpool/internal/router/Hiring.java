package dev.workpool.internal.router;

import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.slice.Slice;
import dev.workpool.job.Outcome;
import java.util.function.Supplier;

/**
 * What a {@link ChunkScheduler} needs from its actor: workers, and a way to report jobs that no worker will report.
 */
interface Hiring<J, R> {
    /** Fills a slot with a new worker. */
    void hire(Slot<J, R> slot);

    /** Stops a slot's worker, without a report of its end. */
    void dismiss(Slot<J, R> slot);

    /** Gives all jobs of a slice the same outcome. */
    void settle(Slice<R> slice, Outcome<R> outcome);

    /** Tells the outcomes of the first jobs of a slice. */
    void acknowledge(Slice<R> slice, Outcomes<R> outcomes);

    /** Gives granted jobs back to the dispatcher, and tells the demand that is left. */
    void giveBack(Slice<R> slice, long upTo);

    /**
     * Tells that there are fewer workers than there are to be.
     *
     * @param left how many there are for now
     * @param workers how many there are to be
     * @param cause why another could not begin
     */
    void shortOfThreads(int left, int workers, Throwable cause);

    /**
     * Whether it may go unnoticed that a stage has completed, for want of a stack, so that runners have to look from
     * time to time.
     */
    default boolean mayMissEnds() {
        return true;
    }

    /** The handler of a stopped job, which was waited for, has been told. May be called on any thread. */
    void told(Assignment<J, R> assignment);

    /** A job has run for long. What it is doing may be asked on any thread but the router's. */
    void runsLong(Assignment<J, R> assignment, int position, Supplier<String> doing);

    /** A handler ignored that it was stopped. What it is doing may be asked on any thread but the router's. */
    void abandoned(Assignment<J, R> assignment, Supplier<String> doing, boolean replaced);
}
