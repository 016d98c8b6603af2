package dev.workpool.internal.stream;

import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;

/** The jobs of a stream that were accepted and never granted. Confined to the dispatcher's thread. */
interface StreamJobs<R> {
    /** Jobs that may be granted now. */
    long ready();

    /** The next of them: 1 to {@code max}. Only called while there are some. */
    Slice<R> take(int max);

    /**
     * Accepts more jobs, which are in the stream's buffer.
     *
     * @param count how many
     * @param nowNs the time, if it is to be noted; else {@link PoolGauges#NOTHING}
     */
    void accept(long count, long nowNs);

    /**
     * A job is to be cancelled.
     *
     * @param place how many jobs came before it
     * @return its index; -1 if it has none so far, and is cancelled once it is granted
     */
    default long indexToCancel(long place) {
        return place;
    }

    /** How many jobs were taken, which are those with an index below that. */
    long taken();

    /** Takes in which jobs have their outcome, upon which others may be ready. */
    default void takeInSettled() {}

    /**
     * The stream has been stopped: what is ready is about to be settled, and what is behind a job that is not is
     * settled after it.
     *
     * @param reason what they become
     */
    default void stop(StopReason reason) {}

    /** Whatever is granted has its outcome, and whatever is not is to be ready. */
    default void release() {}
}
