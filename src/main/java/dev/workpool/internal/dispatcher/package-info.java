/**
 * The dispatcher actor, root of a pool: it holds all jobs without an outcome, grants them to the router, and handles
 * requests and statistics. Start with {@code Dispatcher}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.dispatcher;

import akka.annotation.InternalApi;
