/**
 * The dispatcher actor, root of a pool: all jobs that have no outcome yet, what is granted to the router and how fast,
 * requests, statistics. Start with {@code Dispatcher}.
 *
 * <p>Internal: may change at any time. Each room uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.dispatcher;

import akka.annotation.InternalApi;
