/**
 * The end of a session where jobs run. {@code Station} wraps an ordinary router: towards it, it plays the dispatcher and
 * the collectors; towards fleets, it is who asks for jobs and reports outcomes.
 */
@InternalApi
package dev.workpool.cluster.internal.station;

import akka.annotation.InternalApi;
