/**
 * The few additions to Akka that the pool's actors share: a table of what to do upon which message, timers, long work
 * in parts, threads. Start with {@code ReceiveTable}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.akka;

import akka.annotation.InternalApi;
