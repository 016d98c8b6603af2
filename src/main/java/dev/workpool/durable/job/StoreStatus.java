package dev.workpool.durable.job;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether a store answers this process. A snapshot, from the last that was asked of it.
 *
 * @param failure why it does not answer; empty if it does
 * @param awayFor for how long it has not
 * @param outages how often it went away since it was opened
 */
public record StoreStatus(Optional<Exception> failure, Duration awayFor, long outages) {
    /** {@return whether it answers} */
    public boolean isAvailable() {
        return failure.isEmpty();
    }
}
