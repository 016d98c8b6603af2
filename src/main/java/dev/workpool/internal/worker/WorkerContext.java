package dev.workpool.internal.worker;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * What the contexts of a worker's jobs have in common.
 *
 * @param workerIndex which worker it is
 * @param callbacks runs onCancel actions
 * @param slowDowns is told for how long nothing is to begin; thread-safe, and does not block
 * @param cancelFailures is told what onCancel actions throw
 */
public record WorkerContext(
        int workerIndex, Executor callbacks, Consumer<Duration> slowDowns, CancelFailures cancelFailures) {

    /** Those of one worker of a pool. */
    @FunctionalInterface
    public interface Factory {
        WorkerContext of(int workerIndex);
    }
}
