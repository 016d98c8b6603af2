package dev.workpool.actor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The way of a stream's jobs to the dispatcher: a queue that one thread at a time fills and the dispatcher empties, that is closed
 * exactly once, and that wakes the dispatcher only if it waits for as many.
 *
 * <p>Whether a job came before or after the closing is decided by one atomic word, {@code [closed:1 | jobs published:62]}: each job
 * is published by a compare-and-set of it, closing sets the bit. A job goes into its place before that, so whoever has read the
 * word sees it. Who fills looks at {@code wakeAt} after it has published; the dispatcher sets it and then looks once more for
 * what has been published. So one of the two sees the other, and no job is left lying.
 */
final class Inlet {
    private static final long CLOSED = 1L << 62;
    private static final long NOT_WAITING = Long.MAX_VALUE;

    private static final VarHandle WORD;
    private static final VarHandle WAKE_AT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WORD = lookup.findVarHandle(Inlet.class, "word", long.class);
            WAKE_AT = lookup.findVarHandle(Inlet.class, "wakeAt", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int segmentSize;
    private final Runnable waker;

    /** The filling thread's: where the next job goes, and its index. */
    private Segment last;

    private long taken;

    /** The dispatcher's, until it has taken it. */
    private Segment first;

    @SuppressWarnings("unused") // through WORD
    private volatile long word;

    /** How many jobs there are to be in all when the dispatcher is woken. */
    private volatile long wakeAt = NOT_WAITING;

    /**
     * An empty one, whose dispatcher does not wait yet.
     *
     * @param segmentSize jobs that can be granted at a time, and are let go of together
     * @param waker has the dispatcher look
     */
    Inlet(int segmentSize, Runnable waker) {
        this.segmentSize = segmentSize;
        this.waker = waker;
        this.first = new Segment(0, segmentSize);
        this.last = first;
    }

    /**
     * Puts a job in. Does not block. For one thread at a time.
     *
     * @param job not null
     * @return false if it was not taken, since this is closed
     */
    boolean offer(Object job) {
        long index = taken;
        int offset = (int) (index - last.base);
        if (offset == segmentSize) {
            Segment more = new Segment(index, segmentSize);
            last.next = more;
            last = more;
            offset = 0;
        }
        Segment segment = last;
        segment.jobs[offset] = job;
        if (!WORD.compareAndSet(this, index, index + 1)) {
            segment.jobs[offset] = null;
            return false;
        }
        taken = index + 1;
        wakeIfAwaited(index + 1);
        return true;
    }

    private void wakeIfAwaited(long now) {
        long awaited = wakeAt;
        if (now >= awaited && WAKE_AT.compareAndSet(this, awaited, NOT_WAITING)) {
            waker.run();
        }
    }

    /**
     * Takes no more. Idempotent. For any thread.
     *
     * @return how many jobs have been taken in all
     */
    long close() {
        return (long) WORD.getAndBitwiseOr(this, CLOSED) & ~CLOSED;
    }

    /**
     * Whether it takes no more.
     *
     * @return true from the first {@link #close} on
     */
    boolean isClosed() {
        return ((long) WORD.getVolatile(this) & CLOSED) != 0;
    }

    /**
     * How many jobs have been taken.
     *
     * @return a snapshot
     */
    long taken() {
        return (long) WORD.getVolatile(this) & ~CLOSED;
    }

    /** Jobs that can be granted at a time. */
    int segmentSize() {
        return segmentSize;
    }

    /** The first segment, once. For the dispatcher. */
    Segment takeFirst() {
        Segment it = first;
        first = null;
        return it;
    }

    /**
     * Has the dispatcher woken, once, when there are so many jobs; at once if there are. For the dispatcher.
     *
     * @param inAll how many, those that it has seen among them
     */
    void await(long inAll) {
        wakeAt = inAll;
        wakeIfAwaited(taken());
    }
}
