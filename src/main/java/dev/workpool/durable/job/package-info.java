/**
 * What users of durable queues write and get: {@link dev.workpool.durable.job.TransactionalHandler}, {@link
 * dev.workpool.durable.job.QueueStats}, {@link dev.workpool.durable.job.DeadLetter}. Uses no other package.
 */
package dev.workpool.durable.job;
