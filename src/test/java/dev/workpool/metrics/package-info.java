/** Pools and durable queues as Micrometer shows them. */
package dev.workpool.metrics;
