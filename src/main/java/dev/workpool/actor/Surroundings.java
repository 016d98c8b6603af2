package dev.workpool.actor;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * What the contexts of a worker's jobs have in common.
 *
 * @param workerIndex which worker it is
 * @param callbacks runs onCancel actions
 * @param slowDowns is told for how long nothing is to begin; thread-safe, and does not block
 */
record Surroundings(int workerIndex, Executor callbacks, Consumer<Duration> slowDowns) {

    /** Those of one worker of a pool. */
    @FunctionalInterface
    interface Factory {
        Surroundings of(int workerIndex);
    }
}
