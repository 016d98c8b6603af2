package dev.workpool.testkit;

import dev.workpool.WorkerPool;
import dev.workpool.job.PoolSnapshot;
import java.util.List;
import org.assertj.core.api.AbstractAssert;

/**
 * Asserts on a pool of a test kit, as it is now: see {@link WorkerPoolAssertions}.
 *
 * @param <J> type of the jobs
 */
public final class PoolAssert<J> extends AbstractAssert<PoolAssert<J>, WorkerPool<J, ?>> {
    /** What {@link #withAttempts} is about. */
    private J job;

    PoolAssert(WorkerPool<J, ?> actual) {
        super(actual, PoolAssert.class);
    }

    /**
     * A job was submitted to the pool, by itself or in a batch.
     *
     * @param expected equal to the job
     * @return this, for {@link #withAttempts}
     */
    public PoolAssert<J> received(J expected) {
        List<Object> submissions = recorder().submissions(actual.name());
        if (!submissions.contains(expected)) {
            failWithMessage("Expected %s to have received %s, but it has received %s", actual, expected, submissions);
        }
        job = expected;
        return this;
    }

    /**
     * A job was not submitted to the pool.
     *
     * @param unexpected not equal to any
     * @return this
     */
    public PoolAssert<J> hasNotReceived(J unexpected) {
        List<Object> submissions = recorder().submissions(actual.name());
        if (submissions.contains(unexpected)) {
            failWithMessage(
                    "Expected %s not to have received %s, but it has received %s", actual, unexpected, submissions);
        }
        return this;
    }

    /**
     * The pool's handler was called so often for the job that {@link #received} named.
     *
     * @param expected how often, in all
     * @return this
     */
    public PoolAssert<J> withAttempts(long expected) {
        if (job == null) {
            throw new IllegalStateException("withAttempts comes after received(job)");
        }
        long found = recorder().attempts(actual.name()).stream()
                .filter(attempt -> attempt.job().equals(job))
                .count();
        if (found != expected) {
            failWithMessage(
                    "Expected %s to have made %d attempts at %s, but it has made %d", actual, expected, job, found);
        }
        return this;
    }

    /**
     * The pool's handler was called for these jobs in this order, and for no other.
     *
     * @param expected each as often as there were attempts at it
     * @return this
     */
    public PoolAssert<J> hasRun(List<? extends J> expected) {
        List<Object> found =
                recorder().attempts(actual.name()).stream().map(Attempt::job).toList();
        if (!found.equals(expected)) {
            failWithMessage("Expected %s to have run %s, but it has run %s", actual, expected, found);
        }
        return this;
    }

    /**
     * No handler of the pool runs, also none that was abandoned.
     *
     * @return this
     */
    public PoolAssert<J> hasNothingRunning() {
        return hasRunning(0);
    }

    /**
     * So many handlers of the pool run, those among them that were abandoned.
     *
     * @param expected how many
     * @return this
     */
    public PoolAssert<J> hasRunning(int expected) {
        List<Attempt> running = recorder().running(actual.name());
        if (running.size() != expected) {
            failWithMessage("Expected %s to run %d jobs, but it runs %s", actual, expected, running);
        }
        return this;
    }

    /**
     * Every job that the pool has accepted has its outcome.
     *
     * @return this
     */
    public PoolAssert<J> isIdle() {
        isNotNull();
        PoolSnapshot now = actual.snapshot();
        if (now.done() != now.accepted()) {
            failWithMessage("Expected %s to be idle, but jobs have no outcome: %s", actual, now);
        }
        return this;
    }

    private Recorder recorder() {
        isNotNull();
        return Recorder.of(actual);
    }
}
