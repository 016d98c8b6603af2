/**
 * Jobs on their way through the pool: neighbouring jobs of a batch, how they are to be run, and why they are stopped.
 * Start with {@code Slice}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.slice;

import akka.annotation.InternalApi;
