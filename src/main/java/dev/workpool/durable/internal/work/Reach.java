package dev.workpool.durable.internal.work;

import akka.actor.typed.ActorRef;
import dev.workpool.durable.internal.enqueue.Handover;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.durable.internal.store.SegmentRow;
import java.util.List;
import java.util.Optional;

/** How others in this process reach the work on a queue. Thread-safe. */
public final class Reach implements Handover {
    /** The most segments that are handed over at once: as many as begin soon. */
    private static final int MOST_SEGMENTS = 4;

    private final ActorRef<WorkActor.Command> work;
    private final String owner;
    private final long leaseMs;

    /** How many jobs the work takes now, and whether it has nothing to do. Guarded by this, like the next two. */
    private int room;

    private boolean isIdle;

    /** Whether the work has yet to hear of a pause, and so does not know that it has no room. Guarded by this. */
    private boolean isPauseUnheard;

    /** Jobs that are promised to it and were not handed over yet. */
    private int promised;

    Reach(ActorRef<WorkActor.Command> work, String owner, long leaseMs) {
        this.work = work;
        this.owner = owner;
        this.leaseMs = leaseMs;
    }

    /** Says how many jobs it takes, and whether it has nothing to do: then it takes some segments, however many jobs. */
    synchronized void setRoom(int jobs, boolean idle) {
        room = isPauseUnheard ? 0 : jobs;
        isIdle = idle && !isPauseUnheard;
    }

    /** Jobs that were promised are there, or will not come. */
    synchronized void kept(Taker taker) {
        promised -= taker.jobs();
    }

    @Override
    public synchronized Optional<Taker> offer(int segments, long jobs) {
        boolean takes = (isIdle && promised == 0) || jobs <= room - promised;
        if (!takes) {
            return Optional.empty();
        }
        int counted = (int) Math.min(jobs, 1 << 20);
        promised += counted;
        return Optional.of(new Taker(owner, WorkActor.token(), leaseMs, Math.min(segments, MOST_SEGMENTS), counted));
    }

    @Override
    public void handOver(Taker taker, long sinceNs, List<SegmentRow> taken, List<byte[]> blocks) {
        work.tell(new WorkActor.HandedOver(taker, taken, blocks, sinceNs));
    }

    boolean isOwner(Taker taker) {
        return owner.equals(taker.owner());
    }

    /** There may be jobs. */
    public void wake() {
        work.tell(WorkActor.Wake.WAKE);
    }

    /** It is offered nothing from now on, since what is enqueued next must not begin. */
    void paused() {
        synchronized (this) {
            setRoom(0, false);
            isPauseUnheard = true;
        }
        work.tell(WorkActor.Paused.PAUSED);
    }

    /** The work has heard of a pause. */
    synchronized void pauseHeard() {
        isPauseUnheard = false;
    }

    void limitsChanged() {
        work.tell(WorkActor.LimitsChanged.LIMITS_CHANGED);
    }

    public void batchCancelled(long batch) {
        work.tell(new WorkActor.BatchCancelled(batch));
    }

    public void jobCancelled(long batch, long number) {
        work.tell(new WorkActor.JobCancelled(batch, number));
    }

    /** Claims no more, and gives back what is not begun. */
    public void stop() {
        work.tell(new WorkActor.Stop());
    }

    /** Has running jobs stopped, and gives them back. */
    public void stopRunning() {
        work.tell(new WorkActor.StopRunning());
    }
}
