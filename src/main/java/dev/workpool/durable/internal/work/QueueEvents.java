package dev.workpool.durable.internal.work;

import dev.workpool.durable.internal.segment.OutcomeCounts;
import dev.workpool.durable.internal.segment.StoredOutcome;
import dev.workpool.durable.internal.store.Availability;
import dev.workpool.durable.internal.store.Batches;
import dev.workpool.durable.job.DeadJob;
import dev.workpool.durable.job.QueueObserver;
import dev.workpool.job.BatchProgress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Tells the observers of a queue what happens to it in this process. Thread-safe, and never blocks. */
public final class QueueEvents implements Availability.Listener {
    private final String queue;
    private final Executor callbacks;
    private final List<ObserverInbox> observers = new CopyOnWriteArrayList<>();

    /**
     * Of a queue that nobody observes yet.
     *
     * @param callbacks calls observers
     */
    public QueueEvents(String queue, Executor callbacks) {
        this.queue = queue;
        this.callbacks = callbacks;
    }

    public void add(QueueObserver observer) {
        observers.add(new ObserverInbox(queue, observer, callbacks));
    }

    public void tell(Consumer<QueueObserver> event) {
        observers.forEach(each -> each.tell(event));
    }

    /** As the store has it. */
    public void batchEnded(Batches.Row batch) {
        OutcomeCounts counts = batch.counts();
        BatchProgress progress = new BatchProgress(
                batch.jobs(), counts.succeeded(), counts.failed(), counts.timedOut(), counts.cancelled(), 0);
        tell(each -> each.onBatchEnded(queue, batch.id(), batch.key(), progress));
    }

    void dead(long batch, StoredOutcome outcome, int strikes) {
        DeadJob job = new DeadJob(batch, outcome.index(), outcome.attempts(), strikes, outcome.failure());
        tell(each -> each.onJobDead(queue, job));
    }

    @Override
    public void away(Exception reason) {
        tell(each -> each.onStoreAway(queue, reason));
    }

    @Override
    public void back(Duration away) {
        tell(each -> each.onStoreBack(queue, away));
    }
}
