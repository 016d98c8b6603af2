package dev.workpool.cluster;

import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.workpool.support.PoolTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Nodes of a cluster in this JVM, which talk to each other by Artery on the loopback interface. */
final class Nodes implements AutoCloseable {
    private final List<ActorSystem<Void>> systems = new ArrayList<>();
    private final String settings;

    Nodes() {
        this("");
    }

    Nodes(String settings) {
        this.settings = settings;
    }

    static Config config(String settings) {
        return ConfigFactory.parseString("""

                        akka.remote.artery.canonical.port = 0
                        akka.loglevel = WARNING
                        akka.cluster.jmx.multi-mbeans-in-same-jvm = on
                        akka.coordinated-shutdown.exit-jvm = off
                        akka.cluster.gossip-interval = 200ms
                        akka.cluster.leader-actions-interval = 200ms
                        akka.cluster.periodic-tasks-initial-delay = 300ms
                        akka.cluster.shutdown-after-unsuccessful-join-seed-nodes = off
                        akka.cluster.typed.receptionist.distributed-data.notify-subscribers-interval = 100ms
                        akka.cluster.typed.receptionist.distributed-data.gossip-interval = 200ms
                        """ + settings)
                .withFallback(ConfigFactory.parseResources("workpool-cluster.conf"))
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    /** Starts a node, which joins those before it, and waits until it is a member. */
    ActorSystem<Void> start() {
        return start("");
    }

    ActorSystem<Void> start(String more) {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "nodes", config(settings + "\n" + more));
        Cluster cluster = Cluster.get(system);
        ActorSystem<Void> first = systems.isEmpty() ? system : systems.get(0);
        cluster.manager().tell(Join.create(Cluster.get(first).selfMember().address()));
        systems.add(system);
        await().atMost(PoolTest.LONG).until(() -> cluster.selfMember().status().equals(MemberStatus.up()));
        return system;
    }

    /** Waits for longer than Akka gives all phases of a shutdown in which no node hears of another any more. */
    @Override
    public void close() {
        for (ActorSystem<Void> system : systems) {
            system.terminate();
        }
        for (ActorSystem<Void> system : systems) {
            try {
                system.getWhenTerminated().toCompletableFuture().get(2 * PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError("a node does not end", e);
            }
        }
    }
}
