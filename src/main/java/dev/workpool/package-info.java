/**
 * The entry types of Workpool: start a pool, submit jobs, get every outcome exactly once.
 *
 * <p>{@link dev.workpool.WorkerPool} is the entry type and states the guarantees. Handlers, outcomes and statistics are
 * in {@code dev.workpool.job}, settings of pools and batches in {@code dev.workpool.settings}, and the commands of
 * actors in {@code dev.workpool.protocol}. Types of {@code dev.workpool.internal} may change at any time; they are
 * public only because Java has no friend packages.
 */
package dev.workpool;
