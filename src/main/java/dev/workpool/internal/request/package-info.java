/**
 * Requests to a pool, the queue that holds them, and how many jobs that queue has room for. Start with {@code
 * RequestQueue}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.request;

import akka.annotation.InternalApi;
