package dev.workpool.internal.request;

import dev.workpool.settings.WorkerPoolSettings;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Limits how many more jobs a pool takes: as many as its queue has capacity for, counting those that were submitted and
 * not yet looked at. Thread-safe.
 *
 * <p>A submitter takes room and submits its jobs by one step of the queue of requests. Only the dispatcher makes room:
 * it sets how many jobs may have come in total, and then wakes the first waiting submitter.
 */
public final class QueueCapacity {
    private static final long UNLIMITED = Long.MAX_VALUE;

    private final long capacity;
    private final RequestQueue<?, ?> requestQueue;
    /** Jobs that submitters have rejected; once the pool has ended, the complement of what they had by then. */
    private final AtomicLong rejected = new AtomicLong();

    /** Confined to the dispatcher's thread. */
    private long rejectedTaken;

    private final WaitingSubmitters submitters = new WaitingSubmitters();
    private volatile boolean closed;

    /** How many jobs may have come in all, as the queue of requests was told last. The dispatcher's. */
    private long limit;

    /**
     * For an empty queue.
     *
     * @param capacity most jobs in it
     * @param requestQueue where they come in
     */
    QueueCapacity(long capacity, RequestQueue<?, ?> requestQueue) {
        this.capacity = capacity;
        this.requestQueue = requestQueue;
        this.limit = requestQueue.queue().limit();
    }

    public static QueueCapacity of(WorkerPoolSettings settings, RequestQueue<?, ?> requestQueue) {
        return new QueueCapacity(settings.queueCapacity().orElse(UNLIMITED), requestQueue);
    }

    public static QueueCapacity unlimited(RequestQueue<?, ?> requestQueue) {
        return new QueueCapacity(UNLIMITED, requestQueue);
    }

    public boolean isUnlimited() {
        return capacity == UNLIMITED;
    }

    public long capacity() {
        return capacity;
    }

    /** Whether submitters need room for what they hand in; not if there is no bound, or the oldest job makes some. */
    public boolean isCounted() {
        return requestQueue.queue().isBounded();
    }

    /** Whether somebody waits for room, so that nobody else is to have it. */
    public boolean isAwaited() {
        return !submitters.isEmpty();
    }

    /**
     * Waits until jobs are handed in, after those who wait already.
     *
     * @param jobs how many, no more than the capacity
     * @param handIn hands them in, or is false if there is no room for them
     */
    public void await(long jobs, BooleanSupplier handIn) throws InterruptedException {
        submitters.await(jobs, handIn);
    }

    /**
     * For the dispatcher: takes room for jobs that come by another way than the queue of requests, which do not wait.
     */
    public boolean admit(int jobs) {
        if (isUnlimited()) {
            return true;
        }
        if (!isCounted() || isAwaited() || !requestQueue.queue().reserve(jobs)) {
            return false;
        }
        requestQueue.enter(jobs);
        return true;
    }

    /**
     * For the dispatcher: says how many jobs there are.
     *
     * @param held jobs that wait, those among them that workers which are idle are about to take
     * @param idle how many more could begin at once, as there are workers that are idle
     */
    public void update(long held, long idle) {
        if (isCounted() && !closed) {
            long withoutIdle = capacity + requestQueue.entered() - held;
            long now = withoutIdle + idle;
            boolean more = now > limit;
            limit = now;
            requestQueue.queue().limit(now, withoutIdle);
            if (more) {
                submitters.roomMade(requestQueue.queue().room());
            }
        }
    }

    /** Everything is admitted from now on, so that it meets whoever refuses it, and nobody waits any more. */
    public void close() {
        closed = true;
        requestQueue.queue().limit(UNLIMITED, UNLIMITED);
        submitters.roomMade(UNLIMITED);
    }

    public boolean isClosed() {
        return closed;
    }

    /**
     * Counts jobs that a submitter had to reject, unless the pool has ended meanwhile.
     *
     * @return whether they were counted
     */
    public boolean reject(long jobs) {
        return rejected.getAndUpdate(before -> before < 0 ? before : before + jobs) >= 0;
    }

    /** The pool has ended: what was counted last stands. For the dispatcher. */
    public void end() {
        rejected.getAndUpdate(before -> before < 0 ? before : ~before);
    }

    /** Jobs that submitters have rejected. */
    public long rejected() {
        long counted = rejected.get();
        return counted < 0 ? ~counted : counted;
    }

    /** Jobs that submitters have rejected since this was last asked. For the dispatcher. */
    public long takeRejected() {
        if (isUnlimited()) {
            return 0;
        }
        long before = rejectedTaken;
        long now = rejected();
        rejectedTaken = now;
        return now - before;
    }

    /** Why so many jobs find no room. */
    public String reason(String pool, long jobs) {
        return "the queue of pool '" + pool + "' is full: there is no room for "
                + (jobs == 1 ? "another job" : jobs + " more jobs") + ", queue-capacity is " + capacity;
    }

    public String tooLarge(String pool, long jobs) {
        return "a batch of " + jobs + " jobs is larger than the queue of pool '" + pool + "', whose queue-capacity is "
                + capacity + "; submit it in parts";
    }
}
