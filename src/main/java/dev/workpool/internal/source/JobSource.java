package dev.workpool.internal.source;

/** The source of a stream's jobs. Used on the thread that takes them. */
interface JobSource<J> {
    /** Where they go to. */
    interface Sink<J> {
        /** See {@link Window#await}. */
        long await(long taken);

        /** Hands a job in; false if no more are wanted. */
        boolean offer(J job);

        /** Has {@link #await} return, on another thread. */
        void poke();
    }

    /**
     * Hands jobs to a sink, until there are no more, or it wants no more. Not called before the pool has the stream.
     *
     * @param sink as it has room
     * @throws Throwable what ends the input
     */
    void pull(Sink<J> sink) throws Throwable;

    /** Lets go of the source. Called once, in the end, whatever has become of it. */
    default void close() throws Exception {}
}
