package dev.workpool.internal.slice;

import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * How the jobs of a batch are run, as far as its router and its workers have to know. Data that may go to another
 * machine, unless a condition says which failed attempts are followed by another.
 *
 * @param timeout how long an attempt may take, if it is limited
 * @param retry which failed attempts are followed by another
 * @param deadline when the batch has to be over, if it has to
 * @param keyed whether a job's outcome lets another begin, and so is not told before its handler has ended or is given
 *     up
 * @param atRest whether that holds for any time-out, the batch's too
 * @param permits how many of the workers' permits each job takes: 1 or more
 * @param priority of the batch; higher goes first
 * @param weight of the batch among those of its priority: 1 or more
 * @param startCheck whom a worker asks right before an attempt whether it may begin; null if nobody. It stays on its
 *     machine
 */
public record JobPolicy(
        Optional<Duration> timeout,
        RetryPolicy retry,
        Optional<Deadline> deadline,
        boolean keyed,
        boolean atRest,
        int permits,
        int priority,
        int weight,
        IntPredicate startCheck) {
    /**
     * The end of a batch's time.
     *
     * @param timeout how long it may take
     * @param endsNs when that is over, on the pool's clock, since the wall clock may be set meanwhile; on another
     *     machine it would be another value
     */
    public record Deadline(Duration timeout, long endsNs) {}

    /** One that is data alone. */
    public JobPolicy(
            Optional<Duration> timeout,
            RetryPolicy retry,
            Optional<Deadline> deadline,
            boolean keyed,
            boolean atRest,
            int permits,
            int priority,
            int weight) {
        this(timeout, retry, deadline, keyed, atRest, permits, priority, weight, null);
    }

    /** Nothing is limited, nothing is retried. */
    public static final JobPolicy NONE = ofSingle(Optional.empty(), RetryPolicy.never());

    /** Of a job that its submitter runs for want of room: it may be tried again. */
    public static JobPolicy ofCaller(RetryPolicy retry, Optional<IntPredicate> startCheck) {
        JobPolicy policy = retry.condition().isEmpty() ? NONE : ofSingle(Optional.empty(), retry);
        return startCheck.map(policy::withStartCheck).orElse(policy);
    }

    private JobPolicy withStartCheck(IntPredicate check) {
        return new JobPolicy(timeout, retry, deadline, keyed, atRest, permits, priority, weight, check);
    }

    /** Of jobs that were submitted by themselves. */
    public static JobPolicy of(WorkerPoolSettings settings) {
        return ofSingle(settings.jobTimeout(), settings.retry());
    }

    private static JobPolicy ofSingle(Optional<Duration> timeout, RetryPolicy retry) {
        BatchOptions defaults = BatchOptions.defaults();
        return new JobPolicy(timeout, retry, Optional.empty(), false, false, 1, defaults.priority(), defaults.weight());
    }

    /** Of a batch or a stream that begins now, on the pool's clock. */
    public static JobPolicy of(WorkerPoolSettings settings, BatchOptions options, boolean keyed, long nowNs) {
        return new JobPolicy(
                options.jobTimeout().or(settings::jobTimeout),
                options.retry().orElse(settings.retry()),
                options.timeout().map(timeout -> new Deadline(timeout, nowNs + timeout.toNanos())),
                keyed,
                options.timeoutsAtRest(),
                options.permits(),
                options.priority(),
                options.weight(),
                options.startCheck().orElse(null));
    }

    /** The same, but no job that has timed out is told before its handler has ended, or is given up. */
    public JobPolicy withTimeoutsAtRest() {
        return new JobPolicy(timeout, retry, deadline, keyed, true, permits, priority, weight, startCheck);
    }

    /**
     * Whether a job that has taken too long has its outcome at once. Not if it is tried again, since it must not run
     * twice at a time, nor two of a key.
     */
    public <R> boolean tellsAtOnce(Outcome<R> timedOut) {
        return !keyed && !atRest && !retry.retries(timedOut);
    }

    /** Whom to ask whether a failed attempt is followed by another; null if data says so. */
    public RetryPolicy asked() {
        return retries() && retry.condition().isPresent() ? retry : null;
    }

    public boolean retries() {
        return retry.maxAttempts() > 1;
    }
}
