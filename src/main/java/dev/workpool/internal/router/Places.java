package dev.workpool.internal.router;

import java.util.ArrayList;
import java.util.List;

/**
 * Holds the workers' slots by index, with gaps where there is no worker yet or any more. Confined to the router's
 * thread.
 */
final class Places<J, R> {
    private final List<Slot<J, R>> byIndex = new ArrayList<>();

    /** The slot at an index; null if there is none. */
    Slot<J, R> at(int index) {
        return index < byIndex.size() ? byIndex.get(index) : null;
    }

    /** One past the highest index in use. */
    int end() {
        return byIndex.size();
    }

    /** Puts a slot where there is none. */
    void put(Slot<J, R> slot) {
        while (byIndex.size() <= slot.index) {
            byIndex.add(null);
        }
        byIndex.set(slot.index, slot);
    }

    /** Takes a slot away; false if it is not here. */
    boolean remove(Slot<J, R> slot) {
        if (at(slot.index) != slot) {
            return false;
        }
        byIndex.set(slot.index, null);
        int end = byIndex.size();
        while (end > 0 && byIndex.get(end - 1) == null) {
            end--;
        }
        byIndex.subList(end, byIndex.size()).clear();
        return true;
    }

    /** All slots in the order of their index, a copy. */
    List<Slot<J, R>> all() {
        List<Slot<J, R>> all = new ArrayList<>(byIndex.size());
        for (Slot<J, R> slot : byIndex) {
            if (slot != null) {
                all.add(slot);
            }
        }
        return all;
    }
}
