package dev.workpool.internal.util;

import java.util.Arrays;
import java.util.Comparator;

/**
 * A binary heap whose elements know their place, so that one can be taken out wherever it is. Each change takes O(log
 * n), and nothing is left behind of what was taken out. Used by one thread.
 *
 * @param <E> what is in it; an element is in one heap at a time
 */
public final class AddressableHeap<E extends AddressableHeap.Element> {
    private static final int NOWHERE = -1;
    private static final int FEW = 16;

    /** What can be in a heap. */
    public abstract static class Element {
        private int place = NOWHERE;

        /** Whether it is in a heap. */
        final boolean isIn() {
            return place != NOWHERE;
        }
    }

    private final Comparator<? super E> order;
    private Element[] elements = new Element[FEW];
    private int size;

    /**
     * An empty heap.
     *
     * @param order the least is first
     */
    public AddressableHeap(Comparator<? super E> order) {
        this.order = order;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** The least element, or null. */
    public E first() {
        return size == 0 ? null : at(0);
    }

    @SuppressWarnings("unchecked") // only elements of type E come in
    private E at(int place) {
        return (E) elements[place];
    }

    /** Adds an element that is in no heap. */
    public void add(E element) {
        if (size == elements.length) {
            elements = Arrays.copyOf(elements, 2 * size);
        }
        moveUp(element, size++);
    }

    /** Takes out the least element; null if there is none. */
    E removeFirst() {
        E first = first();
        if (first != null) {
            remove(first);
        }
        return first;
    }

    /** Takes an element of this heap out; false if it is not here. */
    public boolean remove(E element) {
        Element removed = element;
        if (removed.place == NOWHERE) {
            return false;
        }
        E last = at(--size);
        elements[size] = null;
        if (last != element) {
            int gap = removed.place;
            moveDown(last, gap);
            moveUp(last, ((Element) last).place);
        }
        removed.place = NOWHERE;
        return true;
    }

    /** Puts an element at a place that is free, or above. */
    private void moveUp(E element, int from) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) / 2;
            if (order.compare(at(parent), element) <= 0) {
                break;
            }
            put(at(parent), place);
            place = parent;
        }
        put(element, place);
    }

    /** Puts an element at a place that is free, or below. */
    private void moveDown(E element, int from) {
        int place = from;
        for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
            int least = child + 1 < size && order.compare(at(child + 1), at(child)) < 0 ? child + 1 : child;
            if (order.compare(element, at(least)) <= 0) {
                break;
            }
            put(at(least), place);
            place = least;
        }
        put(element, place);
    }

    private void put(Element element, int place) {
        elements[place] = element;
        element.place = place;
    }
}
