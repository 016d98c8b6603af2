package dev.workpool.job;

/**
 * Receives the outcomes of a batch's or a stream's jobs as they complete, each with its job.
 *
 * <p>Called once per job, on the pool's callback executor and never on an actor's thread: for one batch or stream one
 * call after another, with a happens-before between them, so that a consumer needs no lock for its own state. All calls
 * have returned before the result completes. It may block; then later outcomes of the same batch wait in memory, and of
 * a stream the window fills up, so that no more jobs are taken from its source.
 *
 * <p>A batch that is not accepted is delivered, too. What a batch's consumer throws changes no outcome, and is logged:
 * as one line for the batch, with the number of calls that threw and the first error. What a stream's consumer throws
 * ends the stream: it is cancelled, delivers no more outcomes, and its result fails with that.
 *
 * @param <J> type of the jobs
 * @param <R> type of a successful job's result
 */
@FunctionalInterface
public interface OutcomeConsumer<J, R> {
    /**
     * Takes one outcome.
     *
     * @param job the job, as it was submitted or came from the source
     * @param outcome how it ended
     * @throws Exception any failure; see above for what follows
     */
    void accept(J job, Outcome<R> outcome) throws Exception;
}
