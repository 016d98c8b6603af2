package dev.workpool.durable.internal.work;

/** Thrown where a job's transaction could not be begun or committed, since the store was away. The job runs again. */
final class StoreAway extends Exception {
    private static final long serialVersionUID = 1L;

    StoreAway(Exception cause) {
        super("the job store is away: " + cause.getMessage(), cause);
    }
}
