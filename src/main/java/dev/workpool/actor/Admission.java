package dev.workpool.actor;

import dev.workpool.WorkerPoolSettings;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * How many more jobs a pool takes: as many as its queue has capacity for, counting those that were handed in and not looked at yet. Thread-safe.
 *
 * <p>A submitter takes room and hands its jobs in by one step of the intake's queue. The dispatcher alone makes room: it says how many jobs may have come in
 * all, and then wakes the first of those who wait.
 */
public final class Admission {
    private static final long UNLIMITED = Long.MAX_VALUE;

    private final long capacity;
    private final Intake<?, ?> intake;
    private final AtomicLong rejected = new AtomicLong();
    private final WaitingSubmitters submitters = new WaitingSubmitters();
    private volatile boolean closed;

    /** How many jobs may have come in all, as the intake was told last. The dispatcher's. */
    private long limit;

    /**
     * For an empty queue.
     *
     * @param capacity most jobs in it
     * @param intake where they come in
     */
    Admission(long capacity, Intake<?, ?> intake) {
        this.capacity = capacity;
        this.intake = intake;
        this.limit = intake.queue().limit();
    }

    static Admission of(WorkerPoolSettings settings, Intake<?, ?> intake) {
        return new Admission(settings.queueCapacity().orElse(UNLIMITED), intake);
    }

    static Admission unlimited(Intake<?, ?> intake) {
        return new Admission(UNLIMITED, intake);
    }

    boolean isUnlimited() {
        return capacity == UNLIMITED;
    }

    long capacity() {
        return capacity;
    }

    /** Whether submitters need room for what they hand in; not if there is no bound, or the oldest job makes some. */
    boolean isCounted() {
        return intake.queue().isBounded();
    }

    /** Whether somebody waits for room, so that nobody else is to have it. */
    boolean isAwaited() {
        return !submitters.isEmpty();
    }

    /**
     * Waits until jobs are handed in, after those who wait already.
     *
     * @param jobs how many, no more than the capacity
     * @param handIn hands them in, or is false if there is no room for them
     */
    void await(long jobs, BooleanSupplier handIn) throws InterruptedException {
        submitters.await(jobs, handIn);
    }

    /** For the dispatcher: takes room for jobs that come by another way than the intake, which do not wait. */
    boolean admit(int jobs) {
        if (isUnlimited()) {
            return true;
        }
        if (!isCounted() || isAwaited() || !intake.queue().reserve(jobs)) {
            return false;
        }
        intake.enter(jobs);
        return true;
    }

    /**
     * For the dispatcher: says how many jobs there are.
     *
     * @param held jobs that wait, those among them that workers which are idle are about to take
     * @param idle how many more could begin at once, as there are workers that are idle
     */
    void update(long held, long idle) {
        if (isCounted() && !closed) {
            long withoutIdle = capacity + intake.entered() - held;
            long now = withoutIdle + idle;
            boolean more = now > limit;
            limit = now;
            intake.queue().limit(now, withoutIdle);
            if (more) {
                submitters.roomMade(intake.queue().room());
            }
        }
    }

    /** Everything is admitted from now on, so that it meets whoever refuses it, and nobody waits any more. */
    void close() {
        closed = true;
        intake.queue().limit(UNLIMITED, UNLIMITED);
        submitters.roomMade(UNLIMITED);
    }

    boolean isClosed() {
        return closed;
    }

    /** Counts jobs that a submitter had to reject. */
    void reject(long jobs) {
        rejected.addAndGet(jobs);
    }

    /** Jobs that submitters have rejected since this was last asked. */
    long takeRejected() {
        return isUnlimited() ? 0 : rejected.getAndSet(0);
    }

    String reason(String pool) {
        return "the queue of pool '" + pool + "' is full: " + capacity + " jobs wait, as many as queue-capacity allows";
    }

    String tooLarge(String pool, long jobs) {
        return "a batch of " + jobs + " jobs is larger than the queue of pool '" + pool + "', whose queue-capacity is "
                + capacity + "; submit it in parts";
    }
}
