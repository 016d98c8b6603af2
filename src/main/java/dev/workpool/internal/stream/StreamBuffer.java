package dev.workpool.internal.stream;

import dev.workpool.internal.util.StackGuard;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Brings a stream's jobs to the dispatcher: a queue that one thread at a time fills and the dispatcher empties. It is
 * closed exactly once, and wakes the dispatcher only if that waits for this many jobs.
 *
 * <p>Whether a job came before or after the closing is decided by one atomic word, {@code [closed:1 | jobs
 * published:62]}: each job is published by a compare-and-set of it, closing sets the bit. A job goes into its place
 * before that, so whoever has read the word sees it. Who fills looks at what is awaited after it has published; the
 * dispatcher sets it and then looks once more for what has been published. So one of the two sees the other, and no job
 * is left lying.
 */
final class StreamBuffer {
    private static final long CLOSED = 1L << 62;
    private static final long NOT_WAITING = Long.MAX_VALUE;

    /**
     * Numbers that different threads write, each with a cache line to itself; it costs four times as much if a
     * neighbour is written to as well.
     */
    private static final int WORD = 16;

    private static final int TAKEN = WORD + 1;
    private static final int WAKE_AT = 2 * WORD;
    private static final int LENGTH = 3 * WORD;

    private static final VarHandle NUMBERS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] numbers = new long[LENGTH];

    private final int segmentSize;
    private final Runnable waker;

    /** Where the next job goes, whose index is the number {@link #TAKEN}. Both are the filling thread's. */
    private Segment last;

    /** The dispatcher's, until it has taken it. */
    private Segment first;

    /**
     * An empty one, whose dispatcher does not wait yet.
     *
     * @param segmentSize jobs that can be granted at a time, and are let go of together
     * @param waker has the dispatcher look
     */
    StreamBuffer(int segmentSize, Runnable waker) {
        this.segmentSize = segmentSize;
        this.waker = waker;
        this.first = new Segment(0, segmentSize);
        this.last = first;
        this.numbers[WAKE_AT] = NOT_WAITING;
    }

    /**
     * Puts a job in. Does not block. For one thread at a time.
     *
     * @param job not null
     * @return false if it was not taken, since this is closed
     * @throws StackOverflowError if the thread is near the end of its stack; then it was not taken
     */
    boolean offer(Object job) {
        long index = numbers[TAKEN];
        if (index + 1 >= (long) NUMBERS.getVolatile(numbers, WAKE_AT)) {
            StackGuard.check();
        }
        int offset = (int) (index - last.base);
        if (offset == segmentSize) {
            Segment more = new Segment(index, segmentSize);
            last.next = more;
            last = more;
            offset = 0;
        }
        Segment segment = last;
        segment.jobs[offset] = job;
        if (!NUMBERS.compareAndSet(numbers, WORD, index, index + 1)) {
            segment.jobs[offset] = null;
            return false;
        }
        numbers[TAKEN] = index + 1;
        wakeIfAwaited(index + 1);
        return true;
    }

    private void wakeIfAwaited(long now) {
        long awaited = (long) NUMBERS.getVolatile(numbers, WAKE_AT);
        if (now >= awaited && NUMBERS.compareAndSet(numbers, WAKE_AT, awaited, NOT_WAITING)) {
            wake(awaited);
        }
    }

    /**
     * If it fails, as where the dispatcher has come to await this only now and the stack is at its end, the next job
     * wakes.
     */
    private void wake(long awaited) {
        try {
            waker.run();
        } catch (Throwable t) {
            NUMBERS.compareAndSet(numbers, WAKE_AT, NOT_WAITING, awaited);
            throw t;
        }
    }

    /**
     * Takes no more. Idempotent. For any thread.
     *
     * @return how many jobs have been taken in all
     */
    long close() {
        return (long) NUMBERS.getAndBitwiseOr(numbers, WORD, CLOSED) & ~CLOSED;
    }

    /**
     * Whether it takes no more.
     *
     * @return true from the first {@link #close} on
     */
    boolean isClosed() {
        return ((long) NUMBERS.getVolatile(numbers, WORD) & CLOSED) != 0;
    }

    /**
     * How many jobs have been taken.
     *
     * @return a snapshot
     */
    long taken() {
        return (long) NUMBERS.getVolatile(numbers, WORD) & ~CLOSED;
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
        NUMBERS.setVolatile(numbers, WAKE_AT, inAll);
        wakeIfAwaited(taken());
    }
}
