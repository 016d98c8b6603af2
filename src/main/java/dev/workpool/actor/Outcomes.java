package dev.workpool.actor;

import dev.workpool.Outcome;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** The outcomes of neighbouring jobs, on their way to their collector. Immutable: nobody writes to the array any more. */
final class Outcomes<R> extends AbstractList<Outcome<R>> implements RandomAccess {
    private final Object[] kept;
    private final int from;
    private final int size;
    private final boolean allSucceeded;

    /**
     * Wraps an array.
     *
     * @param kept see {@link Kept}; its first {@code size} elements are set
     * @param size how many count
     * @param allSucceeded whether all of them are known to be successes; false where nobody has looked
     */
    Outcomes(Object[] kept, int size, boolean allSucceeded) {
        this(kept, 0, size, allSucceeded);
    }

    private Outcomes(Object[] kept, int from, int size, boolean allSucceeded) {
        this.kept = kept;
        this.from = from;
        this.size = size;
        this.allSucceeded = allSucceeded;
    }

    static <R> Outcomes<R> copyOf(List<? extends Outcome<R>> outcomes) {
        return new Outcomes<>(outcomes.stream().map(Kept::of).toArray(), outcomes.size(), false);
    }

    boolean allSucceeded() {
        return allSucceeded;
    }

    Object kept(int position) {
        return kept[from + position];
    }

    /** The part from one position to another. */
    Outcomes<R> part(int begin, int end) {
        return new Outcomes<>(kept, from + begin, end - begin, allSucceeded);
    }

    /** The array itself, if all of it counts. */
    Object[] whole() {
        return size == kept.length ? kept : null;
    }

    @Override
    public Outcome<R> get(int position) {
        if (position >= size) {
            throw new IndexOutOfBoundsException("position " + position + " of " + size);
        }
        return Kept.outcome(kept(position));
    }

    @Override
    public int size() {
        return size;
    }
}
