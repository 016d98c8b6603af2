package dev.workpool.internal.collector;

import dev.workpool.job.Outcome;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * The outcomes of neighbouring jobs, on their way to their collector. Immutable: nobody writes to the array any more.
 */
public final class Outcomes<R> extends AbstractList<Outcome<R>> implements RandomAccess {
    private final Object[] packedOutcome;
    private final int from;
    private final int size;
    private final boolean allSucceeded;

    /** As many as there are packed outcomes, or null if nobody was asked. */
    private final Verdict[] verdicts;

    /**
     * Wraps an array.
     *
     * @param packedOutcome see {@link PackedOutcome}; its first {@code size} elements are set
     * @param size how many count
     * @param allSucceeded whether all of them are known to be successes; false where nobody has looked
     */
    public Outcomes(Object[] packedOutcome, int size, boolean allSucceeded) {
        this(packedOutcome, size, allSucceeded, null);
    }

    /**
     * Wraps arrays.
     *
     * @param packedOutcome see {@link PackedOutcome}; its first {@code size} elements are set
     * @param size how many count
     * @param allSucceeded whether all of them are known to be successes; false where nobody has looked
     * @param verdicts on as many outcomes, null where nobody was asked; or null
     */
    public Outcomes(Object[] packedOutcome, int size, boolean allSucceeded, Verdict[] verdicts) {
        this(packedOutcome, 0, size, allSucceeded, verdicts);
    }

    private Outcomes(Object[] packedOutcome, int from, int size, boolean allSucceeded, Verdict[] verdicts) {
        this.packedOutcome = packedOutcome;
        this.from = from;
        this.size = size;
        this.allSucceeded = allSucceeded;
        this.verdicts = verdicts;
    }

    public static <R> Outcomes<R> copyOf(List<? extends Outcome<R>> outcomes) {
        return new Outcomes<>(outcomes.stream().map(PackedOutcome::of).toArray(), outcomes.size(), false);
    }

    /** Those of jobs that were run one by one, in the order of the list. */
    public static <R> Outcomes<R> ofEach(List<Outcomes<R>> singles) {
        return new Outcomes<>(
                singles.stream().map(each -> each.packedOutcome(0)).toArray(),
                singles.size(),
                false,
                singles.stream().map(each -> each.verdict(0)).toArray(Verdict[]::new));
    }

    public boolean allSucceeded() {
        return allSucceeded;
    }

    public Object packedOutcome(int position) {
        return packedOutcome[from + position];
    }

    /** What the retry policy's condition says of an attempt; null if it was not asked. */
    public Verdict verdict(int position) {
        return verdicts == null ? null : verdicts[from + position];
    }

    /** The part from one position to another. */
    public Outcomes<R> part(int begin, int end) {
        return new Outcomes<>(packedOutcome, from + begin, end - begin, allSucceeded, verdicts);
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
