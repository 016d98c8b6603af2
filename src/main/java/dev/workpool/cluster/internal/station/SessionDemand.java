package dev.workpool.cluster.internal.station;

import dev.workpool.cluster.internal.wire.FleetEvent;
import java.util.Collection;

/**
 * Decides how many jobs a station asks each fleet for: what its router wants to have, and beside it as much work as is
 * worth a message between nodes and lasts until the next can have come, and no more, so that little is far away when another node becomes idle. Fleets are asked
 * in proportion to the weights of their batches. They also hear how long jobs take, once that has changed much. Of the
 * station's thread.
 */
final class SessionDemand {
    /** Jobs that take longer than this are not held ahead: a message takes little beside them. */
    private static final double LONG_JOB_NS = 200_000_000;

    /** So many messages' worth of work waits at most. */
    private static final int MESSAGES_AHEAD = 2;

    /** A message to a fleet that is far away holds more, up to so much work. */
    private static final long MOST_BUDGET_NS = 2_000_000_000;

    /** A worker may wait for its next job for this part of the time that one takes; where it would be longer, jobs are held ahead. */
    private static final int WAIT_PART = 16;

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
            long tripNs = Math.min(session.roundTrip.ns(), MOST_BUDGET_NS);
            double budget = Math.max(budgetNs, (double) tripNs);
            long most = (long) Math.max(1, (queue.held() + ahead(cost, workers, budget, tripNs)) * share);
            most = Math.min(most, Math.min(most(session), fitting(session, workers)));
            long missing = session.frames.isFull() ? 0 : most - session.here();
            long upTo = session.granted + Math.max(0, missing);
            boolean isWorthIt =
                    missing >= Math.max(1, Math.min(most / 2, (long) (worth(cost, workers, budget) * share)));
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

    /**
     * How many jobs are held beside those of the router. The next ones come no sooner than after a round trip, so the workers need work for as
     * long, and besides for as long as it takes until asking is worth a message.
     */
    private long ahead(double cost, int workers, double budget, long tripNs) {
        if (cost == 0) {
            return (long) (workers * (budget / budgetNs)); // what is too much goes back
        } else if (cost > LONG_JOB_NS) {
            return tripNs < cost / WAIT_PART ? 0 : workers * (long) Math.ceil((double) tripNs / cost);
        }
        return Math.min(MOST_JOBS, workers * (long) Math.ceil((MESSAGES_AHEAD * budget + tripNs) / cost));
    }

    /** A message is worth sending for as much work as it is to hold: it costs as much as some work itself. */
    private static long worth(double cost, int workers, double budget) {
        return cost == 0 ? 1 : (long) Math.max(1, workers * budget / cost);
    }
}
