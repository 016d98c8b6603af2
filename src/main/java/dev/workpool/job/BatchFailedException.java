package dev.workpool.job;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Thrown when all values of a batch are asked for and not all of its jobs succeeded.
 *
 * <p>The cause is the failure that {@linkplain BatchResult#haltedBy halted} the batch. If none did, it is the reason why
 * the first unsuccessful job in input order has no value, see {@link Outcome#problem}:
 * the error of a job that failed, a {@link java.util.concurrent.TimeoutException}, a {@link
 * java.util.concurrent.CancellationException}, or a {@link java.util.concurrent.RejectedExecutionException} with the
 * reason of the rejection. The message has the counts, the index of that job, and the same reason. The errors of other
 * jobs that failed are suppressed exceptions of this one, each once and at most 16, in input order; the message says
 * how many more there are. {@link BatchResult#failures} has them all.
 */
public final class BatchFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Each has a stack trace of some kilobytes: enough to see what is the matter, and not too much for a log. */
    private static final int MOST_SUPPRESSED = 16;

    private BatchFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * The exception of a batch.
     *
     * @param outcomes in input order; at least one is no success
     * @param counts theirs
     * @param haltedBy the one that halted the batch, if one did
     */
    static BatchFailedException of(List<? extends Outcome<?>> outcomes, BatchProgress counts, OptionalInt haltedBy) {
        int first = haltedBy.orElseGet(() -> firstUnsuccessful(outcomes));
        Throwable cause = outcomes.get(first).problem().orElseThrow();
        List<Throwable> suppressed = new ArrayList<>();
        int more = 0;
        for (Outcome<?> outcome : outcomes) {
            if (outcome instanceof Outcome.Failed<?> failed
                    && failed.error() != cause
                    && !containsSame(suppressed, failed.error())) {
                if (suppressed.size() < MOST_SUPPRESSED) {
                    suppressed.add(failed.error());
                } else {
                    more++;
                }
            }
        }
        String message =
                "%d of %d jobs did not succeed: %d failed, %d timed out, %d cancelled, %d rejected; %s, at index %d: %s%s"
                        .formatted(
                                counts.total() - counts.succeeded(),
                                counts.total(),
                                counts.failed(),
                                counts.timedOut(),
                                counts.cancelled(),
                                counts.rejected(),
                                haltedBy.isPresent() ? "the one that halted the batch" : "the first",
                                first,
                                reason(outcomes.get(first), cause),
                                more == 0
                                        ? ""
                                        : "; " + more + " more failures are not among the suppressed exceptions");
        BatchFailedException failure = new BatchFailedException(message, cause);
        suppressed.forEach(failure::addSuppressed);
        return failure;
    }

    private static int firstUnsuccessful(List<? extends Outcome<?>> outcomes) {
        int first = 0;
        while (outcomes.get(first).isSuccess()) {
            first++;
        }
        return first;
    }

    /** Not by {@code equals}, which may be users' code. */
    private static boolean containsSame(List<Throwable> errors, Throwable error) {
        for (Throwable each : errors) {
            if (each == error) {
                return true;
            }
        }
        return false;
    }

    private static String reason(Outcome<?> outcome, Throwable problem) {
        if (!(outcome instanceof Outcome.Failed)) {
            return problem.getMessage();
        }
        try {
            return problem.toString();
        } catch (RuntimeException | Error unprintable) { // it is users' code
            return problem.getClass().getName();
        }
    }
}
