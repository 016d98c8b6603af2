package dev.workpool.metrics;

import dev.workpool.cluster.job.ClusterNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Says which meters the nodes of a pool have, and keeps to those that there are: whoever reads a meter and has a new
 * snapshot taken adds the meters of nodes that have come and removes those of nodes that are gone. Thread-safe; what is
 * known of nodes is guarded by this.
 */
final class NodeMeters {
    private static final String JOBS = "jobs";

    private final MeterRegistry registry;
    private final Tags tags;
    private final SharedSnapshot<List<ClusterNode>> nodes;
    private final Map<String, Meters<NodeMeters>> ofNodes = new HashMap<>();
    private boolean removed;

    /** Set before anybody else sees this. */
    private Meters<NodeMeters> byState;

    private NodeMeters(MeterRegistry registry, Tags tags, Supplier<List<ClusterNode>> nodes) {
        this.registry = registry;
        this.tags = tags;
        this.nodes = new SharedSnapshot<>(() -> shown(nodes.get()));
    }

    static NodeMeters register(MeterRegistry registry, Tags tags, Supplier<List<ClusterNode>> nodes) {
        NodeMeters all = new NodeMeters(registry, tags, nodes);
        all.byState = Meters.register(registry, all, all::addByState);
        try {
            all.nodes.get();
        } catch (RuntimeException | Error e) {
            all.remove();
            throw e;
        }
        return all;
    }

    private void addByState(Meters<NodeMeters> meters) {
        for (ClusterNode.State state : EnumSet.allOf(ClusterNode.State.class)) {
            meters.gauge(
                    "workpool.cluster.nodes",
                    "nodes",
                    "Nodes that have workers for the pool, by what they are at",
                    tags.and("state", state.name().toLowerCase(Locale.ROOT)),
                    all -> all.nodes.get().stream()
                            .filter(node -> node.state() == state)
                            .count());
        }
    }

    private List<ClusterNode> shown(List<ClusterNode> now) {
        Set<String> addresses = now.stream().map(ClusterNode::address).collect(Collectors.toSet());
        synchronized (this) {
            if (!removed) {
                ofNodes.entrySet().removeIf(known -> {
                    boolean gone = !addresses.contains(known.getKey());
                    if (gone) {
                        known.getValue().remove();
                    }
                    return gone;
                });
                for (String address : addresses) {
                    if (!ofNodes.containsKey(address)) {
                        ofNodes.put(address, Meters.register(registry, this, meters -> addOfNode(meters, address)));
                    }
                }
            }
        }
        return now;
    }

    private void addOfNode(Meters<NodeMeters> meters, String address) {
        gauge(meters, address, "workers", "workers", "Workers of the node, for all pools", ClusterNode::workers);
        gauge(meters, address, "running", JOBS, "Jobs that the node runs, for all pools", ClusterNode::running);
        gauge(meters, address, "out", JOBS, "Jobs of the pool that the node has", ClusterNode::out);
        meters.counter(
                "workpool.cluster.fenced",
                JOBS,
                "Reports that were dropped, of jobs that the node no longer had",
                tags.and("node", address),
                all -> all.number(address, ClusterNode::fenced));
    }

    private void gauge(
            Meters<NodeMeters> meters,
            String address,
            String what,
            String unit,
            String description,
            ToDoubleFunction<ClusterNode> number) {
        meters.gauge(
                "workpool.cluster.node." + what,
                unit,
                description,
                tags.and("node", address),
                all -> all.number(address, number));
    }

    /** No number if the node has just gone. */
    private double number(String address, ToDoubleFunction<ClusterNode> number) {
        return nodes.get().stream()
                .filter(node -> node.address().equals(address))
                .mapToDouble(number)
                .findAny()
                .orElse(Double.NaN);
    }

    /** The pool has ended. */
    synchronized void remove() {
        removed = true;
        byState.remove();
        ofNodes.values().forEach(Meters::remove);
        ofNodes.clear();
    }
}
