/** Takes nodes out of the membership of a cluster whose process has ended. Named in {@code workpool-cluster.conf}; knows nothing of pools. */
@InternalApi
package dev.workpool.cluster.internal.membership;

import akka.annotation.InternalApi;
