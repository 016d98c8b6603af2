package dev.workpool.cluster.internal.station;

import akka.actor.typed.ActorRef;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;

/** A fleet's batch that has jobs at a station, or had some lately. Of the station's thread. */
final class SessionBatch {
    final StationSession session;

    /** Where its jobs wait. */
    final SessionQueue queue;

    /** Its id at the fleet. */
    final long id;

    /** Gets what the router says of its jobs. Its id is unique at the station. */
    final Slice.BatchRef<byte[]> ref;

    /** How many of its jobs wait, and how many the router has. */
    long waiting;

    long out;

    SessionBatch(
            StationSession session,
            long id,
            long localId,
            ActorRef<Collector.Command<byte[]>> collector,
            JobPolicy policy,
            Label label) {
        this.session = session;
        this.queue = session.queue(policy.priority());
        this.id = id;
        this.ref = new Slice.BatchRef<>(localId, collector, policy, label);
    }

    /** Whether none of its jobs is here. */
    boolean isEmpty() {
        return waiting == 0 && out == 0;
    }
}
