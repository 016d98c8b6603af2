package dev.workpool.internal.limit;

/**
 * Decides how many workers there should be: a fixed number, or one that follows the time that jobs take. Confined to
 * the router's thread.
 */
public interface ConcurrencyLimit {

    /** {@return how many workers there are to be: 1 or more} */
    int workers();

    /** {@return how many there are at least} */
    int fewest();

    /** {@return how many there are at most} */
    int most();

    /**
     * Changes how many there may be.
     *
     * @param most 1 or more
     */
    void bound(int most);

    /**
     * A worker has reported a chunk.
     *
     * @param jobs how many jobs of it were run: 1 or more
     * @param elapsedNs how long the worker was at it
     * @param regular whether that is the time which such jobs take: they were not cut off, and did not fail
     * @param allBusy whether every worker had something to do, this one included
     */
    void ended(int jobs, long elapsedNs, boolean regular, boolean allBusy);

    /** What the jobs wait for has shown that it has too many of them: one has timed out, or was told so. */
    void overloaded();
}
