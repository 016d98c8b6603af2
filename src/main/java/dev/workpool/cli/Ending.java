package dev.workpool.cli;

import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * How a job of a run ended.
 *
 * @param job the job
 * @param kind which kind of outcome it had
 * @param result what there is to report; null if there is nothing
 * @param message why the job did not succeed; empty if it did
 */
record Ending(Job job, Kind kind, Result result, String message) {

    /** The kinds of outcomes, by the words that users see. */
    enum Kind {
        SUCCEEDED,
        FAILED,
        TIMED_OUT,
        CANCELLED,
        REJECTED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Makes an ending of what a future completed with: of the two, the one that is not null counts. What the last attempt left is
     * the result, but for a cancelled job, of which nothing is shown.
     */
    static Ending of(Job job, Result value, Throwable error) {
        Result left = job.takeLeft();
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause == null) {
            return new Ending(job, Kind.SUCCEEDED, left == null ? value : left, "");
        }
        if (cause instanceof CancellationException) {
            if (left != null) {
                left.close();
            }
            return new Ending(job, Kind.CANCELLED, null, "cancelled");
        }
        return new Ending(job, kindOf(cause), left, Messages.why(cause));
    }

    private static Kind kindOf(Throwable error) {
        if (error instanceof TimeoutException) {
            return Kind.TIMED_OUT;
        }
        return error instanceof RejectedExecutionException ? Kind.REJECTED : Kind.FAILED;
    }
}
