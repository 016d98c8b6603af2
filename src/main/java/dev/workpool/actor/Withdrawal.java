package dev.workpool.actor;

import dev.workpool.actor.Assignment.State;
import java.util.List;

/** Takes jobs out, wherever they are: those of a batch that is stopped, or a single one. Of the router's thread. */
final class Withdrawal<J, R> {
    private final Bench<J, R> bench;
    private final Stopper<J, R> stopper;
    private final Hiring<J, R> hiring;

    private long unused;

    Withdrawal(Bench<J, R> bench, Stopper<J, R> stopper, Hiring<J, R> hiring) {
        this.bench = bench;
        this.stopper = stopper;
        this.hiring = hiring;
    }

    /** Jobs that were granted and then settled unstarted, since this was last asked. */
    long takeUnused() {
        long taken = unused;
        unused = 0;
        return taken;
    }

    /**
     * Stops a batch's jobs.
     *
     * @param batchId the batch
     * @param reason why
     * @param running whether those that run, too
     */
    void stopBatch(long batchId, StopReason reason, boolean running) {
        bench.pending.removeBatch(batchId, slice -> settleUnstarted(slice, reason));
        for (Slot<J, R> slot : bench.copyOfSlots()) {
            for (Assignment<J, R> assignment : List.copyOf(slot.out)) {
                if (assignment.slice.batch().id() == batchId && assignment.state == State.OUT) {
                    stop(assignment, reason, running);
                }
            }
        }
    }

    private void stop(Assignment<J, R> assignment, StopReason reason, boolean running) {
        Slice<R> unstarted = bench.recalled(assignment, 0);
        if (unstarted.size() > 0) {
            settleUnstarted(unstarted, reason);
        }
        bench.dropIfUntouched(assignment);
        if (running) {
            stopper.stop(assignment, reason);
        }
    }

    private void settleUnstarted(Slice<R> slice, StopReason reason) {
        unused += slice.size();
        hiring.settle(slice, reason.ofUnstarted(slice));
    }

    void cancelJob(long batchId, long index) {
        Slice<R> waiting = bench.pending.removeJob(batchId, index);
        if (waiting != null) {
            settleUnstarted(waiting, StopReason.CANCELLED);
            return;
        }
        for (Slot<J, R> slot : bench.copyOfSlots()) {
            for (Assignment<J, R> assignment : slot.out) {
                int position = (int) (index - assignment.slice.first());
                // Beyond its end it was recalled from here, and is in another place.
                if (assignment.slice.contains(batchId, index)
                        && position < assignment.chunk.end()
                        && assignment.state == State.OUT
                        && !hasEnded(assignment, position)) {
                    cancelInChunk(assignment, position);
                    return;
                }
            }
        }
    }

    /** A chunk may be out long after one of its jobs has ended, which may be tried again in another. */
    private static boolean hasEnded(Assignment<?, ?> assignment, int position) {
        int running = assignment.chunk.running();
        return position < (running >= 0 ? running : assignment.chunk.claimed());
    }

    /** A job in the midst of a chunk is taken out by recalling it with all that follow, which go back to pending. */
    private void cancelInChunk(Assignment<J, R> assignment, int position) {
        Slice<R> recalled = bench.recalled(assignment, position);
        if (assignment.chunk.end() <= position) {
            settleUnstarted(recalled.part(0, 1), StopReason.CANCELLED);
            bench.pending.giveBack(recalled.part(1, recalled.size()));
        } else {
            bench.pending.giveBack(recalled);
            stopper.stop(assignment, position, StopReason.CANCELLED);
        }
        bench.dropIfUntouched(assignment);
    }

    /** The pool ends at once: nothing new starts, and what runs is told. Nobody is left to hear of outcomes. */
    void stopAll() {
        for (Slot<J, R> slot : bench.copyOfSlots()) {
            for (Assignment<J, R> assignment : slot.out) {
                assignment.chunk.recall(0);
                stopper.stop(assignment, StopReason.CANCELLED);
            }
        }
    }
}
