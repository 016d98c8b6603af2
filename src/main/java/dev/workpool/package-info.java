/**
 * The public face of Workpool: start a pool, submit jobs, get every outcome exactly once.
 *
 * <p>{@link dev.workpool.WorkerPool} is the entry type and states the guarantees. What jobs, outcomes and statistics are is in {@code dev.workpool.job}, how pools and
 * batches are set up in {@code dev.workpool.settings}, and what actors tell a pool in {@code dev.workpool.protocol}. Types of {@code dev.workpool.internal} may change at any time; they
 * are public only because Java has no friend packages.
 */
package dev.workpool;
