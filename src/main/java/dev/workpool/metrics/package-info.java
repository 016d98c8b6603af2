/**
 * Publishes the numbers of a pool as Micrometer meters: {@link dev.workpool.metrics.WorkerPoolMetrics} is the entry
 * type. Needs {@code io.micrometer:micrometer-core} on the class path, which the library does not depend on.
 */
package dev.workpool.metrics;
