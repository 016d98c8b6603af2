/**
 * What runs next: batches in turns by priority and weight, retries that wait for their time, the budget for them. Start
 * with {@code JobQueue}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.queue;

import akka.annotation.InternalApi;
