package dev.workpool.job;

/**
 * Receives a batch's outcomes as they complete.
 *
 * <p>Called once per job, on the pool's callback executor and never on an actor's thread: for one batch one call after
 * another, with a happens-before between them, so that a consumer needs no lock for its own state. All calls have returned
 * before the batch's result completes. That holds for a batch that is not accepted, too. It may block; then the batch's later outcomes wait
 * in memory. What it throws changes no outcome, and is logged: as one line for the batch, with the number of calls that threw and the first
 * error.
 *
 * @param <R> type of a successful job's result
 */
@FunctionalInterface
public interface OutcomeConsumer<R> {
    /**
     * Takes one outcome.
     *
     * @param index the job's position in the batch, from 0
     * @param outcome how the job ended
     */
    void accept(int index, Outcome<R> outcome);
}
