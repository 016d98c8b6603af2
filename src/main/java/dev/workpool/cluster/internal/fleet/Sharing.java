package dev.workpool.cluster.internal.fleet;

import java.util.Collection;

/**
 * Decides which node gets jobs, and which gives some back. Nodes are compared by how long they would be at what they
 * have: the last jobs of a batch go to the node that would be idle first, as in list scheduling (R. L. Graham, "Bounds on
 * Multiprocessing Timing Anomalies", SIAM Journal on Applied Mathematics 17, 1969).
 */
final class Sharing {
    /** Work that takes less than this in all is left to this node, if it has workers for the pool: a message costs more. */
    private static final double SMALL_NS = 1_000_000;

    /** Work that waits for less than this is not taken back: it would be over before it came to begin elsewhere. */
    private static final double WORTH_TAKING_NS = 2_000_000;

    /** In the place of the workers of a node that may run nothing: what is there would wait for ever. */
    private static final double NONE = 1e-9;

    /** Work that was thought to be over soon is taken back all the same, if nothing has come of it for so long. */
    private static final long STANDSTILL_NS = 20_000_000;

    private Sharing() {}

    /**
     * What a node gets next.
     *
     * @param session the node
     * @param jobs how many jobs
     */
    record Share<J, R>(NodeSession<J, R> session, long jobs) {}

    /**
     * The node that gets the next jobs.
     *
     * @param sessions all nodes
     * @param left jobs that are to be shared, now or soon
     * @return null if no node has room
     */
    static <J, R> Share<J, R> next(Collection<NodeSession<J, R>> sessions, long left) {
        double cost = cost(sessions);
        NodeSession<J, R> first = null;
        long room = 0;
        double rates = 0;
        long had = 0;
        for (NodeSession<J, R> each : sessions) {
            if (each.room() > 0) {
                room += each.room();
                rates += rate(each, cost);
                had += each.out.jobs();
                if (each.isLocal && left * cost <= SMALL_NS && each.waiting() == 0) {
                    return new Share<>(each, each.room());
                }
                if (first == null || isBefore(each, first, cost)) {
                    first = each;
                }
            }
        }
        if (first == null) {
            return null;
        } else if (left >= room) {
            return new Share<>(first, first.room());
        }
        double level = (had + left) / rates;
        long share = (long) Math.ceil(level * rate(first, cost) - first.out.jobs());
        return new Share<>(first, Math.max(1, Math.min(share, first.room())));
    }

    private static <J, R> boolean isBefore(NodeSession<J, R> one, NodeSession<J, R> other, double cost) {
        return one.out.jobs() / rate(one, cost) < other.out.jobs() / rate(other, cost);
    }

    /**
     * The node that is to give jobs back for one that is idle, and how many.
     *
     * @param sessions all nodes
     * @param nowNs the time
     * @return null if there is none
     */
    static <J, R> Share<J, R> taken(Collection<NodeSession<J, R>> sessions, long nowNs) {
        double cost = cost(sessions);
        NodeSession<J, R> busiest = null;
        double idleRates = 0;
        for (NodeSession<J, R> each : sessions) {
            if (each.takesJobs() && each.out.jobs() < each.usable() && each.room() > 0) {
                idleRates += rate(each, cost);
            } else if (each.isOpen()
                    && each.recalls == 0
                    && each.recallNs - nowNs <= 0
                    && each.waiting() > 0
                    && (busiest == null || isBefore(busiest, each, cost))) {
                busiest = each;
            }
        }
        if (busiest == null || idleRates == 0) {
            return null;
        }
        double waitsNs = busiest.waiting() / rate(busiest, cost);
        if (cost > 0 && waitsNs < WORTH_TAKING_NS && nowNs - busiest.progressNs < STANDSTILL_NS) {
            return null;
        }
        double share = idleRates / (idleRates + rate(busiest, cost));
        return new Share<>(busiest, (long) Math.ceil(busiest.waiting() * share));
    }

    /** What a job costs, on average over the nodes that know; 0 if none does. */
    private static <J, R> double cost(Collection<NodeSession<J, R>> sessions) {
        double sum = 0;
        int known = 0;
        for (NodeSession<J, R> each : sessions) {
            if (each.costNs > 0) {
                sum += each.costNs;
                known++;
            }
        }
        return known == 0 ? 0 : sum / known;
    }

    /** Jobs in a nanosecond, or in any unit if none is known. */
    private static double rate(NodeSession<?, ?> session, double cost) {
        double own = session.costNs > 0 ? session.costNs : cost > 0 ? cost : 1;
        return (session.usable() == 0 ? NONE : session.usable()) / own;
    }
}
