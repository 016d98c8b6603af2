/**
 * What nodes send each other, as messages and as bytes. Read {@code WireMessage} first, then {@code StationCommand} and
 * {@code FleetEvent}, {@code JobsBlock} and {@code OutcomesBlock}.
 */
@InternalApi
package dev.workpool.cluster.internal.wire;

import akka.annotation.InternalApi;
