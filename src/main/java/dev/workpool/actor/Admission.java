package dev.workpool.actor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many more jobs a pool takes: counts those that are admitted and not granted, up to the queue's capacity. Thread-safe.
 *
 * <p>Submitters admit their jobs before they hand them in; the dispatcher alone makes room. A waiter says that it waits before
 * it looks for room, and the dispatcher makes room before it looks for waiters, so one of the two sees the other.
 */
public final class Admission {
    private static final long UNLIMITED = Long.MAX_VALUE;

    private final long capacity;
    private final AtomicLong admitted = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean closed;

    /**
     * For an empty queue.
     *
     * @param capacity most jobs in it
     */
    Admission(long capacity) {
        this.capacity = capacity;
    }

    static Admission unlimited() {
        return new Admission(UNLIMITED);
    }

    boolean isUnlimited() {
        return capacity == UNLIMITED;
    }

    long capacity() {
        return capacity;
    }

    /**
     * Whether jobs were admitted; always, once it is closed, so that they meet whoever refuses them. None of them need no room, even
     * where retries have brought in more jobs than there is room for.
     */
    boolean tryAdmit(long jobs) {
        if (jobs == 0 || isUnlimited() || closed) {
            return true;
        }
        while (true) {
            long before = admitted.get();
            if (before + jobs > capacity) {
                return false;
            }
            if (admitted.compareAndSet(before, before + jobs)) {
                return true;
            }
        }
    }

    /** Waits until jobs, no more than the capacity, are admitted. */
    void admit(long jobs) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            waiting.incrementAndGet();
            while (!tryAdmit(jobs)) {
                room.await();
            }
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }

    /** For a submitter whose jobs, which were admitted, were not handed in after all. */
    void leave(long jobs) {
        if (isUnlimited()) {
            return;
        }
        long before;
        do { // as to be admitted; to add would need more stack
            before = admitted.get();
        } while (!admitted.compareAndSet(before, before - jobs));
        if (waiting.get() > 0) {
            wakeAll();
        }
    }

    /** For the dispatcher: jobs have come into the queue that were not admitted, or have left it where negative. */
    void change(long jobs) {
        if (isUnlimited() || jobs == 0) {
            return;
        }
        admitted.addAndGet(jobs);
        if (jobs < 0 && waiting.get() > 0) {
            wakeAll();
        }
    }

    /** Nobody waits any more. */
    void close() {
        closed = true;
        wakeAll();
    }

    boolean isClosed() {
        return closed;
    }

    private void wakeAll() {
        lock.lock();
        try {
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Counts jobs that a submitter had to reject. */
    void reject(long jobs) {
        rejected.addAndGet(jobs);
    }

    /** Jobs that submitters have rejected since this was last asked. */
    long takeRejected() {
        return isUnlimited() ? 0 : rejected.getAndSet(0);
    }

    String reason(String pool) {
        return "the queue of pool '" + pool + "' is full: " + capacity + " jobs wait, as many as queue-capacity allows";
    }

    String tooLarge(String pool, long jobs) {
        return "a batch of " + jobs + " jobs is larger than the queue of pool '" + pool + "', whose queue-capacity is "
                + capacity + "; submit it in parts";
    }
}
