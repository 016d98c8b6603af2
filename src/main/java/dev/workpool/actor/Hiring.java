package dev.workpool.actor;

import dev.workpool.Outcome;

/** What a {@link Crew} needs of its actor: workers, and somebody to tell what no worker will report. */
interface Hiring<J, R> {
    /** Fills a slot with a new worker. */
    void hire(Slot<J, R> slot);

    /** Stops a slot's worker, which is not to be reported. */
    void dismiss(Slot<J, R> slot);

    /** Gives all jobs of a slice the same outcome. */
    void settle(Slice<R> slice, Outcome<R> outcome);

    /** Tells the outcomes of the first jobs of a slice. */
    void acknowledge(Slice<R> slice, Outcomes<R> outcomes);

    /** Gives jobs that were granted back to the dispatcher, and says what demand is left. */
    void giveBack(Slice<R> slice, long upTo);

    /** A handler ignored that it was stopped. Must not fail. */
    void abandoned(String doing, boolean replaced);
}
