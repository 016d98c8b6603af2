package dev.workpool.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.WorkerPool;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.cluster.job.ClusterNode.State;
import dev.workpool.support.PoolTest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ClusterNodeMetricsTest extends PoolTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile List<ClusterNode> nodes = List.of();

    static ClusterNode node(String address, State state, int workers, int running, long out, long fenced) {
        return new ClusterNode(address, state, "", workers, running, out, fenced);
    }

    private double value(String meter, String... tags) {
        return registry.get(meter)
                .tags(tags)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @Test
    void nodesComeAndGo() {
        nodes = List.of(node("one", State.WORKING, 4, 3, 20, 2), node("other", State.LEAVING, 2, 1, 1, 0));
        ClusterNodeMetrics.of("hashers", () -> nodes, ended)
                .withTags(Tags.of("region", "eu"))
                .bindTo(registry);
        assertThat(value("workpool.cluster.nodes", "name", "hashers", "state", "working", "region", "eu"))
                .isEqualTo(1);
        assertThat(value("workpool.cluster.nodes", "state", "refusing")).isZero();
        assertThat(value("workpool.cluster.node.workers", "node", "one")).isEqualTo(4);
        assertThat(value("workpool.cluster.node.running", "node", "one")).isEqualTo(3);
        assertThat(value("workpool.cluster.node.out", "node", "one", "region", "eu"))
                .isEqualTo(20);
        assertThat(value("workpool.cluster.fenced", "node", "one")).isEqualTo(2);
        assertThat(value("workpool.cluster.node.out", "node", "other")).isEqualTo(1);

        nodes = List.of(node("one", State.WORKING, 4, 3, 30, 2), node("third", State.WORKING, 8, 0, 0, 0));
        await().atMost(LONG).until(() -> value("workpool.cluster.nodes", "state", "working") == 2);
        assertThat(value("workpool.cluster.node.workers", "node", "third")).isEqualTo(8);
        assertThat(value("workpool.cluster.node.out", "node", "one")).isEqualTo(30);
        assertThat(registry.find("workpool.cluster.node.out")
                        .tag("node", "other")
                        .gauge())
                .isNull();

        ended.complete(null);
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void aPoolWithoutNodesIsRefused() {
        try (WorkerPool<String, String> pool = WorkerPool.start(system, settings(1), job -> job)) {
            assertThatThrownBy(() -> ClusterNodeMetrics.of(pool))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has its workers in this process");
        }
    }

    @Test
    void tagsThatMetersHaveAlreadyAreRefused() {
        ClusterNodeMetrics metrics = ClusterNodeMetrics.of("pool", List::of, ended);
        assertThatThrownBy(() -> metrics.withTags(Tags.of("node", "mine")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tag node = mine; allowed: keys other than [name, node, state]");
    }
}
