package dev.workpool.internal.collector;

import dev.workpool.job.Outcome;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** The outcomes that are {@link PackedOutcome} in a list, made as they are asked for. */
public final class PackedOutcomes<R> extends AbstractList<Outcome<R>> implements RandomAccess {
    private final List<Object> elements;

    public PackedOutcomes(List<Object> elements) {
        this.elements = elements;
    }

    @Override
    public Outcome<R> get(int index) {
        return PackedOutcome.outcome(elements.get(index));
    }

    @Override
    public int size() {
        return elements.size();
    }
}
