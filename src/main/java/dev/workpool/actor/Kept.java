package dev.workpool.actor;

import dev.workpool.Outcome;

/**
 * How an outcome is kept in an array: a success at the first attempt as its bare result, anything else as itself in here. So a
 * job that succeeds, as nearly all of millions do, costs its place in the array and no object; whoever asks for its outcome
 * gets one made. The type is nobody's but the pool's, so no result can be taken for one.
 *
 * @param outcome what is kept
 */
record Kept(Outcome<?> outcome) {
    private static final Object NULL = new Kept(new Outcome.Succeeded<>(null, 1));

    static Object result(Object result) {
        return result == null ? NULL : result;
    }

    static Object of(Outcome<?> outcome) {
        return new Kept(outcome);
    }

    /** What is kept in an element, which is set. */
    @SuppressWarnings("unchecked") // only outcomes of R were put in
    static <R> Outcome<R> outcome(Object element) {
        return element instanceof Kept kept ? (Outcome<R>) kept.outcome : new Outcome.Succeeded<>((R) element, 1);
    }
}
