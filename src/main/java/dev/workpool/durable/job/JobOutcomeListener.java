package dev.workpool.durable.job;

import dev.workpool.job.Outcome;

/**
 * Is told of each job that a pool of this process was given from a durable queue, on threads of the callback dispatcher: before what
 * has become of the job is written to the store. So what it keeps of a job that has ended is kept at least once, as the job runs: a
 * process that dies between the two has the job run and told again elsewhere. It may block, which delays that the job is
 * acknowledged; the lease is kept meanwhile. What it throws is logged the first time and otherwise ignored.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
@FunctionalInterface
public interface JobOutcomeListener<J, R> {
    /**
     * Called once for each job that the pool was given; several at a time for different jobs.
     *
     * @param job as the handler got it
     * @param outcome of its last attempt, with the number of its attempts in all processes
     * @param isLast whether the job has ended, unless the lease turns out to be lost; false if it is tried again after a wait in the
     *     store, or is given back
     */
    void onOutcome(J job, Outcome<R> outcome, boolean isLast);
}
