package dev.workpool.actor;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What is due at a time, such as the next attempt at a job that failed. Times are compared by difference. Of the dispatcher's thread.
 *
 * @param <T> what waits
 */
final class Timeline<T> {
    private record Entry<T>(T what, long dueNs, long number) {}

    private final PriorityQueue<Entry<T>> heap = new PriorityQueue<>(Timeline::soonest);
    private long added;

    /** A heap keeps no order among equals, so they are numbered. */
    private static int soonest(Entry<?> one, Entry<?> other) {
        int soonest = Long.signum(one.dueNs - other.dueNs);
        return soonest != 0 ? soonest : Long.compare(one.number, other.number);
    }

    void add(T what, long dueNs) {
        heap.add(new Entry<>(what, dueNs, added++));
    }

    int size() {
        return heap.size();
    }

    /** When the first of them is due; {@link Alarm#NEVER}, which is no time, if nothing waits. */
    long nextDueNs() {
        return heap.isEmpty() ? Alarm.NEVER : heap.element().dueNs;
    }

    /** Takes out what is due, the earliest first, and of equals the one that was added first. */
    void takeDue(long nowNs, Consumer<? super T> taker) {
        while (!heap.isEmpty() && heap.element().dueNs - nowNs <= 0) {
            taker.accept(heap.remove().what);
        }
    }

    /** Takes out what matches, due or not, the earliest first. */
    void removeIf(Predicate<? super T> which, Consumer<? super T> removed) {
        List<Entry<T>> matching = new ArrayList<>();
        heap.removeIf(entry -> which.test(entry.what) && matching.add(entry));
        matching.sort(Timeline::soonest);
        matching.forEach(entry -> removed.accept(entry.what));
    }
}
