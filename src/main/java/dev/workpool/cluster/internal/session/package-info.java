/**
 * What both ends of a session between a fleet and a station do alike: frames under credit, numbers without gaps, and
 * which jobs are out. Knows no actors but by reference.
 */
@InternalApi
package dev.workpool.cluster.internal.session;

import akka.annotation.InternalApi;
