package dev.workpool.cluster.internal.station;

import dev.workpool.cluster.internal.wire.FleetEvent;
import java.util.Collection;

/**
 * Decides how many jobs a station asks each fleet for: what its router wants to have, and beside it as much work as is
 * worth a message between nodes, and no more, so that little is far away when another node becomes idle. Fleets are asked
 * in proportion to the weights of their batches. They also hear how long jobs take, once that has changed much. Of the
 * station's thread.
 */
final class SessionDemand {
    /** Jobs that take longer than this are not held ahead: a message takes little beside them. */
    private static final double LONG_JOB_NS = 200_000_000;

    /** So many messages' worth of work waits at most. */
    private static final int MESSAGES_AHEAD = 2;

    private static final long MOST_JOBS = 1 << 20;

    private final double budgetNs;
    private final long windowBytes;

    /**
     * A demand.
     *
     * @param budgetNs how much work a message holds
     * @param windowBytes how many bytes of jobs a session may have here
     */
    SessionDemand(long budgetNs, long windowBytes) {
        this.budgetNs = budgetNs;
        this.windowBytes = windowBytes;
    }

    /** Asks the fleets for what is missing. */
    void tell(Collection<StationSession> sessions, StationQueue queue, int workers) {
        long weights = 0;
        for (StationSession session : sessions) {
            weights += session.here() > 0 ? session.weights : 0;
        }
        double cost = queue.costNs();
        for (StationSession session : sessions) {
            long all = weights + (session.here() > 0 ? 0 : session.weights);
            double share = (double) session.weights / all;
            long most = (long) Math.max(1, (queue.held() + ahead(cost, workers)) * share);
            most = Math.min(most, Math.min(most(session), fitting(session, workers)));
            long missing = session.frames.isFull() ? 0 : most - session.here();
            long upTo = session.granted + Math.max(0, missing);
            boolean isWorthIt = missing >= Math.max(1, Math.min(most / 2, (long) (worth(cost, workers) * share)));
            session.surplus = Math.max(0, session.here() - 2 * most);
            if (upTo > session.demanded && isWorthIt) {
                session.demanded = upTo;
                tell(session, cost, workers);
            } else if (cost > 2 * session.toldCostNs || 2 * cost < session.toldCostNs) {
                tell(session, cost, workers);
            }
        }
    }

    /** As many as have so many bytes together, so that large jobs do not fill the node; but one for each worker, if the heap has room. */
    private long fitting(StationSession session, int workers) {
        return session.jobBytes == 0
                ? MOST_JOBS
                : Math.min(
                        session.here() + session.fitting(), Math.max(workers, (long) (windowBytes / session.jobBytes)));
    }

    private static void tell(StationSession session, double cost, int workers) {
        session.toldCostNs = cost;
        session.tell(new FleetEvent.Demand(session.demanded, cost, workers));
    }

    /** How many jobs a session is to have here at most: those that may run, and as many that wait. */
    static long most(StationSession session) {
        return 2L * session.limit;
    }

    private long ahead(double cost, int workers) {
        if (cost == 0) {
            return workers;
        }
        long each = cost > LONG_JOB_NS ? 0 : (long) Math.ceil(MESSAGES_AHEAD * budgetNs / cost);
        return Math.min(MOST_JOBS, each * workers);
    }

    /** A message is worth sending for as much work as it is to hold: it costs as much as some work itself. */
    private long worth(double cost, int workers) {
        return cost == 0 ? 1 : (long) Math.max(1, workers * budgetNs / cost);
    }
}
