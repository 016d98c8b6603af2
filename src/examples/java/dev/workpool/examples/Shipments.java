package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobHandler;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Asks a carrier to pick up orders, some at a time. A carrier that is down is asked again an hour later, and one that
 * does not answer is given up. {@code ShipmentsTest} tests that in no time.
 */
final class Shipments implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final WorkerPool<String, String> pool;

    /**
     * Starts the pool.
     *
     * @param carrier takes the name of an order, and returns its label
     */
    Shipments(ActorSystem<?> system, JobHandler<String, String> carrier) {
        WorkerPoolSettings settings = WorkerPoolSettings.create(system, "shipments")
                .withWorkers(4)
                .withJobTimeout(PATIENCE)
                .withRetry(RetryPolicy.attempts(3).retryOn(IOException.class).withFixedBackoff(Duration.ofHours(1)));
        this.pool = WorkerPool.start(system, settings, carrier);
    }

    /** Ships orders; the batch has their labels. */
    Batch<String> ship(List<String> orders) {
        return pool.submitAll(orders);
    }

    WorkerPool<String, String> pool() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
    }
}
