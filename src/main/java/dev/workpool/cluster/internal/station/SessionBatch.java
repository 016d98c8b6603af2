package dev.workpool.cluster.internal.station;

import akka.actor.typed.ActorRef;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.queue.JobQueue;
import dev.workpool.internal.queue.Pending;
import dev.workpool.internal.queue.StrideScheduler;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;

/** The jobs of a fleet's batch that wait at a station for a worker. Of the station's thread. */
final class SessionBatch implements JobQueue.Source<Slice<byte[]>> {
    private final StrideScheduler.Place<Slice<byte[]>> place = new StrideScheduler.Place<>(this);
    final StationSession session;

    /** Its id at the fleet. */
    final long id;

    /** Gets what the router says of its jobs. Its id is unique at the station. */
    final Slice.BatchRef<byte[]> ref;

    final Pending<byte[]> pending = new Pending<>();

    /** How many of its jobs the router has. */
    long out;

    SessionBatch(
            StationSession session,
            long id,
            long localId,
            ActorRef<Collector.Command<byte[]>> collector,
            JobPolicy policy,
            Label label) {
        this.session = session;
        this.id = id;
        this.ref = new Slice.BatchRef<>(localId, collector, policy, label);
    }

    /** Whether none of its jobs is here. */
    boolean isEmpty() {
        return pending.isEmpty() && out == 0;
    }

    @Override
    public long queued() {
        return Math.min(pending.jobs(), session.mayBegin());
    }

    @Override
    public Slice<byte[]> take(int max) {
        return pending.take((int) Math.min(max, session.mayBegin()));
    }

    @Override
    public int weight() {
        return ref.policy().weight();
    }

    @Override
    public int priority() {
        return ref.policy().priority();
    }

    @Override
    public StrideScheduler.Place<Slice<byte[]>> place() {
        return place;
    }
}
