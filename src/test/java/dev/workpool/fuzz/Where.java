package dev.workpool.fuzz;

/** On which thread users' code finds itself. */
final class Where {
    private Where() {}

    /** Whether this is a thread of the pool's actors, where no user's code runs. */
    static boolean onControl() {
        return Thread.currentThread().getName().contains("workpool.dispatchers.control");
    }

    /** Whether this is a thread of the callback executor, on which nobody may leave an interrupt for the next. */
    static boolean onCallback() {
        return Thread.currentThread().getName().contains("workpool.dispatchers.callback");
    }
}
