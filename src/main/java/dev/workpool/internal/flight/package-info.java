/**
 * Writes what happens in pools to the JDK's flight recorder. Start with {@code FlightLog}, the only class here that is
 * loaded where there is no {@code jdk.jfr}.
 *
 * <p>Internal: may change at any time. Each package uses those that {@code src/docs/architecture.md} lists before it,
 * and no other.
 */
@InternalApi
package dev.workpool.internal.flight;

import akka.annotation.InternalApi;
