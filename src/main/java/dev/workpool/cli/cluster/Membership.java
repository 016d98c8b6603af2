package dev.workpool.cli.cluster;

import akka.actor.Address;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Down;
import dev.workpool.cli.options.NodeAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a node makes of others that it does not reach. Runs take out nodes, since new ones cannot come in fully as long as some are
 * unreachable. Workers take out nobody: one that has no run any more begins anew. So a run that was suspended for long is still of its
 * cluster when it goes on, and whatever a network is cut into, each run has the workers that it reaches. Leases keep either from
 * doing a job that the other does. Used by one thread at a time.
 */
public final class Membership {
    /** In it a node may come back. With Akka's own patience, one that is gone is taken out some 8 seconds later. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** What a node that leaves needs the others for takes less. Where a third one is unreachable it does not come to an end. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private static final Set<MemberStatus> LEAVING =
            Set.of(MemberStatus.leaving(), MemberStatus.exiting(), MemberStatus.down());

    private final Node node;
    private final Map<Member, Long> unreachableSince = new HashMap<>();
    private OptionalLong aloneSinceNs = OptionalLong.empty();

    public Membership(Node node) {
        this.node = node;
    }

    /**
     * Takes out nodes that were unreachable for long.
     *
     * @param leaves whether this node leaves, which takes long if others are unreachable: then it takes out workers at once
     */
    void takeOutUnreachable(boolean leaves) {
        Set<Member> unreachable = node.cluster().state().getUnreachable();
        long now = System.nanoTime();
        unreachableSince.keySet().retainAll(unreachable);
        for (Member member : unreachable) {
            long since = unreachableSince.computeIfAbsent(member, key -> now);
            if (now - since >= PATIENCE.toNanos() || (leaves && member.hasRole(Node.WORKER))) {
                node.cluster().manager().tell(new Down(member.address()));
            }
        }
    }

    /** Whether there is no run any more, nor a node where nodes meet: for long, or for good. */
    public boolean isAlone(NodeAddress meeting) {
        CurrentClusterState state = node.cluster().state();
        Address place = Node.addressAt(meeting);
        Duration patience = Duration.ZERO;
        for (Member member : state.getMembers()) {
            if (member.hasRole(Node.RUN) || member.address().equals(place)) {
                boolean leaves = LEAVING.contains(member.status());
                if (!leaves && !state.getUnreachable().contains(member)) {
                    aloneSinceNs = OptionalLong.empty();
                    return false;
                }
                patience = !leaves ? PATIENCE : patience.compareTo(FAREWELL) < 0 ? FAREWELL : patience;
            }
        }
        long nowNs = System.nanoTime();
        if (aloneSinceNs.isEmpty()) {
            aloneSinceNs = OptionalLong.of(nowNs);
        }
        return nowNs - aloneSinceNs.getAsLong() >= patience.toNanos();
    }
}
