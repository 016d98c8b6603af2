package dev.workpool.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.ConfigFactory;
import dev.workpool.support.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose nodes show each other certificates, as {@code cluster.md} has it, and let nobody else in. */
class ArteryTlsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final List<ActorSystem<?>> systems = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void end() {
        systems.forEach(ActorSystem::terminate);
        systems.forEach(each -> each.getWhenTerminated().toCompletableFuture().join());
    }

    @Test
    void onlyNodesWithACertificateOfTheSameAuthorityJoin() throws Exception {
        CertificateAuthority authority = new CertificateAuthority(Files.createDirectory(directory.resolve("ours")));
        CertificateAuthority foreign = new CertificateAuthority(Files.createDirectory(directory.resolve("foreign")));
        Path trust = authority.trust();
        Cluster first = node(authority.keysOf("first"), trust);
        Cluster second = node(authority.keysOf("second"), trust);
        Address address = first.selfMember().address();
        first.manager().tell(Join.create(address));
        second.manager().tell(Join.create(address));
        await().atMost(MINUTE).untilAsserted(() -> {
            assertThat(up(first)).hasSize(2);
            assertThat(up(second)).hasSize(2);
        });

        // It trusts the others, so that it is they who refuse.
        Cluster stranger = node(foreign.keysOf("stranger"), trust);
        try (CapturedLog log = CapturedLog.of("akka")) {
            stranger.manager().tell(Join.create(address));
            await().atMost(MINUTE).until(() -> isRefused(log));
        }
        assertThat(up(first)).hasSize(2);
        assertThat(up(stranger)).isEmpty();
    }

    private static boolean isRefused(CapturedLog log) {
        return log.messages().stream()
                .anyMatch(message -> message.contains("control stream") && message.contains("Received fatal alert"));
    }

    private static List<Member> up(Cluster cluster) {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .filter(member -> member.status() == MemberStatus.up())
                .toList();
    }

    private Cluster node(Path keys, Path trust) throws IOException {
        String config = """
                include classpath("cluster-test.conf")
                NODE_KEYS = "%s"
                NODE_TRUST = "%s"
                STORE_PASSWORD = "%s"
                """.formatted(keys, trust, CertificateAuthority.PASSWORD) + documented();
        ActorSystem<Void> system =
                ActorSystem.create(Behaviors.empty(), "secure", ConfigFactory.load(ConfigFactory.parseString(config)));
        systems.add(system);
        return Cluster.get(system);
    }

    /** What the page says, so that it is what is tested. */
    private static String documented() throws IOException {
        return Pattern.compile("```hocon\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("src/docs/cluster.md")))
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.contains("tls-tcp"))
                .findAny()
                .orElseThrow();
    }
}
