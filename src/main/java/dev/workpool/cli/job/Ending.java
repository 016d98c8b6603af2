package dev.workpool.cli.job;

import dev.workpool.job.Outcome;
import java.util.Locale;
import java.util.concurrent.CancellationException;

/**
 * How a job of a run ended.
 *
 * @param job the job
 * @param kind which kind of outcome it had
 * @param result what there is to report; null if there is nothing
 * @param message why the job did not succeed; empty if it did
 */
public record Ending(Job job, Kind kind, Result result, String message) {

    /** The kinds of outcomes, by the words that users see. */
    public enum Kind {
        SUCCEEDED,
        FAILED,
        TIMED_OUT,
        CANCELLED,
        REJECTED;

        /** The kind of an outcome. A handler may say as well that its job is cancelled, or has timed out. */
        public static Kind of(Outcome<?> outcome) {
            if (outcome instanceof Outcome.Failed<?> failed) {
                return failed.error() instanceof CancellationException
                        ? CANCELLED
                        : failed.error() instanceof LateFailure ? TIMED_OUT : FAILED;
            } else if (outcome instanceof Outcome.TimedOut) {
                return TIMED_OUT;
            } else if (outcome instanceof Outcome.Cancelled) {
                return CANCELLED;
            }
            return outcome.isSuccess() ? SUCCEEDED : REJECTED;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Makes an ending of an outcome. What the last attempt left is the result, but for a cancelled job, of which nothing is shown.
     */
    public static Ending of(Job job, Outcome<? extends Result> outcome) {
        Kind kind = Kind.of(outcome);
        Result left = job.takeLeft();
        if (kind == Kind.CANCELLED || job.isCutShort()) {
            if (left != null) {
                left.close();
            }
            return new Ending(job, Kind.CANCELLED, null, "cancelled");
        }
        return outcome instanceof Outcome.Succeeded<? extends Result> succeeded
                ? new Ending(job, kind, left == null ? succeeded.value() : left, "")
                : new Ending(job, kind, left, why(outcome));
    }

    private static String why(Outcome<?> outcome) {
        return outcome instanceof Outcome.TimedOut<?> timedOut
                ? LateFailure.message(timedOut.timeout())
                : Messages.why(outcome.problem().orElseThrow());
    }

    /** Lets go of the result. */
    public void close() {
        if (result != null) {
            result.close();
        }
    }
}
