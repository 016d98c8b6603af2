package dev.workpool.cluster;

import akka.actor.typed.ActorSystem;

/** Checks that an actor system is a node of a cluster, and says what is missing if it is not. */
final class ClusterSystem {
    private ClusterSystem() {}

    /**
     * Checks it.
     *
     * @param system the actor system
     * @param what needs it, for the message
     * @throws IllegalStateException if it is no node, or the library is not there
     */
    static void check(ActorSystem<?> system, String what) {
        String provider = system.settings().config().getString("akka.actor.provider");
        if (!provider.equals("cluster") && !provider.endsWith("ClusterActorRefProvider")) {
            throw new IllegalStateException(what + " needs a cluster, and akka.actor.provider = " + provider
                    + "; allowed: cluster, as in include classpath(\"workpool-cluster.conf\")");
        }
        try {
            Class.forName("akka.cluster.typed.Cluster");
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    what + " needs com.typesafe.akka:akka-cluster-typed_2.13 on the class path", e);
        }
    }
}
