package dev.workpool.settings;

import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Says which failed attempts of a job are followed by another, and when. Immutable and thread-safe; each method that
 * changes something returns a changed, checked copy.
 *
 * <p>The errors that are retried are given by class ({@link #retryOn}), by an error among their causes ({@link
 * #retryOnCause}), or by any {@linkplain Condition condition} on the error and the attempt ({@link #retryIf}). The last
 * of these calls counts. Errors that {@link #abortOn} names are never retried.
 *
 * <p>Defaults of {@link #attempts}: every {@link Exception} is retried, an {@link Error} and a time-out are not; the
 * delay is 100 ms after the first attempt, doubles with each further one up to 10 s, and has full jitter: it is drawn
 * uniformly from 0 to that (<a
 * href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">Exponential Backoff And Jitter, AWS
 * Architecture Blog, 2015</a>), so that jobs that failed together do not come back together.
 *
 * <p>A value that is out of range fails with an {@link IllegalArgumentException} that names it and what is allowed.
 */
public final class RetryPolicy {
    private static final int MOST_ATTEMPTS = 1_000;
    private static final Duration LONGEST = Duration.ofDays(1);

    /** Enough to bring the shortest delay past the longest, and few enough for a shift of a long. */
    private static final int MOST_DOUBLINGS = 62;

    private static final RetryPolicy NEVER = new RetryPolicy(
            1, Duration.ofMillis(100), Duration.ofSeconds(10), true, Set.of(Exception.class), null, Set.of(), false);

    private final int maxAttempts;
    private final Duration backoff; // a fixed one is an exponential one that starts at its cap
    private final Duration backoffCap;
    private final boolean jitter;
    private final Set<Class<? extends Throwable>> retried; // none where there is a condition
    private final Condition condition; // null for classes alone
    private final Set<Class<? extends Throwable>> aborting;
    private final boolean timeouts;

    private RetryPolicy(
            int maxAttempts,
            Duration backoff,
            Duration backoffCap,
            boolean jitter,
            Set<Class<? extends Throwable>> retried,
            Condition condition,
            Set<Class<? extends Throwable>> aborting,
            boolean timeouts) {
        this.maxAttempts = maxAttempts;
        this.backoff = backoff;
        this.backoffCap = backoffCap;
        this.jitter = jitter;
        this.retried = retried;
        this.condition = condition;
        this.aborting = aborting;
        this.timeouts = timeouts;
    }

    /**
     * Decides which errors are retried, if their classes do not say enough.
     *
     * <p>It is users' code, and so never runs on a thread of the pool's actors. It is called when the attempt has
     * failed and another is allowed, on the thread that ran the handler or completed its stage, without the submitter's
     * contexts. The attempt's time-out goes on meanwhile, and a cancellation interrupts a condition as it does a
     * blocking handler. Where handlers are asynchronous, it must not block, just as they must not. Many threads may ask
     * it at a time. If it throws, the job is not tried again: it fails with its own error, which suppresses what the
     * condition has thrown.
     */
    @FunctionalInterface
    public interface Condition {
        /**
         * Decides whether a failed attempt is followed by another.
         *
         * @param error what the handler threw, or its stage failed with, never null
         * @param attempt the number of the attempt; the first is 1
         * @return true if it is
         */
        boolean isMet(Throwable error, int attempt);

        /**
         * Accepts an error that is of a class, or has one among its causes. Chains of causes may be circular.
         *
         * @param type the class
         * @return a condition
         */
        static Condition onCause(Class<? extends Throwable> type) {
            return onCause(type, cause -> true);
        }

        /**
         * Accepts an error that is of a class and passes a test, or has such an error among its causes. Chains of
         * causes may be circular.
         *
         * @param type the class
         * @param test of an error of that class, which may be that of the job or any of its causes
         * @param <E> the class
         * @return a condition
         */
        static <E extends Throwable> Condition onCause(Class<E> type, Predicate<? super E> test) {
            Objects.requireNonNull(type, "class of a condition of a retry policy");
            Objects.requireNonNull(test, "test of a condition of a retry policy");
            return (error, attempt) -> Causes.anyMatch(error, type, test);
        }

        /**
         * Accepts what this condition accepts, or another one.
         *
         * @param other asked if this one does not accept the error
         * @return a condition
         */
        default Condition or(Condition other) {
            Objects.requireNonNull(other, "condition of a retry policy");
            return (error, attempt) -> isMet(error, attempt) || other.isMet(error, attempt);
        }
    }

    /**
     * Returns a policy of one attempt, whatever its outcome.
     *
     * @return the same as {@code attempts(1)}
     */
    public static RetryPolicy never() {
        return NEVER;
    }

    /**
     * Returns a policy with this number of attempts, and the defaults above.
     *
     * @param maxAttempts 1 to 1000, the first included
     * @return a policy
     * @throws IllegalArgumentException if the number is out of range
     */
    public static RetryPolicy attempts(int maxAttempts) {
        return NEVER.withMaxAttempts(maxAttempts);
    }

    /**
     * Waits equally long after every attempt. Turns jitter off; call {@link #withJitter} afterwards to turn it on.
     *
     * @param delay 0 to 1 day
     * @return a changed policy
     * @throws IllegalArgumentException if the delay is out of range
     */
    public RetryPolicy withFixedBackoff(Duration delay) {
        check("fixed backoff", delay, Duration.ZERO, "0");
        return withBackoff(delay, delay, false);
    }

    /**
     * Waits twice as long after each further attempt. Turns jitter on; call {@link #withJitter} afterwards to turn it
     * off.
     *
     * @param initial the delay after the first attempt: 0 to 1 day
     * @param cap the longest delay: {@code initial} to 1 day
     * @return a changed policy
     * @throws IllegalArgumentException if one of them is out of range
     */
    public RetryPolicy withExponentialBackoff(Duration initial, Duration cap) {
        check("initial backoff", initial, Duration.ZERO, "0");
        check("backoff cap", cap, initial, "the initial backoff, " + initial + ",");
        return withBackoff(initial, cap, true);
    }

    private static void check(String what, Duration value, Duration min, String minInWords) {
        Objects.requireNonNull(value, what);
        if (value.compareTo(min) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(what + " = " + value + "; allowed: " + minInWords + " to 1 day");
        }
    }

    private RetryPolicy withBackoff(Duration initial, Duration cap, boolean jitter) {
        return new RetryPolicy(maxAttempts, initial, cap, jitter, retried, condition, aborting, timeouts);
    }

    /**
     * Says how often a job is tried, and leaves the rest as it is.
     *
     * @param attempts the most attempts of a job, the first included: 1 (once) to 1000
     * @return a changed policy
     * @throws IllegalArgumentException if they are out of range
     */
    public RetryPolicy withMaxAttempts(int attempts) {
        if (attempts < 1 || attempts > MOST_ATTEMPTS) {
            throw new IllegalArgumentException("max attempts = " + attempts + "; allowed: 1 to " + MOST_ATTEMPTS);
        }
        return new RetryPolicy(attempts, backoff, backoffCap, jitter, retried, condition, aborting, timeouts);
    }

    /**
     * Draws each delay from 0 to the computed one, or takes the computed one.
     *
     * @param jitter whether it is drawn
     * @return a changed policy
     */
    public RetryPolicy withJitter(boolean jitter) {
        return withBackoff(backoff, backoffCap, jitter);
    }

    /**
     * Says which errors are retried, in place of what was said before; {@link Exception} by default. The error itself
     * counts, not its causes: see {@link #retryOnCause}.
     *
     * @param errors classes, each with its subclasses; none of them: no error is retried
     * @return a changed policy
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // read only
    public final RetryPolicy retryOn(Class<? extends Throwable>... errors) {
        return new RetryPolicy(maxAttempts, backoff, backoffCap, jitter, classes(errors), null, aborting, timeouts);
    }

    /**
     * Retries errors that are of a class and pass a test, or have such an error among their causes. Replaces what was
     * said before. For example with JDBC, where a framework wraps the driver's exceptions:
     *
     * <pre>{@code
     * policy.retryOnCause(SQLException.class, e -> "40001".equals(e.getSQLState()) || "40P01".equals(e.getSQLState()))
     * }</pre>
     *
     * @param type the class
     * @param test of an error of that class; see {@link Condition} for when and where it is called
     * @param <E> the class
     * @return a changed policy
     */
    public <E extends Throwable> RetryPolicy retryOnCause(Class<E> type, Predicate<? super E> test) {
        return retryIf(Condition.onCause(type, test));
    }

    /**
     * Retries errors that a function accepts. Replaces what was said before.
     *
     * @param condition see {@link Condition} for when and where it is asked
     * @return a changed policy
     */
    public RetryPolicy retryIf(Condition condition) {
        Objects.requireNonNull(condition, "condition of a retry policy");
        return new RetryPolicy(maxAttempts, backoff, backoffCap, jitter, Set.of(), condition, aborting, timeouts);
    }

    /**
     * Says which errors are never retried, whatever else says so, in place of those said before; none by default.
     *
     * @param errors classes, each with its subclasses
     * @return a changed policy
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // read only
    public final RetryPolicy abortOn(Class<? extends Throwable>... errors) {
        return new RetryPolicy(maxAttempts, backoff, backoffCap, jitter, retried, condition, classes(errors), timeouts);
    }

    /**
     * Says whether an attempt that timed out is retried; by default it is not. An attempt that failed when it had no
     * time left has timed out, see {@link JobContext#deadline}.
     *
     * @param timeouts whether it is
     * @return a changed policy
     */
    public RetryPolicy withTimeouts(boolean timeouts) {
        return new RetryPolicy(maxAttempts, backoff, backoffCap, jitter, retried, condition, aborting, timeouts);
    }

    /**
     * Whether an attempt that ended so is followed by another. What no handler ever saw is not retried, nor what was
     * cancelled. Asks the condition, if there is one and the attempt has failed, and throws what that throws.
     *
     * @param outcome how the attempt ended; its number is {@code outcome.attempts()}
     * @return true if there is to be another attempt
     */
    public boolean retries(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Failed<?> failed) {
            return isFollowed(failed.attempts()) && isRetried(failed.error(), failed.attempts());
        }
        return outcome instanceof Outcome.TimedOut && retriesTimeouts(outcome.attempts());
    }

    /**
     * Whether an attempt that times out is followed by another.
     *
     * @param attempt its number; the first is 1
     * @return true if there is to be another attempt
     */
    public boolean retriesTimeouts(int attempt) {
        return timeouts && isFollowed(attempt);
    }

    private static Set<Class<? extends Throwable>> classes(Class<? extends Throwable>[] errors) {
        for (Class<? extends Throwable> error : errors) {
            Objects.requireNonNull(error, "a class of errors of a retry policy is null");
        }
        return Set.copyOf(List.of(errors));
    }

    private boolean isFollowed(int attempt) {
        return attempt >= 1 && attempt < maxAttempts;
    }

    private boolean isRetried(Throwable error, int attempt) {
        return aborting.stream().noneMatch(each -> each.isInstance(error))
                && (condition == null
                        ? retried.stream().anyMatch(each -> each.isInstance(error))
                        : condition.isMet(error, attempt));
    }

    /**
     * How long to wait before the next attempt.
     *
     * @param attempt the number of the one that failed; the first is 1
     * @param random what jitter is drawn from
     * @return nanoseconds: 0 to {@link #backoffCap}
     * @throws IllegalArgumentException if the attempt is below 1
     */
    public long delayNs(int attempt, RandomGenerator random) {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt = " + attempt + "; allowed: 1 or more");
        }
        long initialNs = backoff.toNanos();
        long capNs = backoffCap.toNanos();
        int doublings = Math.min(attempt - 1, MOST_DOUBLINGS);
        // The cap is halved, not the delay doubled, because that cannot overflow.
        long delayNs = initialNs > capNs >> doublings ? capNs : initialNs << doublings;
        return jitter ? random.nextLong(delayNs + 1) : delayNs;
    }

    /** {@return the most attempts of a job, the first included: 1 to 1000} */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** {@return the delay after the first attempt, before jitter: 100 ms by default} */
    public Duration backoff() {
        return backoff;
    }

    /** {@return the longest delay: 10 s by default; the same as {@link #backoff} where it is fixed} */
    public Duration backoffCap() {
        return backoffCap;
    }

    /** {@return whether delays are drawn from 0 to the computed one: true by default} */
    public boolean jitter() {
        return jitter;
    }

    /** {@return the function that says which errors are retried; empty, by default, where their classes say so} */
    public Optional<Condition> condition() {
        return Optional.ofNullable(condition);
    }

    /** {@return the errors that are retried: {@link Exception} by default; none where a condition says which} */
    public Set<Class<? extends Throwable>> retriedErrors() {
        return retried;
    }

    /** {@return the errors that are not retried in any case: none by default} */
    public Set<Class<? extends Throwable>> abortingErrors() {
        return aborting;
    }

    /** {@return whether time-outs are retried: false by default} */
    public boolean timeouts() {
        return timeouts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RetryPolicy that
                && maxAttempts == that.maxAttempts
                && backoff.equals(that.backoff)
                && backoffCap.equals(that.backoffCap)
                && jitter == that.jitter
                && retried.equals(that.retried)
                && condition == that.condition
                && aborting.equals(that.aborting)
                && timeouts == that.timeouts;
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                maxAttempts,
                backoff,
                backoffCap,
                jitter,
                retried,
                System.identityHashCode(condition),
                aborting,
                timeouts);
    }

    @Override
    public String toString() {
        return "RetryPolicy(attempts " + maxAttempts + ", backoff " + backoff + " to " + backoffCap
                + (jitter ? " with jitter" : "") + (condition == null ? ", on " + names(retried) : ", on a condition")
                + (timeouts ? " and time-outs" : "")
                + ", not on " + names(aborting) + ")";
    }

    private static String names(Set<Class<? extends Throwable>> errors) {
        return errors.stream().map(Class::getName).sorted().collect(Collectors.joining(", ", "[", "]"));
    }
}
