/**
 * How a pool, a batch or a stream is to run: immutable settings and policies, and what reads them from HOCON. Start with {@link
 * dev.workpool.settings.WorkerPoolSettings}.
 */
package dev.workpool.settings;
