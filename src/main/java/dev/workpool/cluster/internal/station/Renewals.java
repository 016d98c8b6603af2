package dev.workpool.cluster.internal.station;

import dev.workpool.cluster.internal.wire.FleetEvent;
import dev.workpool.cluster.internal.wire.FleetEvent.JobAt;
import dev.workpool.cluster.internal.wire.FleetEvent.Load;
import dev.workpool.cluster.internal.wire.StationCommand;
import dev.workpool.internal.gauge.PoolGauges.OfRouter;
import dev.workpool.internal.gauge.PublishedNumbers.Reading;
import dev.workpool.internal.slice.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * Renews the leases of sessions, and tells their fleets what runs. A lease counts from when the renewal was sent that was
 * answered. Of the station's thread.
 */
final class Renewals {
    private final StationParts parts;
    private final StationQueue queue;

    Renewals(StationParts parts, StationQueue queue) {
        this.parts = parts;
        this.queue = queue;
    }

    /** Asks for a renewal. */
    void ask(StationSession session, long nowNs) {
        if (session.received.owesAcknowledgement()) {
            session.tell(new FleetEvent.Acknowledged(session.received.acknowledge()));
        }
        session.sentNs.addLast(nowNs);
        session.renewal++;
        session.nextRenewalNs = nowNs + session.renewalNs;
        Reading<OfRouter> router = parts.gauges().router.read();
        List<JobAt> ofSession = new ArrayList<>();
        int running = running(session, ofSession);
        Load load = new Load((int) router.get(OfRouter.WORKERS), running, (int) router.get(OfRouter.ABANDONED));
        session.tell(new FleetEvent.Renew(
                session.renewal, session.frames.frames(), load, session.limit, session.out, ofSession));
    }

    /** How many jobs run, and which of them are of a session. */
    private int running(StationSession session, List<JobAt> ofSession) {
        int running = 0;
        for (var runner : parts.runners().runners()) {
            var at = runner.at();
            int position = at == null ? -1 : at.task().chunk.running();
            if (position >= 0) {
                running++;
                Slice<byte[]> slice = at.task().slice;
                SessionBatch batch = queue.batchOf(slice);
                if (batch != null && batch.session == session) {
                    ofSession.add(new JobAt(batch.id, slice.first() + position));
                }
            }
        }
        return running;
    }

    /** The answer to one, which answers those before, too. */
    void answered(StationSession session, StationCommand.Renewed renewed) {
        long sentNs = 0;
        boolean isAnswer = false; // else it says something that was not asked for
        while (session.answered < renewed.renewal() && !session.sentNs.isEmpty()) {
            session.answered++;
            sentNs = session.sentNs.removeFirst();
            session.lease.renew(sentNs + session.leaseNs);
            isAnswer = true;
        }
        if (isAnswer) {
            session.roundTrip.add(parts.clock().getAsLong() - sentNs);
            session.reports.follow(session.roundTrip.ns());
        }
    }
}
