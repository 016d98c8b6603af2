package dev.workpool.cli.options;

import dev.workpool.settings.RetryPolicy;
import java.time.Duration;

/**
 * How long a job waits between its attempts, as the user said.
 *
 * @param initial after the first
 * @param cap at most; the same where the wait is fixed
 */
record Backoff(Duration initial, Duration cap) {

    /** Who names one duration means that one: only where the wait grows is it drawn from 0 to that, if the policy draws. */
    RetryPolicy applyTo(RetryPolicy policy) {
        return initial.equals(cap)
                ? policy.withFixedBackoff(initial)
                : policy.withExponentialBackoff(initial, cap).withJitter(policy.jitter());
    }
}
