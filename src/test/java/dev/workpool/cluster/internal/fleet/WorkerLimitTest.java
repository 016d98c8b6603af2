package dev.workpool.cluster.internal.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.settings.ClusterSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** However late nodes answer, all together never run more than is allowed, and in the end they may run all of that. */
class WorkerLimitTest {
    private static final int MOST_WORKERS = 20;

    /** What a node says of itself. */
    private record Says(int limit, int running) {}

    /** A station at the other end of a slow way. */
    private static final class Node {
        private final NodeSession<String, String> session;
        private final Queue<Integer> told = new ArrayDeque<>();
        private final Queue<Says> says = new ArrayDeque<>();
        private int limit;
        private int running;

        private Node(long id, int first) {
            session = Sessions.node("node-" + id, false);
            session.begin(id, first, 0);
            limit = first;
        }

        /** Some of its jobs end, and others begin. */
        private void run(Random random) {
            running -= random.nextInt(running + 1);
            running += limit <= running ? 0 : random.nextInt(limit - running) + 1;
        }

        private void say() {
            says.add(new Says(limit, running));
        }

        private int mayRun() {
            return Math.max(limit, running);
        }
    }

    private final ClusterSettings settings = Sessions.settings();
    private final List<Node> nodes = new ArrayList<>();
    private long ids;

    private void join(WorkerLimit limit) {
        nodes.add(new Node(++ids, limit.first()));
    }

    /** What a fleet does when a lease is renewed. */
    private void renew(WorkerLimit limit, Node node) {
        if (node.session.isOpen() && !node.says.isEmpty()) {
            Says last = node.says.remove();
            node.session.limitThere = last.limit;
            node.session.begun = last.running;
            limit.share(nodes.stream().map(each -> each.session).toList());
            node.told.add(node.session.limit);
        }
    }

    private void step(WorkerLimit limit, Node node, Random random) {
        switch (random.nextInt(5)) {
            case 0 -> renew(limit, node);
            case 1 -> node.limit = node.told.isEmpty() ? node.limit : node.told.remove();
            case 2 -> node.run(random);
            case 3 -> node.say();
            default -> {
                if (!node.session.isOpen()) {
                    Sessions.open(node.session);
                }
            }
        }
    }

    @Property(tries = 200)
    void allTogetherNeverRunMoreThanIsAllowedAndInTheEndAllOfIt(@ForAll long seed) {
        Random random = new Random(seed);
        int most = 1 + random.nextInt(MOST_WORKERS);
        WorkerLimit limit = new WorkerLimit(settings.withWorkers(most));
        nodes.clear();
        join(limit);
        for (int steps = 0; steps < 300; steps++) {
            switch (random.nextInt(20)) {
                case 0 -> join(limit);
                case 1 -> {
                    if (nodes.size() > 1) {
                        nodes.remove(random.nextInt(nodes.size())); // whose lease is over, so that nothing runs there
                    }
                }
                default -> step(limit, nodes.get(random.nextInt(nodes.size())), random);
            }
            assertThat(nodes.stream().mapToInt(Node::mayRun).sum())
                    .as("after %d steps", steps)
                    .isLessThanOrEqualTo(most);
        }
        Node silent = new Node(++ids, limit.first());
        nodes.add(silent);
        settle(limit, silent);
        assertThat(nodes.stream().mapToInt(node -> node.limit).sum()).isEqualTo(most);
    }

    /** All nodes but one answer a few times; their jobs come to their end. */
    private void settle(WorkerLimit limit, Node silent) {
        for (int round = 0; round < 10; round++) {
            for (Node node : nodes) {
                if (node == silent) {
                    continue;
                } else if (!node.session.isOpen()) {
                    Sessions.open(node.session);
                }
                node.running = 0;
                node.say();
                while (!node.says.isEmpty()) {
                    renew(limit, node);
                }
                while (!node.told.isEmpty()) {
                    node.limit = node.told.remove();
                }
            }
        }
    }

    @Property(tries = 100)
    void afterAResizeTheNewNumberHoldsInTheEnd(@ForAll long seed) {
        Random random = new Random(seed);
        WorkerLimit limit = new WorkerLimit(
                random.nextBoolean() ? settings : settings.withWorkers(1 + random.nextInt(MOST_WORKERS)));
        nodes.clear();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            join(limit);
        }
        settle(limit, null);
        int most = 1 + random.nextInt(MOST_WORKERS);
        limit.resize(most);
        settle(limit, null);
        assertThat(nodes.stream().mapToInt(node -> node.limit).sum()).isEqualTo(most);
    }

    @Test
    void withoutALimitEachNodeMayRunWhatItCanOrIsAllowed() {
        WorkerLimit none = new WorkerLimit(settings);
        assertThat(none.isUnlimited()).isTrue();
        assertThat(none.first()).isEqualTo(Integer.MAX_VALUE);
        WorkerLimit perNode = new WorkerLimit(settings.withWorkersPerNode(3));
        nodes.clear();
        join(perNode);
        assertThat(nodes.get(0).limit).isEqualTo(3);
        settle(perNode, null);
        assertThat(nodes.get(0).limit).isEqualTo(3);
    }

    @Test
    void aNodeGetsNoMoreThanItIsAllowedThoughThereIsMore() {
        WorkerLimit limit = new WorkerLimit(settings.withWorkers(10).withWorkersPerNode(3));
        nodes.clear();
        join(limit);
        join(limit);
        settle(limit, null);
        assertThat(nodes).allMatch(node -> node.limit == 3);
    }
}
