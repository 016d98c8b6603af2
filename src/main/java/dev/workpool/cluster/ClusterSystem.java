package dev.workpool.cluster;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import dev.workpool.cluster.internal.membership.DeadNodes;
import dev.workpool.settings.ClusterSettings;

/** Checks that an actor system is a node of a cluster that can carry what the settings say, and says what is wrong if not. */
final class ClusterSystem {
    /** What a message has beside a frame: the names of actors and classes, and lengths. */
    private static final int HEADER_BYTES = 2_048;

    private ClusterSystem() {}

    /**
     * Checks it.
     *
     * @param system the actor system
     * @param settings of what is to be started
     * @param what needs it, for the message
     * @throws IllegalStateException if it is no node, or the library is not there
     * @throws IllegalArgumentException if its frames do not fit into Akka's, which would lose them
     */
    static void check(ActorSystem<?> system, ClusterSettings settings, String what) {
        checkNode(system, what);
        DeadNodes.check(system.settings().config());
        checkFrames(system.settings().config().getConfig("akka.remote.artery"), settings);
    }

    private static void checkFrames(Config artery, ClusterSettings settings) {
        String key = artery.getStringList("large-message-destinations").isEmpty()
                ? "advanced.maximum-frame-size"
                : "advanced.maximum-large-frame-size";
        long largest = artery.getBytes(key) - HEADER_BYTES;
        if (settings.frameBytes() > largest) {
            throw new IllegalArgumentException("workpool.cluster.pools." + settings.name() + ".frame-bytes = "
                    + settings.frameBytes() + "; allowed: up to " + largest + ", which is " + HEADER_BYTES
                    + " less than akka.remote.artery." + key + ", which may be raised on all nodes");
        }
    }

    private static void checkNode(ActorSystem<?> system, String what) {
        String provider = system.settings().config().getString("akka.actor.provider");
        if (!provider.equals("cluster") && !provider.endsWith("ClusterActorRefProvider")) {
            throw new IllegalStateException(what + ": a cluster is needed, and akka.actor.provider = " + provider
                    + "; allowed: cluster, as in include classpath(\"workpool-cluster.conf\")");
        }
        try {
            Class.forName("akka.cluster.typed.Cluster");
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    what + ": com.typesafe.akka:akka-cluster-typed_2.13 is needed on the class path", e);
        }
    }
}
