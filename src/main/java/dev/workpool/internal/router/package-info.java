/**
 * The router actor, parent of the workers: it cuts slices into chunks, keeps workers fed, takes work back, stops jobs,
 * and replaces workers. Start with {@code ChunkScheduler}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.router;

import akka.annotation.InternalApi;
