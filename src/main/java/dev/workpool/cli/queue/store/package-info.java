/** The store of durable queues that a command is about: where it is, who opens it, what it answers. Start with {@code StoreOptions}. */
package dev.workpool.cli.queue.store;
