/**
 * What users of durable queues write and get: {@link dev.workpool.durable.job.TransactionalHandler}, {@link
 * dev.workpool.durable.job.QueueStats}, {@link dev.workpool.durable.job.DeadLetter}, {@link
 * dev.workpool.durable.job.QueueObserver}.
 */
package dev.workpool.durable.job;
