package dev.workpool.job;

/**
 * Receives the outcomes of a stream's jobs, each with its job.
 *
 * <p>Called once per job, on the pool's callback executor and never on an actor's thread: for one stream one call after another, with a
 * happens-before between them, so that a consumer needs no lock for its own state. It may block: then the window fills up, and no
 * more jobs are taken from the source.
 *
 * @param <J> type of the jobs
 * @param <R> type of a successful job's result
 */
@FunctionalInterface
public interface StreamConsumer<J, R> {
    /**
     * Takes one outcome.
     *
     * @param job the job, as it came from the source
     * @param outcome how it ended
     * @throws Exception to end the stream: it is cancelled, takes no more outcomes, and its result fails with this
     */
    void accept(J job, Outcome<R> outcome) throws Exception;
}
