/**
 * How many workers a pool may have at a time: a fixed number, or one that follows the time that jobs take. Alone knows
 * Netflix's concurrency-limits. Start with {@code ConcurrencyLimit}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.limit;

import akka.annotation.InternalApi;
