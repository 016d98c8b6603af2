package dev.workpool.cluster.internal.fleet;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import java.util.Optional;

/** Knows nodes: their addresses, and their roles. Thread-safe. */
public interface NodeRoles {

    /**
     * Those of a cluster.
     *
     * @param system a node of the cluster
     * @param role which; any, if it is empty
     */
    static NodeRoles of(ActorSystem<?> system, Optional<String> role) {
        return new ClusterRoles(system, role);
    }

    /** The address by which other nodes know one whose actors have that address. */
    Address addressOf(Address actors);

    /** How many nodes the cluster has, as far as this one knows. */
    int members();

    /** What to look at if there are too few. */
    default String hint() {
        return "look at the seed nodes and the names of the actor systems";
    }

    /** Whether a node has the role. One that is not known yet has not. */
    boolean has(Address node);
}
