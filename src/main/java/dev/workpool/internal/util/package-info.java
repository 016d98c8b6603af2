/**
 * Helpers that know nothing of pools: lists in pages, a queue of what is due, executors, errors, the ends of memory and
 * stack. Uses the JDK alone. Start with {@code TimerQueue}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.util;

import akka.annotation.InternalApi;
