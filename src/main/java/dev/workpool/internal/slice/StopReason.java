package dev.workpool.internal.slice;

import dev.workpool.internal.collector.Collector;
import dev.workpool.job.Outcome;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/**
 * The reason why jobs are stopped, which decides their outcome.
 *
 * @param timeout the time-out that ended them; null if they were cancelled
 */
public record StopReason(Duration timeout) {
    public static final StopReason CANCELLED = new StopReason(null);

    public static StopReason timedOut(Duration timeout) {
        return new StopReason(timeout);
    }

    /** The outcome of a job whose handler had been called so many times. */
    public <R> Outcome<R> after(int attempts) {
        return timeout == null ? new Outcome.Cancelled<>(attempts) : new Outcome.TimedOut<>(timeout, attempts);
    }

    /** What a stream is told that is cut short for it; null where somebody wanted it to be. */
    public Throwable problem() {
        return timeout == null
                ? null
                : new TimeoutException("the stream took longer than " + timeout + "; not all of its input was taken");
    }

    /** The outcome of a slice's jobs, which have not begun at its attempt. */
    public <R> Outcome<R> ofUnstarted(Slice<R> slice) {
        return after(slice.attempt() - 1);
    }

    /** Jobs that a ledger knows of, and that do not run, end so. */
    public <R> void settle(Slice<R> slice) {
        slice.batch().collector().tell(new Collector.Settle<>(slice.first(), slice.size(), ofUnstarted(slice)));
    }
}
