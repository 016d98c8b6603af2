package dev.workpool.actor;

import java.util.ArrayDeque;

/** The slots that may have room for a chunk, the idle first. Of the router's thread. */
final class Line<J, R> {
    private final ArrayDeque<Slot<J, R>> slots = new ArrayDeque<>();

    /** Puts a slot where it belongs after a change. */
    void add(Slot<J, R> slot) {
        if (slot.isIdle()) {
            if (slots.peekFirst() != slot) {
                if (slot.inLine) {
                    slots.remove(slot);
                }
                slots.addFirst(slot);
            }
        } else if (!slot.inLine) {
            slots.addLast(slot);
        }
        slot.inLine = true;
    }

    void remove(Slot<J, R> slot) {
        if (slot.inLine) {
            slots.remove(slot);
            slot.inLine = false;
        }
    }

    /** The first slot that has room, or null. Those before it leave the line. */
    Slot<J, R> first(int depth) {
        Slot<J, R> slot;
        while ((slot = slots.peekFirst()) != null && slot.room(depth) == 0) {
            slots.removeFirst();
            slot.inLine = false;
        }
        return slot;
    }

    /** Whether one of them has no chunk. */
    boolean hasIdle() {
        Slot<J, R> first = slots.peekFirst();
        return first != null && first.isIdle();
    }

    /** The first goes to the end, so that nobody gets a second chunk before everybody has a first one. */
    void rotate() {
        slots.addLast(slots.removeFirst());
    }

    /** How many more chunks there is room for. */
    int room(int depth) {
        int room = 0;
        for (Slot<J, R> slot : slots) {
            room += slot.room(depth);
        }
        return room;
    }
}
