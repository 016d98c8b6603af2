package dev.workpool.cluster;

import static dev.workpool.support.PoolTest.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import dev.workpool.cluster.WorkingNodes.Member;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who leaves the membership without a word. */
class DeadNodesTest {
    private static final String SOON = "workpool-cluster.dead-nodes-leave-after = 2s\n";
    private static final Optional<MemberStatus> UP = Optional.of(MemberStatus.up());

    @TempDir
    private Path directory;

    private static CurrentClusterState state(ActorSystem<?> system) {
        return Cluster.get(system).state();
    }

    private static Optional<MemberStatus> status(ActorSystem<?> system, Member process) {
        for (akka.cluster.Member member : state(system).getMembers()) {
            if (member.address().equals(process.address())) {
                return Optional.of(member.status());
            }
        }
        return Optional.empty();
    }

    private static boolean isUnreachable(ActorSystem<?> system, Member process) {
        return state(system).getUnreachable().stream()
                .anyMatch(member -> member.address().equals(process.address()));
    }

    /** The other was stopped before, so that it would have left before. Akka takes out who left once all others answer. */
    @Test
    void aProcessThatWasKilledLeavesAndOneThatIsStoppedStays() throws Exception {
        try (Nodes nodes = new Nodes(WorkingNodes.SETTINGS + SOON)) {
            ActorSystem<Void> system = nodes.start();
            WorkingNodes processes = new WorkingNodes(system, directory);
            try {
                Member stopped = processes.start();
                Member killed = processes.start();
                await().atMost(LONG)
                        .until(() -> status(system, stopped).equals(UP)
                                && status(system, killed).equals(UP));
                stopped.jvm().suspend();
                await().atMost(LONG).until(() -> isUnreachable(system, stopped));
                killed.jvm().kill();
                await().atMost(LONG).until(() -> status(system, killed).equals(Optional.of(MemberStatus.down())));
                assertThat(status(system, stopped)).isEqualTo(UP);
                stopped.jvm().resume();
                await().atMost(LONG).until(() -> status(system, killed).isEmpty());
                await().atMost(LONG).until(() -> !isUnreachable(system, stopped));
                assertThat(status(system, stopped)).isEqualTo(UP);
            } finally {
                processes.close();
            }
        }
    }

    @Test
    void aTimeThatIsNotAllowedIsNamed() {
        try (Nodes nodes = new Nodes("workpool-cluster.dead-nodes-leave-after = 0s\n")) {
            ActorSystem<Void> system = nodes.start();
            assertThatThrownBy(() -> new TrialPool(system, List::of, settings -> settings))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("workpool-cluster.dead-nodes-leave-after = 0s; allowed: 1s to 1 day");
        }
    }
}
