package dev.workpool.internal.router;

import dev.workpool.internal.router.Assignment.State;

/**
 * Keeps jobs from waiting for long behind a busy worker while another one is idle. Confined to the router's thread.
 *
 * <p>The number of jobs that a worker is handed depends on the expected cost of a job. A few cheap jobs go to one
 * worker, since waking another would cost more than they do. If jobs turn out to be expensive, or wait for each other,
 * that expectation is wrong. So jobs that a worker has not begun 0.3 ms after they were handed out are taken back for
 * idle workers, whatever they were expected to cost, and the expectation is forgotten.
 *
 * <p>A chunk that should have been over in some microseconds, and has been begun, says so after 0.05 ms. One that has
 * not been begun lacks a processor: to wake another worker would not help it.
 *
 * <p>This goes by real time, even where a test moves the pool's time by hand: an idle worker is idle in real time.
 */
final class IdleWorkers<J, R> {
    /** For so long a worker may leave jobs that it was handed unstarted while others are idle. */
    static final long PATIENCE_NS = 300_000;

    /** The same of a chunk that was expected to be over long before, and was begun. */
    static final long BRIEF_PATIENCE_NS = 50_000;

    /**
     * A worker that has just become idle waits this long: most of the jobs that busy workers have are begun by then.
     */
    private static final long LEAST_DELAY_NS = 50_000;

    /** Chunks that are taken from at a time; the others a moment later. */
    private static final int MOST_AT_A_TIME = 1024;

    private final WorkerSlots<J, R> workerSlots;
    private final ChunkSizer sizer;

    IdleWorkers(WorkerSlots<J, R> workerSlots, ChunkSizer sizer) {
        this.workerSlots = workerSlots;
        this.sizer = sizer;
    }

    /** Whether a worker is idle while others may have jobs to spare. */
    boolean mayBeServed() {
        return !workerSlots.divisible.isEmpty() && workerSlots.availableSlots.hasIdle();
    }

    /** When the next jobs have waited for long enough, where there are some. */
    long dueNs() {
        long dueNs = workerSlots.divisible.first().handedOutNs + PATIENCE_NS;
        Assignment<J, R> brief = workerSlots.divisible.firstBrief();
        if (brief != null && brief.handedOutNs + BRIEF_PATIENCE_NS - dueNs < 0) {
            dueNs = brief.handedOutNs + BRIEF_PATIENCE_NS;
        }
        return dueNs;
    }

    /** In how many nanoseconds {@link #takeBack} is worth a call, where they may be served. */
    long delayNs(long nowNs) {
        return Math.max(LEAST_DELAY_NS, dueNs() - nowNs);
    }

    /** Takes back the jobs that have waited for long enough. They are pending afterwards. */
    void takeBack(long nowNs) {
        boolean any = false;
        for (int left = MOST_AT_A_TIME; left > 0 && workerSlots.availableSlots.hasIdle(); left--) {
            Assignment<J, R> due = nextDue(nowNs);
            if (due == null) {
                break;
            }
            any |= takeBack(due);
        }
        if (any) {
            sizer.forget();
        }
    }

    /** The next chunk that is to be taken from, or null. */
    private Assignment<J, R> nextDue(long nowNs) {
        DivisibleChunks<J, R> chunks = workerSlots.divisible;
        Assignment<J, R> brief;
        while ((brief = chunks.firstBrief()) != null && brief.handedOutNs + BRIEF_PATIENCE_NS - nowNs <= 0) {
            chunks.passBrief();
            if (brief.chunk.claimed() > 0) {
                return brief;
            }
        }
        Assignment<J, R> first = chunks.first();
        return first != null && first.handedOutNs + PATIENCE_NS - nowNs <= 0 ? first : null;
    }

    private boolean takeBack(Assignment<J, R> assignment) {
        workerSlots.divisible.remove(assignment); // nothing is left to take from it afterwards
        if (assignment.state != State.OUT) {
            return false;
        }
        boolean isHead = assignment.slot.out.peekFirst() == assignment;
        int keep = isHead && assignment.chunk.claimed() == 0 ? 1 : 0; // its worker is about to begin it
        long before = workerSlots.pending.jobs();
        workerSlots.recall(assignment, keep);
        return workerSlots.pending.jobs() > before;
    }
}
