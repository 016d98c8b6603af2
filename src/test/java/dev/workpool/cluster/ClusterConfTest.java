package dev.workpool.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.ActorPath;
import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.remote.RemoteActorRefProvider;
import akka.remote.artery.ArterySettings;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.workpool.cluster.internal.membership.DeadNodes;
import dev.workpool.codec.JobCodec;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node starts with what {@code workpool-cluster.conf} says, and Akka understands it as it is meant. */
class ClusterConfTest {
    private static final String DOWNED = "akka.coordinated-shutdown.reason-overrides."
            + "\"akka.actor.CoordinatedShutdown$ClusterDowningReason$\".exit-jvm";

    private ActorSystem<Void> system;

    private static Config load(String application) {
        return ConfigFactory.load(ConfigFactory.parseString(application));
    }

    @BeforeEach
    void start() {
        Config config = load("""
                include classpath("workpool-cluster.conf")
                akka.remote.artery.canonical.port = 0
                akka.cluster.jmx.enabled = off
                """);
        system = ActorSystem.create(Behaviors.empty(), "conf", config);
    }

    @AfterEach
    void end() {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    @Test
    void aClusterOfOneNodeStarts() {
        Cluster cluster = Cluster.get(system);
        assertThat(cluster.selfMember().address().getHost()).contains("127.0.0.1");
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        await().untilAsserted(() -> assertThat(cluster.selfMember().status()).isEqualTo(MemberStatus.up()));
    }

    @Test
    void jobsAndOutcomesHaveAChannelOfTheirOwn() {
        ActorPath pool =
                system.systemActorOf(Behaviors.empty(), "pool", Props.empty()).path();
        assertThat(isLarge(pool.child("workpool-frames"))).isTrue();
        assertThat(isLarge(pool.child("fleet").child("workpool-frames"))).isTrue();
        assertThat(isLarge(pool)).isFalse();
        assertThat(isLarge(pool.child("fleet"))).isFalse();
        assertThat(isLarge(pool.child("workpool-frames").child("more"))).isFalse();
        assertThat(isLarge(pool.child("a").child("b").child("workpool-frames"))).isFalse();
    }

    @Test
    void aFrameFitsIntoABufferOfThatChannel() {
        assertThat(ClusterSettings.create(system, "any").frameBytes())
                .isLessThan(artery().Advanced().MaximumLargeFrameSize());
    }

    /** Akka would lose them, and say so in a line of its log alone. */
    @Test
    void framesThatDoNotFitAreRefusedAtTheStart() {
        ClusterSettings tooLarge = ClusterSettings.create(system, "any").withFrameBytes(128 * 1024 - 2_047);
        assertThatThrownBy(() -> ClusterPool.start(
                        system,
                        WorkerPoolSettings.create(system, "any"),
                        tooLarge,
                        JobCodec.strings(),
                        JobCodec.strings()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "workpool.cluster.pools.any.frame-bytes = 129025; allowed: up to 129024, which is 2048 less"
                                + " than akka.remote.artery.advanced.maximum-large-frame-size, which may be raised on all nodes");
        ClusterPool.start(
                        system,
                        WorkerPoolSettings.create(system, "any"),
                        tooLarge.withFrameBytes(128 * 1024 - 2_048),
                        JobCodec.strings(),
                        JobCodec.strings())
                .close();
    }

    @Test
    void destinationsOfTheApplicationCanBeAdded() {
        assertThat(load("""
                                akka.remote.artery.large-message-destinations = ["/user/before"]
                                include classpath("workpool-cluster.conf")
                                akka.remote.artery.large-message-destinations += "/user/after"
                                """).getStringList("akka.remote.artery.large-message-destinations"))
                .isEqualTo(List.of(
                        "/user/before", "/system/*/workpool-frames", "/system/*/*/workpool-frames", "/user/after"));
    }

    /** Each of Akka's strategies ends nodes that work, when a link fails. */
    @Test
    void onlyThoseWhoseProcessHasEndedAreTakenOut() {
        assertThat(load("include classpath(\"workpool-cluster.conf\")")
                        .getString("akka.cluster.downing-provider-class"))
                .isEqualTo(DeadNodes.class.getName());
    }

    /** As any test that ends its system would end with its JVM, otherwise. */
    @Test
    void onlyANodeThatWasTakenOutEndsItsProcess() {
        Config config = load("include classpath(\"workpool-cluster.conf\")");
        assertThat(config.getBoolean(DOWNED)).isTrue();
        assertThat(config.getBoolean("akka.coordinated-shutdown.exit-jvm")).isFalse();
    }

    private boolean isLarge(ActorPath path) {
        return artery().LargeMessageDestinations().find(path.elements()).isDefined();
    }

    private ArterySettings artery() {
        ExtendedActorSystem extended = (ExtendedActorSystem) system.classicSystem();
        return ((RemoteActorRefProvider) extended.provider()).remoteSettings().Artery();
    }
}
