package dev.workpool.cluster.internal.fleet;

import dev.workpool.settings.ClusterSettings;
import java.util.Collection;
import java.util.OptionalInt;

/**
 * Shares the number of jobs of a pool that may run at a time among its nodes. What one gets less another gets more only
 * once the first has said that it runs no more than that, so that the sum is never too large. Of the fleet's thread.
 */
final class WorkerLimit {
    private final int perNode;

    /** In all. */
    private int most;

    WorkerLimit(ClusterSettings settings) {
        this.perNode = orAny(settings.workersPerNode());
        this.most = orAny(settings.workers());
    }

    private static int orAny(OptionalInt limit) {
        return limit.orElse(Integer.MAX_VALUE);
    }

    void resize(int workers) {
        most = workers;
    }

    boolean isUnlimited() {
        return most == Integer.MAX_VALUE;
    }

    /** What a node may run that is about to be asked. It may never answer, so nothing is kept for it. */
    int first() {
        return isUnlimited() ? perNode : 0;
    }

    /** Sets the limits of all open sessions as far as they may be set now. */
    <J, R> void share(Collection<NodeSession<J, R>> sessions) {
        long open = sessions.stream().filter(NodeSession::isOpen).count();
        int place = 0;
        for (NodeSession<J, R> each : sessions) {
            if (!each.isOpen()) {
                continue;
            }
            if (isUnlimited()) {
                each.limit = perNode;
                continue;
            }
            long fair = most / open + (place++ < most % open ? 1 : 0);
            long free = Math.max(0, most - inForce(sessions, each));
            if (each.limitThere == each.limit) { // of two that were on their way, none would know which it has
                each.limit = (int) Math.min(perNode, Math.min(fair, free));
            }
        }
    }

    private static <J, R> long inForce(Collection<NodeSession<J, R>> sessions, NodeSession<J, R> but) {
        return sessions.stream()
                .filter(each -> each != but && each.isOpen())
                .mapToLong(each -> Math.max(each.begun, Math.max(each.limit, each.limitThere)))
                .sum();
    }
}
