/**
 * Streams of jobs: the buffer between source and dispatcher, keys, order, the account of what is open. Start with
 * {@code StreamSubmission}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.stream;

import akka.annotation.InternalApi;
