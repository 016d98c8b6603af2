/**
 * What a pool's actors publish of themselves, for any thread to read without a message. Start with {@code PoolGauges}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.gauge;

import akka.annotation.InternalApi;
