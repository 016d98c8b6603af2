/**
 * Batches and single jobs from their submission to their result. Start with {@code BatchSubmission}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it, and
 * no other.
 */
@InternalApi
package dev.workpool.internal.batch;

import akka.annotation.InternalApi;
