package dev.workpool.internal.router;

import java.util.ArrayList;
import java.util.List;

/**
 * Lists the slots that may have room for a chunk, idle ones first. Confined to the router's thread.
 *
 * <p>It is linked through the slots themselves: it changes and is traversed with every chunk, and must not allocate for
 * it.
 */
final class AvailableSlots<J, R> {
    private Slot<J, R> first;
    private Slot<J, R> last;

    /** Puts a slot where it belongs after a change. */
    void add(Slot<J, R> slot) {
        if (slot.isIdle()) {
            if (first != slot) {
                remove(slot);
                addFirst(slot);
            }
        } else if (!slot.inLine) {
            addLast(slot);
        }
    }

    void remove(Slot<J, R> slot) {
        if (!slot.inLine) {
            return;
        }
        if (slot.before == null) {
            first = slot.after;
        } else {
            slot.before.after = slot.after;
        }
        if (slot.after == null) {
            last = slot.before;
        } else {
            slot.after.before = slot.before;
        }
        slot.before = null;
        slot.after = null;
        slot.inLine = false;
    }

    private void addFirst(Slot<J, R> slot) {
        slot.after = first;
        if (first == null) {
            last = slot;
        } else {
            first.before = slot;
        }
        first = slot;
        slot.inLine = true;
    }

    private void addLast(Slot<J, R> slot) {
        slot.before = last;
        if (last == null) {
            first = slot;
        } else {
            last.after = slot;
        }
        last = slot;
        slot.inLine = true;
    }

    /** The first slot that has room, or null. Those before it leave the line. */
    Slot<J, R> first(int depth) {
        while (first != null && first.room(depth) == 0) {
            remove(first);
        }
        return first;
    }

    /** Whether one of them has no chunk. */
    boolean hasIdle() {
        return first != null && first.isIdle();
    }

    /** The first slots, if so many have no chunk; else null. */
    List<Slot<J, R>> idle(int count) {
        List<Slot<J, R>> idle = new ArrayList<>(count);
        for (Slot<J, R> slot = first; slot != null && slot.isIdle() && idle.size() < count; slot = slot.after) {
            idle.add(slot);
        }
        return idle.size() == count ? idle : null;
    }

    /** Moves the first slot to the end, so that no worker gets a second chunk before every worker has a first one. */
    void rotate() {
        Slot<J, R> slot = first;
        remove(slot);
        addLast(slot);
    }

    /** How many more chunks there is room for. Counting stops at about the number that is enough. */
    int room(int depth, int enough) {
        int room = 0;
        for (Slot<J, R> slot = first; slot != null && room < enough; slot = slot.after) {
            room += slot.room(depth);
        }
        return room;
    }
}
