package dev.workpool.actor;

import dev.workpool.Outcome;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** The outcomes that are {@link Kept} in a list, made as they are asked for. */
final class KeptList<R> extends AbstractList<Outcome<R>> implements RandomAccess {
    private final List<Object> elements;

    KeptList(List<Object> elements) {
        this.elements = elements;
    }

    @Override
    public Outcome<R> get(int index) {
        return Kept.outcome(elements.get(index));
    }

    @Override
    public int size() {
        return elements.size();
    }
}
