package dev.workpool.internal.worker;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The part that the contexts of all jobs of a worker share.
 *
 * @param workerIndex which worker it is
 * @param callbacks runs onCancel actions
 * @param slowDowns is told for how long no job may begin; thread-safe, and does not block
 * @param cancelFailures is told the exceptions of onCancel actions
 */
public record WorkerContext(
        int workerIndex, Executor callbacks, Consumer<Duration> slowDowns, CancelFailures cancelFailures) {

    /** Those of one worker of a pool. */
    @FunctionalInterface
    public interface Factory {
        WorkerContext of(int workerIndex);
    }
}
