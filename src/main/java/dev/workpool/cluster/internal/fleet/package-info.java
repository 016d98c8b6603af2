/**
 * The end of sessions where jobs are submitted. {@code Fleet} is what a dispatcher takes for its router: it shares what it
 * is granted among the stations of all nodes, and takes back what a lost one had.
 */
@InternalApi
package dev.workpool.cluster.internal.fleet;

import akka.annotation.InternalApi;
