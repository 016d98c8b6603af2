package dev.workpool.internal.router;

import akka.actor.typed.ActorRef;
import dev.workpool.internal.worker.Runner;
import dev.workpool.internal.worker.Worker;
import java.util.ArrayDeque;

/**
 * One of the router's N places for a worker, and the chunks that are out at it. Confined to the router's thread.
 */
final class Slot<J, R> {
    final int index;

    /** Chunks that are out, the one being worked on first; at most two. */
    final ArrayDeque<Assignment<J, R>> out = new ArrayDeque<>(2);

    private ActorRef<Worker.Command<J, R>> worker;
    private Runner<J, R> runner;

    /** Its worker has stopped; to be replaced once nothing is out any more. */
    boolean vacated;

    /** Its worker is surplus; it leaves once nothing is out any more. */
    boolean retired;

    /**
     * Its worker could not begin for want of a thread, and has not since; whether it takes nothing until that is tried
     * again.
     */
    boolean lacking;

    boolean resting;

    /** Its permit is lent to a job that takes several, which runs at another slot; nothing is out at this one. */
    boolean lent;

    /** Whether it stands in the router's {@link AvailableSlots} of slots that have room, and next to whom. */
    boolean inLine;

    Slot<J, R> before;
    Slot<J, R> after;

    Slot(int index) {
        this.index = index;
    }

    void fill(ActorRef<Worker.Command<J, R>> worker, Runner<J, R> runner) {
        this.worker = worker;
        this.runner = runner;
        this.vacated = false;
    }

    ActorRef<Worker.Command<J, R>> worker() {
        return worker;
    }

    Runner<J, R> runner() {
        return runner;
    }

    boolean isIdle() {
        return out.isEmpty() && !vacated && !retired && !resting && !lent;
    }

    /**
     * How many more chunks it may be given. None behind a job that takes long, or several permits, since they would
     * wait for it.
     */
    int room(int depth) {
        Assignment<J, R> head = out.peekFirst();
        if (vacated || retired || resting || lent || (head != null && !head.maySharePlace())) {
            return 0;
        }
        return Math.max(0, depth - out.size());
    }

    /** Jobs that others may take: the unclaimed, but for one that the worker is about to begin. */
    int spare() {
        if (out.isEmpty()) {
            return 0;
        }
        int jobs = out.peekFirst().chunk.claimed() == 0 ? -1 : 0;
        for (Assignment<J, R> assignment : out) {
            jobs += assignment.chunk.unstarted();
        }
        return jobs;
    }
}
