package dev.workpool.job;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.RandomAccess;
import java.util.function.BiConsumer;

/**
 * All outcomes of a batch. Immutable and thread-safe; nothing here blocks.
 *
 * @param <R> type of a successful job's result
 */
public final class BatchResult<R> {
    private final List<Outcome<R>> outcomes;
    private final BatchProgress counts;

    private final OptionalInt haltedBy;

    private BatchResult(List<Outcome<R>> outcomes, BatchProgress counts, OptionalInt haltedBy) {
        this.haltedBy = haltedBy;
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
                List.copyOf(outcomes),
                new BatchProgress(outcomes.size(), n[0], n[1], n[2], n[3], n[4]),
                OptionalInt.empty());
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
        return ofCounted(outcomes, counts, OptionalInt.empty());
    }

    /**
     * Wraps what has been counted already, of a batch that may have been halted.
     *
     * @param outcomes one per job, in input order, none null; must not be changed afterwards
     * @param counts their counts
     * @param haltedBy see {@link #haltedBy()}
     * @param <R> type of a successful job's result
     * @return the result
     */
    public static <R> BatchResult<R> ofCounted(List<Outcome<R>> outcomes, BatchProgress counts, OptionalInt haltedBy) {
        return new BatchResult<>(Collections.unmodifiableList(outcomes), counts, haltedBy);
    }

    /**
     * Returns the job whose failure or time-out halted the batch, by its {@code HaltPolicy}.
     *
     * @return its position in the batch, from 0; empty if the batch was not halted, or not by a failure
     */
    public OptionalInt haltedBy() {
        return haltedBy;
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
     * Calls an action with each job and its outcome, in input order. The result does not hold the jobs, so that keeping
     * it does not keep them in memory: they are passed in here.
     *
     * <pre>{@code
     * pool.submitAll(files).result().thenAccept(result -> result.forEach(files, (file, outcome) -> report(file, outcome)));
     * }</pre>
     *
     * @param jobs those that were submitted, in the same order; iterated once
     * @param action an exception from it ends this call and is passed to the caller
     * @param <J> type of the jobs
     * @throws IllegalArgumentException if there are more or fewer jobs than outcomes; of a collection before the first
     *     call, else after the last job that has an outcome
     */
    public <J> void forEach(Iterable<? extends J> jobs, BiConsumer<? super J, ? super Outcome<R>> action) {
        Objects.requireNonNull(action, "action");
        if (jobs instanceof Collection<?> collection) {
            checkCount(collection.size() == outcomes.size(), collection.size());
        }
        int index = 0;
        for (J job : jobs) {
            checkCount(index < outcomes.size(), "more");
            action.accept(job, outcomes.get(index++));
        }
        checkCount(index == outcomes.size(), index);
    }

    /**
     * Returns each job with its outcome, for a loop whose body may throw or end the loop.
     *
     * @param jobs those that were submitted, in the same order; not copied
     * @param <J> type of the jobs
     * @return an unmodifiable view, in input order
     * @throws IllegalArgumentException if there are more or fewer jobs than outcomes
     */
    public <J> List<Entry<J, R>> entries(List<? extends J> jobs) {
        checkCount(jobs.size() == outcomes.size(), jobs.size());
        return new Entries<>(jobs, outcomes);
    }

    private void checkCount(boolean isRight, Object jobs) {
        if (!isRight) {
            throw new IllegalArgumentException("jobs = " + jobs + "; allowed: the " + outcomes.size()
                    + " that were submitted, since each has an outcome");
        }
    }

    /**
     * A job and how it ended.
     *
     * @param job the job
     * @param outcome its outcome
     * @param <J> type of the job
     * @param <R> type of a successful job's result
     */
    public record Entry<J, R>(J job, Outcome<R> outcome) {}

    /** Made as they are asked for. */
    private static final class Entries<J, R> extends AbstractList<Entry<J, R>> implements RandomAccess {
        private final List<? extends J> jobs;
        private final List<Outcome<R>> outcomes;

        Entries(List<? extends J> jobs, List<Outcome<R>> outcomes) {
            this.jobs = jobs;
            this.outcomes = outcomes;
        }

        @Override
        public Entry<J, R> get(int index) {
            return new Entry<>(jobs.get(index), outcomes.get(index));
        }

        @Override
        public int size() {
            return outcomes.size();
        }
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
     * Returns all results, if all jobs succeeded.
     *
     * @return an unmodifiable list in input order; an element is null where the handler returned null
     * @throws BatchFailedException if a job did not succeed; its cause is the failure that halted the batch, or else the
     *     reason for the first one in input order; up to 16 errors of others are suppressed
     */
    public List<R> values() {
        if (!isSuccess()) {
            throw BatchFailedException.of(outcomes, counts, haltedBy);
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
