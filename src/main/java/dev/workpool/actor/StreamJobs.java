package dev.workpool.actor;

/** The jobs of a stream that were accepted and never granted. Of the dispatcher's thread. */
interface StreamJobs<R> {
    /** Jobs that may be granted now. */
    long ready();

    /** The next of them: 1 to {@code max}. Only called while there are some. */
    Slice<R> take(int max);

    /**
     * Accepts more jobs, which are in the stream's inlet.
     *
     * @param count how many
     */
    void accept(long count);

    /** Takes in which jobs have their outcome, upon which others may be ready. */
    default void takeInSettled() {}

    /** The stream has been stopped: whatever is not granted is to be taken, to be settled. */
    default void release() {}
}
