package dev.workpool.internal.router;

import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.worker.Notice;
import dev.workpool.internal.worker.Runner;
import dev.workpool.internal.worker.Task;
import dev.workpool.job.Outcome;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A chunk that is out at a worker, with what its router knows about it. Its own fields belong to the router's thread.
 */
final class Assignment<J, R> extends Task<J, R> {
    /** Where an assignment is in its life, as the router sees it. */
    enum State {
        /** The worker has it, or will. */
        OUT,
        /** Taken back completely before its worker began it; a report of it has no news. */
        DROPPED,
        /** Settled without its worker, which has been replaced. */
        ABANDONED,
        /** Settled without its worker, which could not be replaced and still holds its place. */
        HELD
    }

    /** Its runner. */
    final Slot<J, R> slot;

    final Runner<J, R> runner;

    /** Where it is among the {@link ChunksOut}. */
    ChunkKey key;

    State state = State.OUT;

    /** The job that was told to stop, or −1; when that was; and its outcome. */
    int stopped = -1;

    long stoppedNs;

    Outcome<R> stoppedOutcome;

    /** What its handler is told; null until it is. */
    Notice<J, R> notice;

    /** The job whose outcome was told while its handler still ran, or −1. */
    int settled = -1;

    /** When the worker began this chunk, as far as the router can tell. */
    long begunNs;

    /** When its runner is to look next, and the pause before that; 0 until the first look is set. */
    long nextLookNs;

    long lookPauseNs;

    /** When it was handed out, by the clock of {@link IdleWorkers}. */
    long handedOutNs;

    /** Whether it was expected to be over before another worker could be woken for a part of it. */
    boolean brief;

    /** Whether it is among the {@link DivisibleChunks}, and next to which. */
    boolean divisible;

    Assignment<J, R> divisibleBefore;
    Assignment<J, R> divisibleAfter;

    /** Whether its worker has begun it, and its neighbours among those chunks. */
    boolean begun;

    Assignment<J, R> begunBefore;
    Assignment<J, R> begunAfter;

    /** Whether the chunk was found overdue and so has given back and handed in all it could. */
    boolean overdue;

    /** Whether its running job was named in a warning. */
    boolean warned;

    /** The slots whose permits it has in addition to its own; null for none, as most jobs have. */
    List<Slot<J, R>> lenders;

    /** Whether another chunk may wait behind it. */
    boolean maySharePlace() {
        return !overdue && state != State.HELD && lenders == null;
    }

    Assignment(Slice<R> slice, Slot<J, R> slot, LongSupplier clock) {
        super(slice, clock);
        this.slot = slot;
        this.runner = slot.runner();
    }
}
