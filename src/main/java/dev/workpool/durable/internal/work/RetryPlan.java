package dev.workpool.durable.internal.work;

import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import java.util.random.RandomGenerator;

/**
 * Says where a job that has failed waits for its next attempt: in the pool if the wait is short, and in the store if it
 * is long. Jobs of a keyed queue wait in the pool in any case, since those behind them have to wait, too. Immutable.
 */
final class RetryPlan {
    /** The longest wait in the pool. */
    private static final long LONGEST_IN_PLACE_MS = 1_000;

    private final RetryPolicy policy;
    private final boolean isKeyed;
    private final int inPlace;

    RetryPlan(RetryPolicy policy, boolean isKeyed) {
        this.policy = policy;
        this.isKeyed = isKeyed;
        this.inPlace = isKeyed ? policy.maxAttempts() : attemptsInPlace(policy);
    }

    /** How many attempts come one after another without a long wait. */
    private static int attemptsInPlace(RetryPolicy policy) {
        RetryPolicy exact = policy.withJitter(false);
        int attempts = 1;
        while (attempts < policy.maxAttempts()
                && exact.delayNs(attempts, RandomGenerator.getDefault()) <= LONGEST_IN_PLACE_MS * 1_000_000) {
            attempts++;
        }
        return attempts;
    }

    /** The options of a batch whose jobs have been tried so often before. */
    BatchOptions options(BatchOptions options, int attemptsBefore) {
        if (policy.maxAttempts() == 1) {
            return options; // then the pool's own policy holds
        }
        int attempts = isKeyed ? Math.max(1, inPlace - attemptsBefore) : attemptsBefore == 0 ? inPlace : 1;
        return options.withRetry(policy.withMaxAttempts(attempts));
    }

    /**
     * How long a job that has failed so often waits in the store, in milliseconds. One of a keyed queue does only if it
     * was given back between its attempts.
     */
    long delayMs(int attempts, RandomGenerator random) {
        return policy.delayNs(attempts, random) / 1_000_000;
    }

    /** Whether attempts are counted from one process to the next: not those that the pool makes by its own policy. */
    boolean countsAttempts() {
        return policy.maxAttempts() > 1;
    }

    /**
     * Whether a job is tried again after a wait in the store.
     *
     * @param outcome how its last attempt ended, with the number of all its attempts
     */
    boolean isTriedAgain(Outcome<?> outcome) {
        return countsAttempts() && isRetried(outcome);
    }

    private boolean isRetried(Outcome<?> outcome) {
        try {
            return policy.retries(outcome);
        } catch (RuntimeException | StackOverflowError e) { // users' code; the pool has logged it
            return false;
        }
    }
}
