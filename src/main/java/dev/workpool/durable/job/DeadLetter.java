package dev.workpool.durable.job;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A job that has failed for good: it was out of attempts, could not be decoded, or ended its process each time.
 *
 * @param id its number in the store
 * @param batch the number of its batch
 * @param index its index in its batch
 * @param died when, by the clock of the database
 * @param attempts how often its handler was called; 0 if it could not be decoded
 * @param strikes how often its process ended while it ran alone
 * @param job the job; empty if it cannot be decoded here
 * @param encoded the job as it was encoded
 * @param history how each attempt failed, as far as that was stored, the last of them last
 * @param <J> type of the job
 */
public record DeadLetter<J>(
        long id,
        long batch,
        long index,
        Instant died,
        int attempts,
        int strikes,
        Optional<J> job,
        byte[] encoded,
        List<FailedAttempt> history) {

    /**
     * An attempt that has failed.
     *
     * @param attempt its number; the first is 1, and 0 is that it could not be decoded
     * @param error what the handler threw; or, of one that timed out, that it did
     */
    public record FailedAttempt(int attempt, StoredFailure error) {}

    /** {@return all but the encoded job, of which there is the size} */
    @Override
    public String toString() {
        return "DeadLetter(" + id + ", job " + index + " of batch " + batch + ", died " + died + ", attempts "
                + attempts
                + ", strikes " + strikes + ", " + job.map(String::valueOf).orElse(encoded.length + " bytes")
                + ", history "
                + history + ")";
    }

    /** {@return how it failed at last} */
    public StoredFailure error() {
        return history.get(history.size() - 1).error();
    }
}
