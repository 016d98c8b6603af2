package dev.workpool.internal.collector;

import dev.workpool.job.Outcome;
import dev.workpool.settings.RetryPolicy;

/**
 * The decision of a retry policy's condition about a failed attempt. It is users' code, so it is asked by the thread
 * that ran the handler, and what it says goes with the outcome to the collector.
 *
 * @param again whether there is to be another attempt
 * @param problem what the condition has thrown, or null; then there is not
 */
public record Verdict(boolean again, Throwable problem) {
    private static final Verdict AGAIN = new Verdict(true, null);
    private static final Verdict LAST = new Verdict(false, null);

    /** Asks a policy. Calls users' code. */
    public static Verdict of(RetryPolicy policy, Outcome.Failed<?> failed) {
        Throwable problem;
        try {
            return policy.retries(failed) ? AGAIN : LAST;
        } catch (Throwable t) {
            problem = t;
        }
        try {
            return new Verdict(false, problem);
        } catch (OutOfMemoryError e) {
            return LAST;
        }
    }
}
