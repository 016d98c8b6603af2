package dev.workpool.cluster.internal.station;

import dev.workpool.internal.queue.JobQueue;
import dev.workpool.internal.queue.Pending;
import dev.workpool.internal.queue.StrideScheduler;
import dev.workpool.internal.slice.Slice;

/**
 * The jobs of a session and a priority that wait at a station for a worker, in the order in which the fleet granted them:
 * its dispatcher has let its batches take turns. Of the station's thread.
 */
final class SessionQueue implements JobQueue.Source<Slice<byte[]>> {
    private static final int MOST_WEIGHT = 1_000_000;

    private final StrideScheduler.Place<Slice<byte[]>> place = new StrideScheduler.Place<>(this);
    private final StationSession session;
    private final int priority;
    final Pending<byte[]> pending = new Pending<>();

    /** That of the fleet's batches. */
    private int weight = 1;

    SessionQueue(StationSession session, int priority) {
        this.session = session;
        this.priority = priority;
    }

    /** Whether another weight makes a difference; then it is not to be in a queue while it is set. */
    boolean differs(long weights) {
        return Math.abs(Math.min(weights, MOST_WEIGHT) - weight) * 8 > weight;
    }

    void setWeight(long weights) {
        weight = (int) Math.max(1, Math.min(weights, MOST_WEIGHT));
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
        return weight;
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public StrideScheduler.Place<Slice<byte[]>> place() {
        return place;
    }
}
