package dev.workpool.internal.stream;

import dev.workpool.internal.collector.Outcomes;

/**
 * Receives the final outcomes of a stream's jobs, each exactly once. Called on the thread that has the stream's ledger,
 * which it must not hold up.
 */
interface OutcomeSink<R> {
    /**
     * Takes the outcomes of neighbouring jobs.
     *
     * @param first index of the first
     * @param jobs the jobs themselves, as they came in; the array is the receiver's
     * @param outcomes as many
     */
    void put(long first, Object[] jobs, Outcomes<R> outcomes);

    /**
     * Has something done once everything that was put before has gone on. By default that is now.
     *
     * @param action what follows
     */
    default void afterAll(Runnable action) {
        action.run();
    }
}
