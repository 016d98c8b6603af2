package dev.workpool.durable.internal.work;

import akka.actor.typed.ActorRef;
import dev.workpool.durable.internal.enqueue.Handover;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.durable.internal.store.SegmentRow;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** How others in this process reach the work on a queue. Thread-safe. */
public final class Reach implements Handover {
    /** The most segments that are handed over at once: as many as begin soon. */
    private static final int MOST_SEGMENTS = 4;

    private final ActorRef<WorkActor.Command> work;
    private final String owner;
    private final long leaseMs;

    /** Whether the work has nothing to do. The actor sets it; whoever clears it hands something over. */
    private final AtomicBoolean isHungry = new AtomicBoolean();

    Reach(ActorRef<WorkActor.Command> work, String owner, long leaseMs) {
        this.work = work;
        this.owner = owner;
        this.leaseMs = leaseMs;
    }

    void setHungry(boolean hungry) {
        isHungry.set(hungry);
    }

    @Override
    public Optional<Taker> offer(int segments) {
        return isHungry.compareAndSet(true, false)
                ? Optional.of(new Taker(owner, WorkActor.token(), leaseMs, Math.min(segments, MOST_SEGMENTS)))
                : Optional.empty();
    }

    @Override
    public void handOver(Taker taker, long sinceNs, List<SegmentRow> taken, List<byte[]> blocks) {
        work.tell(new WorkActor.HandedOver(taken, blocks, sinceNs));
    }

    boolean isOwner(Taker taker) {
        return owner.equals(taker.owner());
    }

    /** There may be jobs. */
    public void wake() {
        work.tell(WorkActor.Wake.WAKE);
    }

    void limitsChanged() {
        work.tell(WorkActor.LimitsChanged.LIMITS_CHANGED);
    }

    public void batchCancelled(long batch) {
        work.tell(new WorkActor.BatchCancelled(batch));
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
