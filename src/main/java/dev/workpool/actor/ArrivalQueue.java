package dev.workpool.actor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A queue that any thread adds to, and that is emptied as a whole. Thread-safe, lock-free.
 *
 * <p>The newest arrival is linked to the one before it, as in Treiber's stack, and whoever takes them all turns them round. So an arrival is in the queue by one
 * compare-and-set, after which nothing is left to be called: if a stack overflows, it overflows before. A {@link
 * java.util.concurrent.ConcurrentLinkedQueue} moves its tail afterwards, and may throw what it has taken in already.
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

    private volatile Arrival<T> newest;

    /**
     * Something that was added.
     *
     * @param <T> its type
     */
    static final class Arrival<T> {
        @SuppressWarnings("UnusedVariable") // through ITEM
        private volatile T item;

        /** The one that came before it; once they were taken, the one that came after it. Of who has made it, then of who has taken them. */
        private Arrival<T> next;

        private Arrival(T item) {
            this.item = item;
        }

        /** What was added, for who asks first; null for anybody else. */
        @SuppressWarnings("unchecked") // there is nothing else in there
        T claim() {
            return (T) ITEM.getAndSet(this, null);
        }

        /** The one that came after it, of those that were taken together; null after the last. Asked once. */
        Arrival<T> next() {
            Arrival<T> it = next;
            next = null; // not to keep what comes later, where this one is old and dead
            return it;
        }
    }

    Arrival<T> add(T item) {
        Arrival<T> arrival = new Arrival<>(item);
        Arrival<T> before;
        do {
            before = newest;
            arrival.next = before;
        } while (!NEWEST.compareAndSet(this, before, arrival));
        return arrival;
    }

    /** The oldest arrival, with those after it, which all are in the queue no longer; null if there are none. */
    Arrival<T> takeAll() {
        if (newest == null) {
            return null;
        }
        @SuppressWarnings("unchecked") // there is nothing else in there
        Arrival<T> arrival = (Arrival<T>) NEWEST.getAndSet(this, null);
        Arrival<T> after = null;
        while (arrival != null) {
            Arrival<T> before = arrival.next;
            arrival.next = after;
            after = arrival;
            arrival = before;
        }
        return after;
    }
}
