/**
 * The bytes of durable queues: many jobs in one block, many outcomes in one block, and sets of jobs. Pure; uses the
 * outcomes of {@code dev.workpool.job} alone. Read {@code JobSet} first, then {@code JobBlock}.
 */
@InternalApi
package dev.workpool.durable.internal.segment;

import akka.annotation.InternalApi;
