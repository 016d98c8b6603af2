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
 * @param keyed whether a job's outcome lets another begin, and so is not told before its handler has ended or is given up
 */
record JobPolicy(Optional<Duration> timeout, RetryPolicy retry, Optional<Instant> deadline, boolean keyed) {
    /** Nothing is limited, nothing is retried. */
    static final JobPolicy NONE = new JobPolicy(Optional.empty(), RetryPolicy.never(), Optional.empty(), false);

    /** Of jobs that were submitted by themselves. */
    static JobPolicy of(WorkerPoolSettings settings) {
        return new JobPolicy(settings.jobTimeout(), settings.retry(), Optional.empty(), false);
    }

    /** Of a batch or a stream that begins now. */
    static JobPolicy of(WorkerPoolSettings settings, BatchOptions<?> options, boolean keyed, Instant now) {
        return new JobPolicy(
                options.jobTimeout().or(settings::jobTimeout),
                options.retry().orElse(settings.retry()),
                options.timeout().map(now::plus),
                keyed);
    }

    boolean retries() {
        return retry.maxAttempts() > 1;
    }
}
