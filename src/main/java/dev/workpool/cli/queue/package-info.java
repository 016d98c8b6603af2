/** {@code workpool queue}: commands that are kept in a store until they are done. Start with {@code QueueCommand}. */
package dev.workpool.cli.queue;
