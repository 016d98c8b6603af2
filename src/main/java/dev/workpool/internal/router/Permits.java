package dev.workpool.internal.router;

import dev.workpool.internal.slice.Slice;
import java.util.List;

/**
 * Hands out jobs that take several of the workers' permits. Such a job waits at the head of the pending jobs until as
 * many workers are idle. No job is handed out past it, so it does not starve. Such jobs are handed out one at a time,
 * so others do not starve either. Confined to the router's thread.
 */
final class Permits<J, R> {
    private final WorkerSlots<J, R> workerSlots;
    private final Cancellation<J, R> cancellation;
    private final Stopper<J, R> stopper;

    Permits(WorkerSlots<J, R> workerSlots, Cancellation<J, R> cancellation, Stopper<J, R> stopper) {
        this.workerSlots = workerSlots;
        this.cancellation = cancellation;
        this.stopper = stopper;
    }

    /** Whether the next job takes several permits and so may wait though a worker is idle. */
    boolean areAwaited() {
        return !workerSlots.pending.isEmpty() && workerSlots.pending.permits() > 1;
    }

    /** Hands out the next job, which takes several; false if there are too few idle workers. */
    boolean handOut() {
        int needed = Math.min(workerSlots.pending.permits(), mostPermits());
        List<Slot<J, R>> idle = workerSlots.unusedPermits() < needed ? null : workerSlots.availableSlots.idle(needed);
        if (idle == null) {
            return false;
        }
        Slice<R> job = workerSlots.pending.take(1);
        if (!cancellation.withdraws(job)) {
            workerSlots.assign(idle, job);
        }
        return true;
    }

    /**
     * A job that takes more than there are takes all: their number may change while it waits, also for want of threads.
     */
    private int mostPermits() {
        return Math.max(1, workerSlots.workers() - workerSlots.lacking() - stopper.held());
    }
}
