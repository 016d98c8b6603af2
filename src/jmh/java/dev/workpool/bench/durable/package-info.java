/**
 * Durable queues beside a row for each job and beside a bare log: {@link dev.workpool.bench.durable.DurableQueues} runs
 * them.
 */
package dev.workpool.bench.durable;
