/**
 * Immutable settings and policies of pools, batches and streams, and the code that reads them from HOCON. Start with
 * {@link dev.workpool.settings.WorkerPoolSettings}.
 */
package dev.workpool.settings;
