package dev.workpool.testkit;

import dev.workpool.Batch;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.AbstractAssert;

/** Asserts on a batch, as it is now: see {@link WorkerPoolAssertions}. */
public final class BatchAssert extends AbstractAssert<BatchAssert, Batch<?>> {
    private static final int MOST_SHOWN = 5;

    BatchAssert(Batch<?> actual) {
        super(actual, BatchAssert.class);
    }

    /**
     * Each job has its outcome, and the batch's stage is complete.
     *
     * @return this
     */
    public BatchAssert isComplete() {
        isNotNull();
        if (!actual.result().toCompletableFuture().isDone()) {
            failWithMessage(
                    "Expected %s to be complete, but its stage is not: %s. In virtual time, kit.drain() makes happen what is due",
                    actual, progress());
        }
        return this;
    }

    /**
     * The batch's stage is not complete.
     *
     * @return this
     */
    public BatchAssert isNotComplete() {
        isNotNull();
        if (actual.result().toCompletableFuture().isDone()) {
            failWithMessage("Expected %s not to be complete, but it is: %s", actual, progress());
        }
        return this;
    }

    /**
     * So many jobs have succeeded.
     *
     * @param jobs how many
     * @return this
     */
    public BatchAssert hasSucceeded(long jobs) {
        return has("succeeded", jobs, progress().succeeded());
    }

    /**
     * So many jobs have failed.
     *
     * @param jobs how many
     * @return this
     */
    public BatchAssert hasFailed(long jobs) {
        return has("failed", jobs, progress().failed());
    }

    /**
     * So many jobs have timed out.
     *
     * @param jobs how many
     * @return this
     */
    public BatchAssert hasTimedOut(long jobs) {
        return has("timed out", jobs, progress().timedOut());
    }

    /**
     * So many jobs were cancelled.
     *
     * @param jobs how many
     * @return this
     */
    public BatchAssert hasCancelled(long jobs) {
        return has("cancelled", jobs, progress().cancelled());
    }

    /**
     * So many jobs were rejected.
     *
     * @param jobs how many
     * @return this
     */
    public BatchAssert hasRejected(long jobs) {
        return has("rejected", jobs, progress().rejected());
    }

    /**
     * So many jobs have no outcome yet.
     *
     * @param jobs how many
     * @return this
     */
    public BatchAssert hasPending(long jobs) {
        return has("pending", jobs, progress().pending());
    }

    private BatchProgress progress() {
        isNotNull();
        return actual.progress();
    }

    private BatchAssert has(String what, long expected, long found) {
        if (found != expected) {
            failWithMessage(
                    "Expected %s to have %d jobs %s, but it has %d: %s%s",
                    actual, expected, what, found, progress(), notSucceeded());
        }
        return this;
    }

    /** Which jobs have not succeeded, and why; nothing as long as the batch is not complete. */
    private String notSucceeded() {
        CompletableFuture<? extends BatchResult<?>> result = actual.result().toCompletableFuture();
        if (!result.isDone()) {
            return "";
        }
        List<? extends Outcome<?>> outcomes = result.join().outcomes();
        StringBuilder text = new StringBuilder();
        int shown = 0;
        for (int i = 0; i < outcomes.size() && shown < MOST_SHOWN; i++) {
            if (!(outcomes.get(i) instanceof Outcome.Succeeded)) {
                text.append("%n  job %d: %s".formatted(i, outcomes.get(i)));
                shown++;
            }
        }
        return text.toString();
    }
}
