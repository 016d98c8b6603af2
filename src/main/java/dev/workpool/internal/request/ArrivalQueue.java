package dev.workpool.internal.request;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bounded queue that any thread adds to, and that is emptied as a whole. Thread-safe, lock-free.
 *
 * <p>The newest arrival is linked to the one before it, as in Treiber's stack, and whoever takes them all reverses the
 * order. Each knows how many jobs have come in total, its own included. So one compare-and-set both takes the room for
 * its jobs and puts it into the queue. Neither can happen without the other, even if a stack overflows or memory runs
 * out, since nothing has to be called afterwards.
 */
final class ArrivalQueue<T> {
    private static final VarHandle NEWEST;
    private static final VarHandle ITEM;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            NEWEST = lookup.findVarHandle(ArrivalQueue.class, "newest", Arrival.class);
            ITEM = lookup.findVarHandle(Arrival.class, "item", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What marks the arrival that is none, but keeps the count while the queue is empty. */
    private static final int NONE = -1;

    private volatile Arrival<T> newest = new Arrival<>(null, NONE);

    /** Whether jobs are counted. */
    private final boolean bounded;

    /** How many jobs may have come in total. Written by whoever empties the queue. */
    private volatile long limit;

    /** The same, if idle workers take none of them at once. Written by whoever empties the queue. */
    private volatile long limitWithoutIdle;

    /**
     * How often somebody has said that no worker is idle any more, of which whoever empties the queue has yet to hear.
     * Written by any thread.
     */
    private final AtomicInteger withheld = new AtomicInteger();

    /**
     * Something that was added.
     *
     * @param <T> its type
     */
    static final class Arrival<T> {
        @SuppressWarnings("UnusedVariable") // through ITEM
        private volatile T item;

        private final int jobs;

        /** Jobs that have come up to and including this. Written by whoever makes it. */
        private long total;

        /**
         * The arrival before this one; once they were taken, the one after it. Written by whoever made it, then by
         * whoever has taken them.
         */
        private Arrival<T> next;

        private Arrival(T item, int jobs) {
            this.item = item;
            this.jobs = jobs;
        }

        /** What was added, for the first caller; null for later ones. */
        @SuppressWarnings("unchecked") // there is nothing else in there
        T claim() {
            return (T) ITEM.getAndSet(this, null);
        }

        /** For how many jobs it has taken room, whoever has claimed it. */
        int jobs() {
            return jobs;
        }

        /** The one that came after it, of those that were taken together; null after the last. Asked once. */
        Arrival<T> next() {
            Arrival<T> it = next;
            next = null; // not to keep what comes later, where this one is old and dead
            return it;
        }
    }

    private ArrivalQueue(boolean bounded, long limit, long limitWithoutIdle) {
        this.bounded = bounded;
        this.limit = limit;
        this.limitWithoutIdle = limitWithoutIdle;
    }

    static <T> ArrivalQueue<T> unbounded() {
        return new ArrivalQueue<>(false, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /**
     * Makes a queue for this many jobs, and those that idle workers take at once, until its {@link #limit} is changed.
     */
    static <T> ArrivalQueue<T> bounded(long capacity, long idle) {
        return new ArrivalQueue<>(true, capacity + idle, capacity);
    }

    boolean isBounded() {
        return bounded;
    }

    /**
     * Adds something.
     *
     * @param item what
     * @param jobs how many jobs it brings: 0 or more; what brings none needs no room
     * @return null if there is no room for so many
     */
    Arrival<T> add(T item, int jobs) {
        Arrival<T> arrival = null;
        Arrival<T> before;
        do {
            before = newest;
            long total = 0;
            if (bounded) {
                total = before.total + jobs;
                if (jobs > 0 && total > limit()) {
                    return null;
                }
            }
            if (arrival == null) {
                arrival = new Arrival<>(item, jobs);
            }
            arrival.total = total;
            arrival.next = before;
        } while (!NEWEST.compareAndSet(this, before, arrival));
        return arrival;
    }

    /** Takes room for jobs that come in by another way, if there is some. */
    boolean reserve(int jobs) {
        Arrival<T> reservation = new Arrival<>(null, 0);
        Arrival<T> before;
        do {
            before = newest;
            reservation.total = before.total + jobs;
            if (jobs > 0 && reservation.total > limit()) {
                return false;
            }
            reservation.next = before;
        } while (!NEWEST.compareAndSet(this, before, reservation));
        return true;
    }

    /**
     * Sets how many jobs may have come in total, since the beginning. For whoever empties the queue.
     *
     * @param withIdle all of them
     * @param withoutIdle the same, if idle workers take none at once
     */
    void limit(long withIdle, long withoutIdle) {
        limitWithoutIdle = withoutIdle;
        limit = withIdle;
    }

    /** How many jobs may have come in all. */
    long limit() {
        return withheld.get() == 0 ? limit : limitWithoutIdle;
    }

    /** From now on no idle worker takes what comes, until {@link #heard} has been called as often as this. */
    void withhold() {
        withheld.incrementAndGet();
    }

    /**
     * Whoever empties the queue has heard of it, and has changed the {@link #limit(long, long) limit} if necessary.
     */
    void heard() {
        withheld.decrementAndGet();
    }

    /** For how many more jobs there is room at the moment; negative where more have come than there was. */
    long room() {
        return limit() - newest.total;
    }

    boolean isEmpty() {
        return newest.jobs == NONE;
    }

    /** The oldest arrival, with those after it, which all are in the queue no longer; null if there are none. */
    Arrival<T> takeAll() {
        Arrival<T> arrival;
        Arrival<T> none = null;
        do {
            arrival = newest;
            if (arrival.jobs == NONE) {
                return null;
            }
            none = none == null ? new Arrival<>(null, NONE) : none;
            none.total = arrival.total;
        } while (!NEWEST.compareAndSet(this, arrival, none));
        Arrival<T> after = null;
        while (arrival.jobs != NONE) {
            Arrival<T> before = arrival.next;
            arrival.next = after;
            after = arrival;
            arrival = before;
        }
        return after;
    }
}
