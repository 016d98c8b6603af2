package dev.workpool.testkit;

import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.Outcome;

/**
 * Assertions on batches, outcomes and pools, in the manner of AssertJ, which they need. None of them waits: what does
 * not hold now fails now.
 */
public final class WorkerPoolAssertions {
    private WorkerPoolAssertions() {}

    /**
     * Asserts on a batch.
     *
     * @param actual the batch
     * @return to be told what is expected
     */
    public static BatchAssert assertThat(Batch<?> actual) {
        return new BatchAssert(actual);
    }

    /**
     * Asserts on an outcome.
     *
     * @param actual the outcome
     * @param <R> type of the result
     * @return to be told what is expected
     */
    public static <R> OutcomeAssert<R> assertThat(Outcome<R> actual) {
        return new OutcomeAssert<>(actual);
    }

    /**
     * Asserts on a pool.
     *
     * @param actual a pool in the actor system of a test kit
     * @param <J> type of the jobs
     * @return to be told what is expected
     */
    public static <J> PoolAssert<J> assertThat(WorkerPool<J, ?> actual) {
        return new PoolAssert<>(actual);
    }
}
