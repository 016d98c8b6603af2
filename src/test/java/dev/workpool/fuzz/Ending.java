package dev.workpool.fuzz;

/** How a round ends its pool. */
enum Ending {
    DRAIN(false, false),
    ABORT(true, false),
    /** Within some milliseconds, after which the rest is cancelled. */
    CLOSE(true, false),
    CLOSE_PATIENTLY(false, false),
    CLOSE_TWICE(true, false),
    /** The thread that closes is interrupted. */
    CLOSE_INTERRUPTED(true, false),
    DRAIN_AND_ABORT(true, false),
    /** The pool's actor is stopped from outside. */
    STOP_POOL(true, false),
    /** So are all of its children, such as the router and collectors. */
    STOP_CHILDREN(true, false),
    /** So are all of theirs, such as workers. */
    STOP_GRANDCHILDREN(true, false),
    TERMINATE(true, true),
    TERMINATE_AND_CLOSE(true, true),
    GUARDIAN_STOPS(true, true);

    /** Whether jobs that were accepted may be cancelled by it. */
    final boolean cancels;

    /** Whether the actor system ends, too. */
    final boolean endsSystem;

    /** Whether the pool is stopped without being asked to drain or abort; then attempts of cancelled jobs are told less exactly. */
    final boolean isSudden;

    Ending(boolean cancels, boolean endsSystem) {
        this.cancels = cancels;
        this.endsSystem = endsSystem;
        this.isSudden = endsSystem || name().startsWith("STOP");
    }
}
