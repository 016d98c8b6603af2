/**
 * A running pool as a whole: how its parts are put together, how threads submit to it, its guards, its end. Start with
 * {@code RunningPool}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.pool;

import akka.annotation.InternalApi;
