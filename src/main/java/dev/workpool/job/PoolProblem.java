package dev.workpool.job;

import java.time.Duration;
import java.util.Optional;

/**
 * Something in a pool that did not go as it should.
 *
 * @param kind what it is
 * @param pool the pool's name
 * @param batch the batch or stream; empty for jobs that were submitted by themselves
 * @param index the job's index in its batch; of several jobs, that of the first; −1 where jobs have none, and for {@link
 *     Kind#NO_NODE}
 * @param jobs how many neighbouring jobs it is about, nearly always 1; 0 for a stream that was not accepted, which does
 *     not know how many it has, and for {@link Kind#NO_NODE}
 * @param attempt which attempt at the job it is about; 0 if none was made
 * @param error what the handler threw; empty if it threw nothing
 * @param reason why, for a person
 * @param time for a time-out, the time allowed; for a retry, the delay before it; for a job that is overdue or was
 *     abandoned, how long its attempt has run; for how long no node has worked; otherwise zero
 * @param omitted how many problems before this one were not told, since there were too many in a second
 */
public record PoolProblem(
        Kind kind,
        String pool,
        Optional<BatchInfo> batch,
        long index,
        long jobs,
        int attempt,
        Optional<Throwable> error,
        String reason,
        Duration time,
        long omitted) {

    /** Kinds of problems. */
    public enum Kind {
        /** A job has failed for good. */
        FAILED,
        /** A job's time, or its batch's, was over; it is not tried again. */
        TIMED_OUT,
        /** An attempt has failed or timed out, and another follows. */
        RETRIED,
        /** A job has run for longer than {@code warn-after}. It goes on. */
        OVERDUE,
        /** A handler that was told to stop did not, within {@code cancel-grace}. Its job is settled without it. */
        ABANDONED,
        /** A job was not accepted: the queue was full or the pool closed; or it was dropped for a later one. */
        REJECTED,
        /**
         * No node has worked for a pool over a cluster for ten seconds: its jobs wait until one does. Told once, and of each
         * batch that is accepted meanwhile.
         */
        NO_NODE
    }
}
