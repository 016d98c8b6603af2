package dev.workpool.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * All outcomes of a batch. Immutable and thread-safe; nothing here blocks.
 *
 * @param <R> type of a successful job's result
 */
public final class BatchResult<R> {
    private final List<Outcome<R>> outcomes;
    private final BatchProgress counts;

    private BatchResult(List<Outcome<R>> outcomes, BatchProgress counts) {
        this.outcomes = outcomes;
        this.counts = counts;
    }

    /**
     * Makes a result of outcomes, for instance in a test of code that consumes one.
     *
     * @param outcomes one per job, in input order, none null
     * @param <R> type of a successful job's result
     * @return the result with its counts
     */
    public static <R> BatchResult<R> of(List<? extends Outcome<R>> outcomes) {
        long[] n = new long[5];
        for (Outcome<R> outcome : outcomes) {
            Objects.requireNonNull(outcome, "an outcome is null");
            if (outcome instanceof Outcome.Succeeded) n[0]++;
            else if (outcome instanceof Outcome.Failed) n[1]++;
            else if (outcome instanceof Outcome.TimedOut) n[2]++;
            else if (outcome instanceof Outcome.Cancelled) n[3]++;
            else n[4]++;
        }
        return new BatchResult<>(
                List.copyOf(outcomes), new BatchProgress(outcomes.size(), n[0], n[1], n[2], n[3], n[4]));
    }

    /**
     * Wraps what has been counted already, for results of millions of jobs. Nothing is copied or checked.
     *
     * @param outcomes one per job, in input order, none null; must not be changed afterwards
     * @param counts their counts
     * @param <R> type of a successful job's result
     * @return the result
     */
    public static <R> BatchResult<R> ofCounted(List<Outcome<R>> outcomes, BatchProgress counts) {
        return new BatchResult<>(Collections.unmodifiableList(outcomes), counts);
    }

    /**
     * Every job's outcome.
     *
     * @return an unmodifiable list in input order, one per job
     */
    public List<Outcome<R>> outcomes() {
        return outcomes;
    }

    /**
     * The counts by kind of outcome.
     *
     * @return counts whose {@code pending()} is 0
     */
    public BatchProgress counts() {
        return counts;
    }

    /**
     * Number of jobs.
     *
     * @return 0 or more
     */
    public int size() {
        return outcomes.size();
    }

    /**
     * Jobs that succeeded.
     *
     * @return 0 or more
     */
    public long succeeded() {
        return counts.succeeded();
    }

    /**
     * Jobs whose handler failed.
     *
     * @return 0 or more
     */
    public long failed() {
        return counts.failed();
    }

    /**
     * Jobs that timed out.
     *
     * @return 0 or more
     */
    public long timedOut() {
        return counts.timedOut();
    }

    /**
     * Jobs that were cancelled.
     *
     * @return 0 or more
     */
    public long cancelled() {
        return counts.cancelled();
    }

    /**
     * Jobs that the pool did not accept.
     *
     * @return 0 or more
     */
    public long rejected() {
        return counts.rejected();
    }

    /**
     * Whether every job succeeded.
     *
     * @return true also for an empty batch
     */
    public boolean isSuccess() {
        return counts.succeeded() == outcomes.size();
    }

    /**
     * All results, if all jobs succeeded.
     *
     * @return an unmodifiable list in input order; an element is null where the handler returned null
     * @throws BatchFailedException if a job did not succeed; its cause is why the first in input order did not, and up to 16 errors of
     *     others are suppressed
     */
    public List<R> values() {
        if (!isSuccess()) {
            throw BatchFailedException.of(outcomes, counts);
        }
        List<R> values = new ArrayList<>(outcomes.size());
        for (Outcome<R> outcome : outcomes) {
            values.add(((Outcome.Succeeded<R>) outcome).value());
        }
        return Collections.unmodifiableList(values);
    }

    /**
     * Every failure with the job it belongs to.
     *
     * @return an unmodifiable list in input order, of {@link Outcome.Failed} jobs only
     */
    public List<Failure> failures() {
        List<Failure> failures = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Failed<R> failed) {
                failures.add(new Failure(i, failed.error()));
            }
        }
        return Collections.unmodifiableList(failures);
    }

    /**
     * One failed job.
     *
     * @param index the job's position in the batch, from 0
     * @param error what its handler threw
     */
    public record Failure(int index, Throwable error) {}

    @Override
    public String toString() {
        return "BatchResult(" + counts + ")";
    }
}
