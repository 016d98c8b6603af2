package dev.workpool.internal.collector;

import dev.workpool.job.Outcome;

/**
 * How an outcome is kept in an array: a success at the first attempt as its bare result, anything else as itself in
 * here. So a job that succeeds, as nearly all of millions do, costs its place in the array and no object; whoever asks
 * for its outcome gets one made. The type is nobody's but the pool's, so no result can be taken for one.
 *
 * @param outcome what is kept
 */
public record PackedOutcome(Outcome<?> outcome) {
    private static final Object NULL = new PackedOutcome(new Outcome.Succeeded<>(null, 1));

    public static Object result(Object result) {
        return result == null ? NULL : result;
    }

    public static Object of(Outcome<?> outcome) {
        return new PackedOutcome(outcome);
    }

    /** What is kept in an element, which is set. */
    @SuppressWarnings("unchecked") // only outcomes of R were put in
    public static <R> Outcome<R> outcome(Object element) {
        return element instanceof PackedOutcome packedOutcome
                ? (Outcome<R>) packedOutcome.outcome
                : new Outcome.Succeeded<>((R) element, 1);
    }
}
