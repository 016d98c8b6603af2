package dev.workpool.internal.router;

/**
 * Lists the chunks that are out and may have jobs to spare for an idle worker, in the order in which they were handed
 * out. Confined to the router's thread.
 *
 * <p>It is linked through the assignments themselves: it changes with every chunk, and must not allocate for it.
 */
final class DivisibleChunks<J, R> {
    private Assignment<J, R> first;
    private Assignment<J, R> last;

    /** The first brief one that was not looked at since. */
    private Assignment<J, R> brief;

    boolean isEmpty() {
        return first == null;
    }

    /** The one that was handed out first, or null. */
    Assignment<J, R> first() {
        return first;
    }

    /** Of the brief ones the one that was handed out first and not {@link #passBrief passed}, or null. */
    Assignment<J, R> firstBrief() {
        return brief;
    }

    /** Goes on from the first brief one to the next. */
    void passBrief() {
        do {
            brief = brief.divisibleAfter;
        } while (brief != null && !brief.brief);
    }

    /** The one that was handed out next after one that is here, or null. */
    Assignment<J, R> after(Assignment<J, R> assignment) {
        return assignment.divisibleAfter;
    }

    /** Adds a chunk that was handed out just now. */
    void add(Assignment<J, R> assignment) {
        assignment.divisible = true;
        assignment.divisibleBefore = last;
        if (last == null) {
            first = assignment;
        } else {
            last.divisibleAfter = assignment;
        }
        last = assignment;
        if (brief == null && assignment.brief) {
            brief = assignment;
        }
    }

    /** Removes a chunk, if it is here. */
    void remove(Assignment<J, R> assignment) {
        if (!assignment.divisible) {
            return;
        }
        if (assignment == brief) {
            passBrief();
        }
        if (assignment.divisibleBefore == null) {
            first = assignment.divisibleAfter;
        } else {
            assignment.divisibleBefore.divisibleAfter = assignment.divisibleAfter;
        }
        if (assignment.divisibleAfter == null) {
            last = assignment.divisibleBefore;
        } else {
            assignment.divisibleAfter.divisibleBefore = assignment.divisibleBefore;
        }
        assignment.divisibleBefore = null;
        assignment.divisibleAfter = null;
        assignment.divisible = false;
    }
}
