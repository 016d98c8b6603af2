package dev.workpool.cluster.internal.fleet;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;
import java.util.Optional;

/** Knows the nodes of a cluster: their addresses, and their roles. Thread-safe. */
public final class NodeRoles {
    private final Cluster cluster;
    private final Optional<String> role;

    /**
     * Nodes with a role.
     *
     * @param system a node of the cluster
     * @param role which; any, if it is empty
     */
    public NodeRoles(ActorSystem<?> system, Optional<String> role) {
        this.cluster = Cluster.get(system);
        this.role = role;
    }

    /** The address by which other nodes know one whose actors have that address. */
    Address addressOf(Address actors) {
        return actors.hasLocalScope() ? cluster.selfMember().address() : actors;
    }

    /** Whether a node has the role. One that is not known yet has not. */
    boolean has(Address node) {
        if (role.isEmpty()) {
            return true;
        }
        for (Member member : cluster.state().getMembers()) {
            if (member.address().equals(node)) {
                return member.hasRole(role.get());
            }
        }
        return false;
    }
}
