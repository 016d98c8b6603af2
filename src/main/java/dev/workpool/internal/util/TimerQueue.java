package dev.workpool.internal.util;

/**
 * Queues things by the time at which they are due, such as the next attempt at a failed job. Times are compared by
 * difference. Used by one thread.
 *
 * @param <T> what waits
 */
public final class TimerQueue<T> {
    /** When nothing is due. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Something that waits; what takes it out before its time. */
    public static final class Entry<T> extends AddressableHeap.Element {
        private final T what;
        private final long dueNs;

        /** A heap keeps no order among equals, so they are numbered. */
        private final long number;

        private Entry(T what, long dueNs, long number) {
            this.what = what;
            this.dueNs = dueNs;
            this.number = number;
        }

        public T what() {
            return what;
        }
    }

    private final AddressableHeap<Entry<T>> heap = new AddressableHeap<>(TimerQueue::soonest);
    private long added;

    private static int soonest(Entry<?> one, Entry<?> other) {
        int soonest = Long.signum(one.dueNs - other.dueNs);
        return soonest != 0 ? soonest : Long.compare(one.number, other.number);
    }

    public Entry<T> add(T what, long dueNs) {
        Entry<T> entry = new Entry<>(what, dueNs, added++);
        heap.add(entry);
        return entry;
    }

    /** Takes an entry of this timeline out; false if it waits no more. */
    public boolean remove(Entry<T> entry) {
        return heap.remove(entry);
    }

    public int size() {
        return heap.size();
    }

    /** When the first of them is due; {@link #NEVER}, which is no time, if nothing waits. */
    public long nextDueNs() {
        return heap.isEmpty() ? NEVER : heap.first().dueNs;
    }

    public boolean isDue(long nowNs) {
        return !heap.isEmpty() && heap.first().dueNs - nowNs <= 0;
    }

    /** What is due first, and of equals what was added first; null if nothing waits. */
    public T first() {
        return heap.isEmpty() ? null : heap.first().what;
    }

    /** Takes out what is due first, and of equals what was added first; null if nothing waits. */
    public T removeFirst() {
        Entry<T> first = heap.removeFirst();
        return first == null ? null : first.what;
    }
}
