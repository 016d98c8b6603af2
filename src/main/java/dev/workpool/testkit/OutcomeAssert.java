package dev.workpool.testkit;

import dev.workpool.job.Outcome;
import java.time.Duration;
import java.util.Objects;
import org.assertj.core.api.AbstractAssert;

/**
 * Asserts on an outcome: see {@link WorkerPoolAssertions}.
 *
 * @param <R> type of the result
 */
public final class OutcomeAssert<R> extends AbstractAssert<OutcomeAssert<R>, Outcome<R>> {
    OutcomeAssert(Outcome<R> actual) {
        super(actual, OutcomeAssert.class);
    }

    /**
     * The job has succeeded with this result.
     *
     * @param expected equal to it, or null
     * @return this
     */
    public OutcomeAssert<R> hasSucceededWith(R expected) {
        isNotNull();
        if (!(actual instanceof Outcome.Succeeded<R> succeeded) || !Objects.equals(succeeded.value(), expected)) {
            failWithMessage("Expected the job to have succeeded with %s, but it is %s", expected, actual);
        }
        return this;
    }

    /**
     * The job has failed with an error of this class.
     *
     * @param expected the class or a superclass of it
     * @return this
     */
    public OutcomeAssert<R> hasFailedWith(Class<? extends Throwable> expected) {
        isNotNull();
        if (!(actual instanceof Outcome.Failed<R> failed) || !expected.isInstance(failed.error())) {
            failWithMessage("Expected the job to have failed with a %s, but it is %s", expected.getName(), actual);
        }
        return this;
    }

    /**
     * The job has timed out.
     *
     * @param expected by which time-out
     * @return this
     */
    public OutcomeAssert<R> hasTimedOutAfter(Duration expected) {
        isNotNull();
        if (!(actual instanceof Outcome.TimedOut<R> timedOut)
                || !timedOut.timeout().equals(expected)) {
            failWithMessage("Expected the job to have timed out after %s, but it is %s", expected, actual);
        }
        return this;
    }

    /**
     * The job was cancelled.
     *
     * @return this
     */
    public OutcomeAssert<R> isCancelled() {
        isNotNull();
        if (!(actual instanceof Outcome.Cancelled)) {
            failWithMessage("Expected the job to have been cancelled, but it is %s", actual);
        }
        return this;
    }

    /**
     * The job was rejected.
     *
     * @return this
     */
    public OutcomeAssert<R> isRejected() {
        isNotNull();
        if (!(actual instanceof Outcome.Rejected)) {
            failWithMessage("Expected the job to have been rejected, but it is %s", actual);
        }
        return this;
    }

    /**
     * The handler was called so often for the job.
     *
     * @param expected how often
     * @return this
     */
    public OutcomeAssert<R> hasAttempts(int expected) {
        isNotNull();
        if (actual.attempts() != expected) {
            failWithMessage(
                    "Expected %d attempts at the job, but there were %d: %s", expected, actual.attempts(), actual);
        }
        return this;
    }
}
