package dev.workpool.internal.slice;

import dev.workpool.internal.util.TimeoutErrors;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How long attempts at the jobs of a batch may take, as their handlers see it, and whether one that has failed had run
 * out of time. Immutable.
 */
public final class TimeLimits {
    /** What is handed a deadline counts in milliseconds, and may give up as much too soon. */
    private static final long LEAST_MARGIN_NS = Duration.ofMillis(1).toNanos();

    private static final long MOST_MARGIN_NS = Duration.ofMillis(100).toNanos();
    private static final int MARGIN_PART = 10;

    private final JobPolicy policy;
    private final LongSupplier clock;

    private TimeLimits(JobPolicy policy, LongSupplier clock) {
        this.policy = policy;
        this.clock = clock;
    }

    /**
     * The limits of a policy.
     *
     * @param policy how jobs are run
     * @param clock nanoseconds
     * @return null if there is none
     */
    public static TimeLimits of(JobPolicy policy, LongSupplier clock) {
        return policy.timeout().isPresent() || policy.deadline().isPresent() ? new TimeLimits(policy, clock) : null;
    }

    /**
     * One of them.
     *
     * @param timeout how long it is
     * @param endsNs when it is over
     * @param ofBatch whether it is that of the whole batch
     */
    public record Limit(Duration timeout, long endsNs, boolean ofBatch) {}

    /** What ends an attempt first. */
    private Limit of(long begunNs) {
        Optional<JobPolicy.Deadline> batch = policy.deadline();
        if (policy.timeout().isPresent()) {
            Duration timeout = policy.timeout().get();
            long endsNs = begunNs + timeout.toNanos();
            if (batch.isEmpty() || endsNs - batch.get().endsNs() < 0) {
                return new Limit(timeout, endsNs, false);
            }
        }
        JobPolicy.Deadline deadline = batch.orElseThrow();
        return new Limit(deadline.timeout(), deadline.endsNs(), true);
    }

    /**
     * When an attempt has to be over, by the wall clock as it is now. Somebody may set that clock, so whoever is to see
     * the same at each call remembers it. If the thread is held up meanwhile, this is too late rather than too early: a
     * client that gives up too early would have failed, and the pool's own timer ends the attempt in time.
     *
     * @param begunNs when the attempt began
     */
    public Instant deadline(long begunNs) {
        long leftNs = leftNs(begunNs);
        return Instant.now().plusNanos(leftNs);
    }

    /**
     * How much time an attempt has left.
     *
     * @param begunNs when the attempt began
     * @return in nanoseconds; 0 or less if it is over
     */
    public long leftNs(long begunNs) {
        return of(begunNs).endsNs - clock.getAsLong();
    }

    /**
     * The limit that an attempt has run into which fails now: it has no time left, or next to none and its error is a
     * time-out, as where the handler hands its deadline on to a client. Calls users' code.
     *
     * @param begunNs when the attempt began
     * @param error what it failed with
     * @return null if it just failed
     */
    public Limit exceeded(long begunNs, Throwable error) {
        Limit limit = of(begunNs);
        long leftNs = limit.endsNs - clock.getAsLong();
        boolean exceeded = leftNs <= 0 || (leftNs <= marginNs(limit.timeout) && TimeoutErrors.isOne(error));
        return exceeded ? limit : null;
    }

    private static long marginNs(Duration timeout) {
        return Math.max(LEAST_MARGIN_NS, Math.min(MOST_MARGIN_NS, timeout.toNanos() / MARGIN_PART));
    }
}
