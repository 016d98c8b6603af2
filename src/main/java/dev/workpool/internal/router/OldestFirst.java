package dev.workpool.internal.router;

/**
 * Lists the chunks that workers are running, the one that was begun earliest first. Confined to the router's thread.
 *
 * <p>It is linked through the assignments themselves: it changes with every chunk, and must not allocate for it.
 */
final class OldestFirst<J, R> {
    private Assignment<J, R> first;
    private Assignment<J, R> last;

    /** The oldest, or null. */
    Assignment<J, R> first() {
        return first;
    }

    /** A worker has begun a chunk. */
    void add(Assignment<J, R> assignment) {
        assignment.begun = true;
        assignment.begunBefore = last;
        if (last == null) {
            first = assignment;
        } else {
            last.begunAfter = assignment;
        }
        last = assignment;
    }

    /** Forgets all of them, for good. */
    void clear() {
        first = null;
        last = null;
    }

    /** Removes a chunk, if it is here. */
    void remove(Assignment<J, R> assignment) {
        if (!assignment.begun) {
            return;
        }
        if (assignment.begunBefore == null) {
            first = assignment.begunAfter;
        } else {
            assignment.begunBefore.begunAfter = assignment.begunAfter;
        }
        if (assignment.begunAfter == null) {
            last = assignment.begunBefore;
        } else {
            assignment.begunAfter.begunBefore = assignment.begunBefore;
        }
        assignment.begunBefore = null;
        assignment.begunAfter = null;
        assignment.begun = false;
    }
}
