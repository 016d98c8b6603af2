/** Commands as jobs of a durable queue, and those who run them. Start with {@code WorkSetup}. */
package dev.workpool.cli.queue.work;
