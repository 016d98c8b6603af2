package dev.workpool.internal.router;

import dev.workpool.internal.util.TimerQueue;
import java.util.concurrent.TimeUnit;

/**
 * Runs a pool with fewer workers while a limit on threads keeps some from having one. Confined to the router's thread.
 *
 * <p>A worker that could not begin rests: it takes no jobs for a while, and is tried again together with all others
 * that rest. Some of those that could begin are made to rest as well, so that threads are left for others. A pool that
 * held every thread there can be would wait for itself: its users' callbacks need one.
 */
final class Shortage<J, R> {
    /** After this time it is known how many could not begin: a pool's workers begin at about the same time. */
    static final long SETTLED_NS = TimeUnit.MILLISECONDS.toNanos(50);

    static final long FIRST_PAUSE_NS = TimeUnit.SECONDS.toNanos(1);
    static final long LONGEST_PAUSE_NS = TimeUnit.SECONDS.toNanos(30);

    /** One of this many threads is left to others, and at most this many. */
    private static final int PART_FOR_OTHERS = 8;

    private static final int MOST_FOR_OTHERS = 16;

    private final WorkerSlots<J, R> workerSlots;
    private final Hiring<J, R> hiring;
    private final Agenda agenda;

    /** Workers that still have to rest, as soon as they have run their current jobs. */
    private int surplus;

    /** When the worker that was the first to fail lately is old news; {@link TimerQueue#NEVER} if it is. */
    private long settledNs = TimerQueue.NEVER;

    private Throwable cause;

    /** Whether the warning has been logged. */
    private boolean told;

    private long pauseNs;

    /** When those that rest are tried again; {@link TimerQueue#NEVER} if none rests. */
    private long retryNs = TimerQueue.NEVER;

    Shortage(WorkerSlots<J, R> workerSlots, Hiring<J, R> hiring, Agenda agenda) {
        this.workerSlots = workerSlots;
        this.hiring = hiring;
        this.agenda = agenda;
    }

    /**
     * A worker could not begin.
     *
     * @param slot the worker's; takes nothing from now on
     * @param why the reason
     * @param now the pool's time
     */
    void failed(Slot<J, R> slot, Throwable why, long now) {
        if (workerSlots.lacking() == 0) {
            told = false;
            pauseNs = FIRST_PAUSE_NS;
        }
        cause = why;
        rest(slot);
        if (retryNs == TimerQueue.NEVER) {
            settledNs = now + SETTLED_NS;
            retryNs = now + pauseNs;
            pauseNs = Math.min(2 * pauseNs, LONGEST_PAUSE_NS);
        }
        lookAgain();
    }

    private void rest(Slot<J, R> slot) {
        workerSlots.lacks(slot, true);
        workerSlots.availableSlots.remove(slot);
        slot.resting = true;
    }

    private void lookAgain() {
        agenda.lookBy(Math.min(settledNs, retryNs));
    }

    /**
     * Makes some workers rest, or tries resting ones again, if it is time for that. Otherwise schedules a check for
     * that time.
     */
    void inspect(long now) {
        if (settledNs <= now) {
            settledNs = TimerQueue.NEVER;
            onSettled();
        }
        if (retryNs <= now) {
            retryNs = TimerQueue.NEVER;
            surplus = 0;
            for (Slot<J, R> slot : workerSlots.slots()) {
                if (slot.resting) {
                    slot.resting = false;
                    workerSlots.availableSlots.add(slot);
                }
            }
        }
        lookAgain();
    }

    /** Idle workers rest at once. */
    private void onSettled() {
        int threads =
                (int) workerSlots.slots().stream().filter(Shortage::hasThread).count();
        int forOthers = Math.min(MOST_FOR_OTHERS, (threads + PART_FOR_OTHERS - 1) / PART_FOR_OTHERS);
        surplus = forOthers;
        for (Slot<J, R> slot : workerSlots.slots()) {
            if (slot.isIdle()) {
                sendHomeIfTooMany(slot);
            }
        }
        if (!told) {
            told = true;
            hiring.shortOfThreads(threads - forOthers, workerSlots.workers(), cause);
        }
    }

    private static boolean hasThread(Slot<?, ?> slot) {
        return !slot.lacking && !slot.vacated && !slot.retired && slot.runner().hasThread();
    }

    /** A worker has nothing to do, or has run a chunk: it rests if some still have to. */
    void sendHomeIfTooMany(Slot<J, R> slot) {
        if (surplus > 0 && hasThread(slot)) {
            surplus--;
            rest(slot);
            workerSlots.sendHome(slot);
        }
    }
}
