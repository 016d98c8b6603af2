package dev.workpool.testkit;

import java.time.Duration;

/**
 * A call of a pool's handler, as {@link WorkerPoolTestKit#attempts} tells it. Immutable.
 *
 * @param job what the handler was called for
 * @param number which attempt at it that was, 1 for the first
 * @param workerIndex which worker called it
 * @param begun when that was: the time since the kit was made, virtual unless its mode is {@code REAL}
 */
public record Attempt(Object job, int number, int workerIndex, Duration begun) {}
