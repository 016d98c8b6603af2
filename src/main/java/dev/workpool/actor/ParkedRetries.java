package dev.workpool.actor;

import dev.workpool.WorkerPoolSettings;
import java.util.function.Consumer;

/** Jobs that failed and wait for the time of their next attempt, as many as the pool's budget pays for. Of the dispatcher's thread. */
final class ParkedRetries<R> {
    private final Timeline<Slice<R>> parked = new Timeline<>();
    private final RetryBudget budget;

    ParkedRetries(WorkerPoolSettings settings, long nowNs) {
        this.budget = settings.retryBudgetPerJob()
                .map(perJob -> new RetryBudget(perJob, settings.retryBudgetPerSecond(), nowNs))
                .orElseGet(RetryBudget::unlimited);
    }

    /** Jobs have ended, for each of which there may be some retries. */
    void ended(long jobs, long nowNs) {
        budget.deposit(jobs, nowNs);
    }

    /** Whether the budget pays for a job, which then waits. */
    boolean park(Slice<R> slice, long nowNs, long delayNs) {
        boolean paid = budget.withdraw(nowNs);
        if (paid) {
            parked.add(slice, nowNs + delayNs);
        }
        return paid;
    }

    int size() {
        return parked.size();
    }

    long nextDueNs() {
        return parked.nextDueNs();
    }

    void takeDue(long nowNs, Consumer<Slice<R>> taker) {
        parked.takeDue(nowNs, taker);
    }

    void removeBatch(long batchId, Consumer<Slice<R>> removed) {
        parked.removeIf(slice -> slice.batch().id() == batchId, removed);
    }

    /** Whether the job waited here. */
    boolean removeJob(long batchId, long index, Consumer<Slice<R>> removed) {
        int before = parked.size();
        parked.removeIf(slice -> slice.batch().id() == batchId && slice.first() == index, removed);
        return parked.size() < before;
    }

    void removeAll(Consumer<Slice<R>> removed) {
        parked.removeIf(slice -> true, removed);
    }
}
