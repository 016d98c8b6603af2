package dev.workpool.settings;

import dev.workpool.job.Outcome;

/**
 * Says what becomes of a job that is submitted while the pool's queue is full, see {@code queue-capacity}. Actors that
 * send commands never wait and never run jobs: for them {@link #BLOCK} and {@link #CALLER_RUNS} mean {@link #REJECT}. A
 * batch is accepted as a whole or not at all; one that is larger than the queue is {@link Outcome.Rejected}, unless
 * idle workers and the queue together take all of it at once, or its caller runs the jobs that do not fit.
 */
public enum WhenFull {
    /** The job is {@link Outcome.Rejected}. */
    REJECT,

    /**
     * The submitting thread waits until there is room or the pool is closed. Waiting threads are served first come,
     * first served, with single jobs and batches alike: nobody overtakes a batch that waits until all of it fits. If
     * the thread is interrupted meanwhile, the job is {@link Outcome.Rejected}. On an actor's thread, or on a worker's
     * of the same pool, submitting fails with an {@link IllegalStateException} instead of waiting; an asynchronous
     * handler that submits to its own pool is not noticed.
     */
    BLOCK,

    /**
     * The submitting thread runs the job, in addition to the workers and without a time-out; a single job without options is run once.
     * Of a batch it runs the last jobs until there is room for all others. Only then are these queued; workers do not
     * begin with them before. Those that fail are tried again by workers, if the batch's (or the job's own) retries
     * allow; meanwhile they wait in the queue, beyond its capacity. Cancelling does not reach the jobs that it runs.
     * An interrupt of the thread does, also one that such a job has left behind: the thread is the submitter's. On
     * an actor's thread, submitting fails with an {@link IllegalStateException}.
     */
    CALLER_RUNS,

    /**
     * The job is accepted, and the job that has been queued longest becomes {@link Outcome.Rejected} in its place. Jobs
     * that idle workers are about to take are not dropped. A job that was waiting for a retry gets the outcome of its
     * last attempt. After the pool was closed, new jobs are {@link Outcome.Rejected}.
     */
    DROP_OLDEST
}
