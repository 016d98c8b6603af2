package dev.workpool.settings;

import java.time.Duration;
import java.util.Objects;

/**
 * Says how a single job is run. Immutable; each {@code withX} returns a changed copy.
 *
 * <p>Defaults: priority 0, no delay, one permit; time-out and retries are those of the pool's settings. A job with
 * other options is queued as a batch of its own, which costs some tens of microseconds. For many jobs with the same
 * options a batch is cheaper. It takes turns with other batches as one of weight 1, and all jobs without options are
 * one batch together: so under load a job with options is handed out before most of those that have none.
 */
public final class JobOptions {
    private static final JobOptions DEFAULTS = new JobOptions(BatchOptions.defaults());

    private final BatchOptions batch;

    private JobOptions(BatchOptions batch) {
        this.batch = batch;
    }

    /** {@return the defaults} */
    public static JobOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Limits how long each attempt at the job may take, whatever the pool's settings say; see {@link
     * BatchOptions#withJobTimeout}.
     *
     * @param timeout 1 ms to 365 days
     * @return changed options
     * @throws IllegalArgumentException if the time-out is not in this range
     */
    public JobOptions withTimeout(Duration timeout) {
        BatchOptions.checkTimeout("time-out of a job", timeout);
        return new JobOptions(batch.withJobTimeout(timeout));
    }

    /**
     * Sets the priority. The job is handed to a worker before every batch of a lower priority and, if the priority is
     * more than 0, before jobs without options; see {@link BatchOptions#withPriority}.
     *
     * @param priority -10 to 10, the highest first
     * @return changed options
     * @throws IllegalArgumentException if the priority is not in this range
     */
    public JobOptions withPriority(int priority) {
        BatchOptions.checkPriority("priority of a job", priority);
        return new JobOptions(batch.withPriority(priority));
    }

    /**
     * Retries the job if it fails, whatever the pool's settings say.
     *
     * @param policy how often and when; {@link RetryPolicy#never} for never
     * @return changed options
     */
    public JobOptions withRetry(RetryPolicy policy) {
        Objects.requireNonNull(policy, "retry policy of a job");
        return new JobOptions(batch.withRetry(policy));
    }

    /**
     * Delays the job: it begins no sooner than this time after the pool has it; see {@link BatchOptions#withDelay}.
     *
     * @param delay 0 to 365 days
     * @return changed options
     * @throws IllegalArgumentException if the delay is not in this range
     */
    public JobOptions withDelay(Duration delay) {
        BatchOptions.checkDelay("delay of a job", delay);
        return new JobOptions(batch.withDelay(delay));
    }

    /**
     * Sets how many of the workers' permits the job takes; see {@link BatchOptions#withPermits}.
     *
     * @param permits 1 to 100000
     * @return changed options
     * @throws IllegalArgumentException if the number is not in this range
     */
    public JobOptions withPermits(int permits) {
        BatchOptions.checkPermits("permits of a job", permits);
        return new JobOptions(batch.withPermits(permits));
    }

    /** {@return the options of a batch that is only this job} */
    public BatchOptions asBatch() {
        return batch;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof JobOptions options && options.batch.equals(batch);
    }

    @Override
    public int hashCode() {
        return batch.hashCode();
    }

    /** Lists the options that differ from the defaults. */
    @Override
    public String toString() {
        return "JobOptions(" + batch.text("") + ")";
    }
}
