package dev.workpool.job;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The one final answer for a job. Every accepted job gets exactly one; a job that is not accepted is {@link Rejected}.
 *
 * <p>Immutable. A {@code switch} or a chain of {@code instanceof} over the five records is exhaustive.
 *
 * @param <R> type of a successful job's result
 */
public sealed interface Outcome<R> {

    /**
     * Returns how often the handler was called for this job; 0 means that no handler ever saw it.
     *
     * @return the number of attempts, 0 or more
     */
    int attempts();

    /**
     * Whether the handler returned a result.
     *
     * @return true for {@link Succeeded} only
     */
    default boolean isSuccess() {
        return this instanceof Succeeded;
    }

    /**
     * Returns why there is no result, as an exception: the error of a job that has failed, a {@link TimeoutException},
     * a {@link CancellationException} or a {@link RejectedExecutionException}.
     *
     * @return what {@link dev.workpool.WorkerPool#submit} fails with; empty for {@link Succeeded}
     */
    default Optional<Throwable> problem() {
        if (this instanceof Succeeded) {
            return Optional.empty();
        } else if (this instanceof Failed<R> failed) {
            return Optional.of(failed.error());
        } else if (this instanceof TimedOut<R> timedOut) {
            return Optional.of(new TimeoutException(
                    (timedOut.attempts() == 0 ? "the job had not begun after " : "the job took longer than ")
                            + timedOut.timeout()));
        } else if (this instanceof Rejected<R> rejected) {
            return Optional.of(new RejectedExecutionException(rejected.reason()));
        }
        return Optional.of(new CancellationException("the job was cancelled"));
    }

    /**
     * The handler returned, or its stage completed.
     *
     * @param value what the handler returned; may be null
     * @param attempts how often the handler was called, 1 or more
     * @param <R> type of the result
     */
    record Succeeded<R>(R value, int attempts) implements Outcome<R> {}

    /**
     * The handler threw, or its stage failed, while there was time left.
     *
     * @param error what it threw, an {@link Error} too, never null; the failure of a stage is unwrapped from its {@link
     *     java.util.concurrent.CompletionException}
     * @param attempts how often the handler was called, 1 or more
     * @param <R> type of the result that did not come
     */
    record Failed<R>(Throwable error, int attempts) implements Outcome<R> {
        /**
         * Checks that there is an error.
         *
         * @param error what it threw, an {@link Error} too, never null
         * @param attempts how often the handler was called, 1 or more; 0 for a job of a durable queue that could not be
         *     decoded
         */
        public Failed {
            Objects.requireNonNull(error, "error");
        }
    }

    /**
     * The job took longer than it was allowed to; or its handler failed for that reason, see {@link
     * JobContext#deadline}.
     *
     * @param timeout the time-out that ended it
     * @param attempts how often the handler was called
     * @param <R> type of the result that did not come
     */
    record TimedOut<R>(Duration timeout, int attempts) implements Outcome<R> {
        /**
         * Checks that there is a time-out.
         *
         * @param timeout the time-out that ended it
         * @param attempts how often the handler was called
         */
        public TimedOut {
            Objects.requireNonNull(timeout, "timeout");
        }
    }

    /**
     * The job, its batch or its pool was cancelled before the job had ended.
     *
     * @param attempts 0 if it certainly never started; 1 or more if it had been handed to its handler when the
     *     cancellation reached it, whatever the handler did afterwards. After a pool that was stopped without being
     *     drained or aborted, 1 says that it may have started.
     * @param <R> type of the result that did not come
     */
    record Cancelled<R>(int attempts) implements Outcome<R> {}

    /**
     * The pool did not accept the job: it was closed, or full. No handler ever saw it.
     *
     * @param reason why, in words for a person
     * @param <R> type of the result that did not come
     */
    record Rejected<R>(String reason) implements Outcome<R> {
        /**
         * Checks that there is a reason.
         *
         * @param reason why, in words for a person
         */
        public Rejected {
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public int attempts() {
            return 0;
        }
    }
}
