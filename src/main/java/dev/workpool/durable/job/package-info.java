/**
 * What users of durable queues write and get: {@link dev.workpool.durable.job.TransactionalHandler}, {@link
 * dev.workpool.durable.job.QueueObserver}, {@link dev.workpool.durable.job.QueueStats}, {@link
 * dev.workpool.durable.job.DeadLetter}. Uses {@code dev.workpool.job} alone.
 */
package dev.workpool.durable.job;
