package dev.workpool.actor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The way of a stream's jobs to the dispatcher: a queue that one thread at a time fills and the dispatcher empties, that is closed
 * exactly once, and that wakes the dispatcher only if it waits.
 *
 * <p>Whether a job came before or after the closing is decided by one atomic word, {@code [closed:1 | jobs published:62]}: each job
 * is published by a compare-and-set of it, closing sets the bit. A job goes into its place before that, so whoever has read the
 * word sees it. Who fills looks at {@code waiting} after it has published; the dispatcher sets it and then looks once more for
 * what has been published. So one of the two sees the other, and no job is left lying.
 */
final class Inlet {
    private static final long CLOSED = 1L << 62;

    private static final VarHandle WORD;
    private static final VarHandle WAITING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WORD = lookup.findVarHandle(Inlet.class, "word", long.class);
            WAITING = lookup.findVarHandle(Inlet.class, "waiting", boolean.class);
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

    @SuppressWarnings("UnusedVariable") // through WAITING
    private volatile boolean waiting;

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
        if (waiting && WAITING.compareAndSet(this, true, false)) {
            waker.run();
        }
        return true;
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

    /** The first segment, once. For the dispatcher. */
    Segment takeFirst() {
        Segment it = first;
        first = null;
        return it;
    }

    /**
     * How many jobs there are; if that is no more than the dispatcher has seen, it is woken when there are. For the dispatcher.
     */
    long takenOrWait(long seen) {
        long now = taken();
        if (now == seen) {
            waiting = true;
            now = taken();
        }
        return now;
    }
}
