/**
 * The public face of Workpool: start a pool, submit jobs, get every outcome exactly once.
 *
 * <p>{@link dev.workpool.WorkerPool} is the entry type and states the guarantees. Types of {@code dev.workpool.actor}
 * are internal, public only because Java has no friend packages.
 */
package dev.workpool;
