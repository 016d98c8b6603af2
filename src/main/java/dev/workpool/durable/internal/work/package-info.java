/**
 * Work on a durable queue: claims segments, has their jobs run by a pool, acknowledges them, and keeps their leases
 * meanwhile. Built on the face of a pool, and on {@code store}. Read {@code WorkActor} first, which decides; then {@code
 * Feeder} and {@code Settler}, which call users' code.
 */
@InternalApi
package dev.workpool.durable.internal.work;

import akka.annotation.InternalApi;
