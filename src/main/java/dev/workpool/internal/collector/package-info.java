/**
 * The collector actor, which knows when a batch is over, and its accounts: who has an outcome, what is tried again,
 * what is counted. Start with {@code Collector}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.collector;

import akka.annotation.InternalApi;
