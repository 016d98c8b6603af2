package dev.workpool.internal.collector;

import dev.workpool.internal.util.ErrorGraph;
import dev.workpool.job.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Keeps the errors of a job's failed attempts: the first and the last few, so that a job which is tried for hours holds
 * no more than one that is tried sixteen times. Used by one thread.
 */
final class FailedAttempts<R> {
    private static final int MOST = 16;

    /** At most {@link #MOST}, in their order; what was left out was between the first two. */
    private final List<Outcome<R>> kept = new ArrayList<>(1); // a batch may have a million jobs that fail once

    /**
     * An attempt has failed.
     *
     * @param outcome of a later attempt than those before
     */
    void add(Outcome<R> outcome) {
        if (kept.size() == MOST) {
            kept.remove(1);
        }
        kept.add(outcome);
    }

    /** The last that was added, which there is. */
    Outcome<R> last() {
        return kept.get(kept.size() - 1);
    }

    /** The last that was added, which is not kept from now on. */
    Outcome<R> removeLast() {
        return kept.remove(kept.size() - 1);
    }

    /** The errors that handlers threw, of the attempts that are kept. */
    List<Throwable> errors() {
        List<Throwable> errors = new ArrayList<>(kept.size() + 1);
        for (Outcome<R> outcome : kept) {
            if (outcome instanceof Outcome.Failed<R> failed) {
                errors.add(failed.error());
            }
        }
        return errors;
    }

    /**
     * Has the error of the job's last attempt suppress those that are kept, the latest first, and tell which are not.
     * Calls users' code.
     */
    void suppressIn(Throwable error) {
        boolean others = false;
        for (int i = kept.size() - 1; i >= 0; i--) {
            Throwable earlier = errorOf(kept.get(i));
            others |= earlier != error;
            if (i == 0 && others && isAnyLeftOut()) {
                ErrorGraph.suppress(error, leftOut());
            }
            if (!ErrorGraph.suppress(error, earlier)) {
                return;
            }
        }
    }

    private static Throwable errorOf(Outcome<?> outcome) {
        return outcome instanceof Outcome.Failed<?> failed
                ? failed.error()
                : new TimeoutException("attempt " + outcome.attempts() + " took longer than "
                        + ((Outcome.TimedOut<?>) outcome).timeout());
    }

    private boolean isAnyLeftOut() {
        return kept.size() > 1 && kept.get(1).attempts() > kept.get(0).attempts() + 1;
    }

    private OmittedAttempts leftOut() {
        int first = kept.get(0).attempts() + 1;
        int last = kept.get(1).attempts() - 1;
        return new OmittedAttempts(
                first == last
                        ? "attempt " + first + " failed as well; its error was not kept"
                        : "attempts " + first + " to " + last + " failed as well; their " + (last - first + 1)
                                + " errors were not kept");
    }

    /** Tells a reader of a stack trace what is missing in it. Was thrown nowhere, so it has no stack of its own. */
    static final class OmittedAttempts extends Exception {
        private static final long serialVersionUID = 1;

        OmittedAttempts(String message) {
            super(message, null, false, false);
        }
    }
}
