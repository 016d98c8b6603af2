package dev.workpool.internal.collector;

import dev.workpool.job.Outcome;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** The outcomes of neighbouring jobs, on their way to their collector. Immutable: nobody writes to the array any more. */
public final class Outcomes<R> extends AbstractList<Outcome<R>> implements RandomAccess {
    private final Object[] packedOutcome;
    private final int from;
    private final int size;
    private final boolean allSucceeded;

    /**
     * Wraps an array.
     *
     * @param packedOutcome see {@link PackedOutcome}; its first {@code size} elements are set
     * @param size how many count
     * @param allSucceeded whether all of them are known to be successes; false where nobody has looked
     */
    public Outcomes(Object[] packedOutcome, int size, boolean allSucceeded) {
        this(packedOutcome, 0, size, allSucceeded);
    }

    private Outcomes(Object[] packedOutcome, int from, int size, boolean allSucceeded) {
        this.packedOutcome = packedOutcome;
        this.from = from;
        this.size = size;
        this.allSucceeded = allSucceeded;
    }

    public static <R> Outcomes<R> copyOf(List<? extends Outcome<R>> outcomes) {
        return new Outcomes<>(outcomes.stream().map(PackedOutcome::of).toArray(), outcomes.size(), false);
    }

    public boolean allSucceeded() {
        return allSucceeded;
    }

    public Object packedOutcome(int position) {
        return packedOutcome[from + position];
    }

    /** The part from one position to another. */
    public Outcomes<R> part(int begin, int end) {
        return new Outcomes<>(packedOutcome, from + begin, end - begin, allSucceeded);
    }

    /** The array itself, if all of it counts. */
    public Object[] whole() {
        return size == packedOutcome.length ? packedOutcome : null;
    }

    @Override
    public Outcome<R> get(int position) {
        if (position >= size) {
            throw new IndexOutOfBoundsException("position " + position + " of " + size);
        }
        return PackedOutcome.outcome(packedOutcome(position));
    }

    @Override
    public int size() {
        return size;
    }
}
