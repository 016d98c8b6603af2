/**
 * The worker actor and the code that runs its jobs: chunks that are claimed job by job, runners of blocking and
 * asynchronous handlers, threads, contexts, interrupts. Start with {@code Chunk}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.worker;

import akka.annotation.InternalApi;
