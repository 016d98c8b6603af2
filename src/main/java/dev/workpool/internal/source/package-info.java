/**
 * Takes a stream's jobs from an iterator or a publisher, no more than its window has room for. Start with {@code
 * Consumption}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.source;

import akka.annotation.InternalApi;
