package dev.workpool.actor;

import dev.workpool.BatchOptions;
import dev.workpool.RetryPolicy;
import dev.workpool.WorkerPoolSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How the jobs of a batch are run, as far as its router and its workers have to know. Data that may go to another machine.
 *
 * @param timeout how long an attempt may take, if it is limited
 * @param retry which failed attempts are followed by another
 * @param deadline when the batch has to be over, if it has to
 */
record JobPolicy(Optional<Duration> timeout, RetryPolicy retry, Optional<Instant> deadline) {
    /** Nothing is limited, nothing is retried. */
    static final JobPolicy NONE = new JobPolicy(Optional.empty(), RetryPolicy.never(), Optional.empty());

    /** Of jobs that were submitted by themselves. */
    static JobPolicy of(WorkerPoolSettings settings) {
        return new JobPolicy(settings.jobTimeout(), settings.retry(), Optional.empty());
    }

    /** Of a batch that begins now. */
    static JobPolicy of(WorkerPoolSettings settings, BatchOptions<?> options, Instant now) {
        return new JobPolicy(
                options.jobTimeout().or(settings::jobTimeout),
                options.retry().orElse(settings.retry()),
                options.timeout().map(now::plus));
    }

    boolean retries() {
        return retry.maxAttempts() > 1;
    }
}
