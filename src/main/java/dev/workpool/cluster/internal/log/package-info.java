/** Keeps Akka's log short where somebody floods the port of a node. Named in {@code workpool-cluster.conf}; never touches what travels. */
@InternalApi
package dev.workpool.cluster.internal.log;

import akka.annotation.InternalApi;
