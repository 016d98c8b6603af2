package dev.workpool.internal.request;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Makes threads wait for room, first come, first served. Thread-safe.
 *
 * <p>They queue at a fair lock. The holder of the lock is first, and waits for room while it holds it. The dispatcher
 * takes no lock to make room: it changes the amount of room and then looks for the first thread. The first thread
 * announces itself before it looks for room. So one of the two sees the other.
 */
final class WaitingSubmitters {
    private final ReentrantLock turn = new ReentrantLock(true);

    /** Those that have come and not gone, so that whoever comes later does not overtake them. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** How many jobs the first brings; written before {@link #first}. */
    private volatile long wanted;

    private volatile Thread first;

    boolean isEmpty() {
        return waiting.get() == 0;
    }

    /**
     * Waits for its turn, and then for room.
     *
     * @param jobs how many it brings
     * @param enters takes the room, or is false where there is not enough
     * @throws InterruptedException if the thread is interrupted before it has entered; the next is first then
     */
    void await(long jobs, BooleanSupplier enters) throws InterruptedException {
        waiting.incrementAndGet();
        try {
            turn.lockInterruptibly();
            try {
                wanted = jobs;
                first = Thread.currentThread();
                while (!enters.getAsBoolean()) {
                    LockSupport.park(this);
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                }
            } finally {
                first = null;
                turn.unlock();
            }
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** There is more room than before, for so many jobs. */
    void roomMade(long jobs) {
        Thread it = first;
        if (it != null && jobs >= wanted) {
            LockSupport.unpark(it);
        }
    }
}
