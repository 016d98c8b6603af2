/**
 * Tells a pool's observers and the flight recorder what happens in it. Start with {@code PoolEvents}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it,
 * and no other.
 */
@InternalApi
package dev.workpool.internal.event;

import akka.annotation.InternalApi;
