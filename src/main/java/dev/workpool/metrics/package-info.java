/**
 * Publishes the numbers of a pool or a durable queue as Micrometer meters: {@link
 * dev.workpool.metrics.WorkerPoolMetrics} and {@link dev.workpool.metrics.DurableQueueMetrics} are the entry types. Needs
 * {@code io.micrometer:micrometer-core} on the class path, which the library does not depend on.
 */
package dev.workpool.metrics;
