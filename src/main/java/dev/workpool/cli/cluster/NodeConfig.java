package dev.workpool.cli.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.workpool.cli.options.NodeAddress;
import java.util.List;

/**
 * What Akka is told of a node: what the library says of clusters, and on top of it what suits processes that come and go within seconds.
 * System properties come before all.
 */
final class NodeConfig {
    /**
     * A node takes part without delay. Nobody decides for all what becomes of a part that is cut off: each node has its own rule, see
     * {@link Membership}.
     */
    private static final String HASTE = """
            akka {
              cluster {
                downing-provider-class = ""
                jmx.enabled = off
                seed-node-timeout = 1s
                retry-unsuccessful-join-after = 1s
                allow-weakly-up-members = 2s
                gossip-interval = 100ms
                leader-actions-interval = 100ms
                periodic-tasks-initial-delay = 100ms
                typed.receptionist.distributed-data {
                  gossip-interval = 100ms
                  notify-subscribers-interval = 100ms
                }
              }
              coordinated-shutdown {
                exit-jvm = off
                reason-overrides."akka.actor.CoordinatedShutdown$ClusterDowningReason$".exit-jvm = off
                phases {
                  cluster-leave.timeout = 3s
                  cluster-exiting.timeout = 3s
                  cluster-exiting-done.timeout = 1s
                  cluster-shutdown.timeout = 1s
                }
              }
            }
            """;

    private NodeConfig() {}

    static Config of(NodeAddress address, String role) {
        return ConfigFactory.defaultOverrides()
                .withFallback(ConfigFactory.parseString(HASTE))
                .withValue("akka.remote.artery.canonical.hostname", ConfigValueFactory.fromAnyRef(address.host()))
                .withValue("akka.remote.artery.canonical.port", ConfigValueFactory.fromAnyRef(address.port()))
                .withValue("akka.cluster.roles", ConfigValueFactory.fromIterable(List.of(role)))
                .withFallback(ConfigFactory.parseResources("workpool-cluster.conf"))
                .withFallback(ConfigFactory.load())
                .resolve();
    }
}
