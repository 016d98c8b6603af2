package dev.workpool.durable.internal.segment;

import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.durable.job.StoredFailure;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * How a job of a batch ended, as it is stored.
 *
 * @param index the job's index in its batch
 * @param kind how it ended
 * @param attempts how often its handler was called, in all processes
 * @param value the encoded result of a job that succeeded; null if none was kept, or there is none
 * @param error of a job that failed; otherwise null
 * @param timeout of a job that timed out; otherwise zero
 */
public record StoredOutcome(long index, Kind kind, int attempts, byte[] value, StoredFailure error, Duration timeout) {
    /** The ways in which a job can end. */
    public enum Kind {
        SUCCEEDED(0),
        FAILED(1),
        TIMED_OUT(2),
        CANCELLED(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** What is stored for it. */
        int code() {
            return code;
        }

        static Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new DamagedBlock("an outcome is of kind " + code);
        }
    }

    public static StoredOutcome succeeded(long index, int attempts, byte[] value) {
        return new StoredOutcome(index, Kind.SUCCEEDED, attempts, value, null, Duration.ZERO);
    }

    public static StoredOutcome failed(long index, int attempts, StoredFailure error) {
        return new StoredOutcome(index, Kind.FAILED, attempts, null, error, Duration.ZERO);
    }

    public static StoredOutcome timedOut(long index, int attempts, Duration timeout) {
        return new StoredOutcome(index, Kind.TIMED_OUT, attempts, null, null, timeout);
    }

    public static StoredOutcome cancelled(long index, int attempts) {
        return new StoredOutcome(index, Kind.CANCELLED, attempts, null, null, Duration.ZERO);
    }

    /** The same outcome for another index. */
    public StoredOutcome at(long newIndex) {
        return newIndex == index ? this : new StoredOutcome(newIndex, kind, attempts, value, error, timeout);
    }

    /** Why the job has failed; of one that timed out, that it did. */
    public StoredFailure failure() {
        return error != null
                ? error
                : new StoredFailure(TimeoutException.class.getName(), "the job took longer than " + timeout, "");
    }

    /** One of this kind. */
    public OutcomeCounts count() {
        return new OutcomeCounts(
                kind == Kind.SUCCEEDED ? 1 : 0,
                kind == Kind.FAILED ? 1 : 0,
                kind == Kind.TIMED_OUT ? 1 : 0,
                kind == Kind.CANCELLED ? 1 : 0);
    }
}
