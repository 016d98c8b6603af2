package dev.workpool.internal.queue;

import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.Steps;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Holds failed jobs until the time of their next attempt, as many as the pool's retry budget allows. Confined to the
 * dispatcher's thread.
 */
public final class DelayedRetries<R> {
    /** To take one out, and to settle or queue it. */
    private static final int STEPS = 4;

    private final TimerQueue<Slice<R>> parked = new TimerQueue<>();

    /** The same by batch and by job, of which one attempt is parked at a time. */
    private final Map<Long, Map<Long, TimerQueue.Entry<Slice<R>>>> byBatch = new HashMap<>();

    private final RetryBudget budget;

    public DelayedRetries(WorkerPoolSettings settings, long nowNs) {
        this.budget = settings.retryBudgetPerJob()
                .map(perJob -> new RetryBudget(perJob, settings.retryBudgetPerSecond(), nowNs))
                .orElseGet(RetryBudget::unlimited);
    }

    /** Jobs have ended, for each of which there may be some retries. */
    public void ended(long jobs, long nowNs) {
        budget.deposit(jobs, nowNs);
    }

    /** Whether the budget pays for a job, which then waits. */
    public boolean park(Slice<R> slice, long nowNs, long delayNs) {
        boolean paid = budget.withdraw(nowNs);
        if (paid) {
            byBatch.computeIfAbsent(slice.batch().id(), id -> new LinkedHashMap<>())
                    .put(slice.first(), parked.add(slice, nowNs + delayNs));
        }
        return paid;
    }

    public int size() {
        return parked.size();
    }

    public long nextDueNs() {
        return parked.nextDueNs();
    }

    /**
     * Takes out what is due.
     *
     * @param nowNs the time
     * @param steps how much may be done
     * @param taker gets it
     * @return whether nothing is due any more
     */
    public boolean takeDue(long nowNs, Steps steps, Consumer<Slice<R>> taker) {
        while (parked.isDue(nowNs)) {
            if (!steps.take(STEPS)) {
                return false;
            }
            Slice<R> slice = parked.removeFirst();
            forget(slice);
            taker.accept(slice);
        }
        return true;
    }

    private void forget(Slice<R> slice) {
        Map<Long, TimerQueue.Entry<Slice<R>>> ofBatch =
                byBatch.get(slice.batch().id());
        ofBatch.remove(slice.first());
        if (ofBatch.isEmpty()) {
            byBatch.remove(slice.batch().id());
        }
    }

    /**
     * Takes out what is parked of a batch.
     *
     * @param batchId the batch
     * @param steps how much may be done
     * @param removed gets it, what was parked first first
     * @return whether nothing of it is left
     */
    public boolean removeBatch(long batchId, Steps steps, Consumer<Slice<R>> removed) {
        Map<Long, TimerQueue.Entry<Slice<R>>> ofBatch = byBatch.get(batchId);
        if (ofBatch == null) {
            return true;
        }
        Iterator<TimerQueue.Entry<Slice<R>>> entries = ofBatch.values().iterator();
        while (entries.hasNext() && steps.take(STEPS)) {
            TimerQueue.Entry<Slice<R>> entry = entries.next();
            entries.remove();
            parked.remove(entry);
            removed.accept(entry.what());
        }
        if (ofBatch.isEmpty()) {
            byBatch.remove(batchId);
        }
        return ofBatch.isEmpty();
    }

    /** Takes a job out; null if it does not wait here. */
    public Slice<R> removeJob(long batchId, long index) {
        Map<Long, TimerQueue.Entry<Slice<R>>> ofBatch = byBatch.get(batchId);
        TimerQueue.Entry<Slice<R>> entry = ofBatch == null ? null : ofBatch.get(index);
        if (entry == null) {
            return null;
        }
        parked.remove(entry);
        forget(entry.what());
        return entry.what();
    }

    public void removeAll(Consumer<Slice<R>> removed) {
        byBatch.clear();
        while (parked.size() > 0) {
            removed.accept(parked.removeFirst());
        }
    }
}
