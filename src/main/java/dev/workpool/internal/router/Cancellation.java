package dev.workpool.internal.router;

import dev.workpool.internal.akka.LongWork;
import dev.workpool.internal.router.Assignment.State;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.Steps;
import java.util.HashMap;
import java.util.Map;

/**
 * Cancels jobs wherever they are: those of a stopped batch, a single one, or all. Confined to the router's thread.
 *
 * <p>Many jobs are cancelled in parts. No job of a batch that is being stopped is handed out meanwhile.
 */
final class Cancellation<J, R> {
    private static final int STEPS_TO_RECALL = 8;

    /** To have a handler told as well. */
    private static final int STEPS_TO_STOP = 64;

    private final WorkerSlots<J, R> workerSlots;
    private final Stopper<J, R> stopper;
    private final Hiring<J, R> hiring;
    private final LongWork work;

    /** What is still at work on a batch, the last that was begun. */
    private final Map<Long, Stop> stopping = new HashMap<>();

    /** Whether nothing is handed out any more at all. */
    private boolean stopped;

    private long unused;

    Cancellation(WorkerSlots<J, R> workerSlots, Stopper<J, R> stopper, Hiring<J, R> hiring, LongWork work) {
        this.workerSlots = workerSlots;
        this.stopper = stopper;
        this.hiring = hiring;
        this.work = work;
    }

    /** Jobs that were granted and then settled unstarted, since this was last asked. */
    long takeUnused() {
        long taken = unused;
        unused = 0;
        return taken;
    }

    /** Settles jobs that are about to be handed out, if they are not to be. */
    boolean withdraws(Slice<R> slice) {
        Stop stop = stopping.isEmpty() ? null : stopping.get(slice.batch().id());
        if (stop != null) {
            settleUnstarted(slice, stop.reason);
        }
        return stop != null;
    }

    /**
     * Stops a batch's jobs.
     *
     * @param batchId the batch
     * @param reason why
     * @param running whether those that run, too
     */
    void stopBatch(long batchId, StopReason reason, boolean running) {
        Stop stop = new Stop(ChunkKey.beginOf(batchId), false, reason, running);
        stopping.put(batchId, stop);
        work.begin(stop);
    }

    /** Cancels all jobs; none is granted any more. */
    void stopEverything() {
        stopped = true;
        work.begin(new Stop(ChunkKey.beginOf(Long.MIN_VALUE), true, StopReason.CANCELLED, true));
    }

    /** Stops the jobs of one batch, or all. */
    private final class Stop implements LongWork.Task {
        private final long batchId;
        private final boolean all;
        private final StopReason reason;
        private final boolean running;

        /** The chunk that was stopped last. */
        private ChunkKey last;

        Stop(ChunkKey begin, boolean all, StopReason reason, boolean running) {
            this.batchId = begin.batchId();
            this.last = begin;
            this.all = all;
            this.reason = reason;
            this.running = running;
        }

        @Override
        public boolean goOn(Steps steps) {
            // In each part, since between two of them jobs may be taken back from a chunk that has not been stopped
            // yet.
            if (!stopPending(steps) || !stopChunks(steps)) {
                return false;
            }
            stopping.remove(batchId, this);
            return true;
        }

        private boolean stopPending(Steps steps) {
            return all
                    ? settlePending(steps)
                    : workerSlots.pending.removeBatch(batchId, steps, slice -> settleUnstarted(slice, reason));
        }

        private boolean stopChunks(Steps steps) {
            Assignment<J, R> next;
            while ((next = all ? workerSlots.out.after(last) : workerSlots.out.afterInBatch(last)) != null) {
                if (!steps.take(running ? STEPS_TO_STOP : STEPS_TO_RECALL)) {
                    return false;
                }
                last = next.key;
                if (next.state == State.OUT) {
                    stop(next, reason, running);
                }
            }
            return true;
        }
    }

    /** Cancels waiting jobs; returns whether that is all of them. */
    boolean settlePending(Steps steps) {
        while (!workerSlots.pending.isEmpty()) {
            if (!steps.take(STEPS_TO_RECALL)) {
                return false;
            }
            settleUnstarted(workerSlots.pending.take(Integer.MAX_VALUE), StopReason.CANCELLED);
        }
        return true;
    }

    /** Whether nothing is handed out any more: what is taken back is to be settled. */
    boolean hasStoppedEverything() {
        return stopped;
    }

    private void stop(Assignment<J, R> assignment, StopReason reason, boolean running) {
        Slice<R> unstarted = workerSlots.recalled(assignment, 0);
        if (unstarted.size() > 0) {
            settleUnstarted(unstarted, reason);
        }
        workerSlots.dropIfUntouched(assignment);
        if (running) {
            stopper.stop(assignment, reason);
        }
    }

    private void settleUnstarted(Slice<R> slice, StopReason reason) {
        unused += slice.size();
        hiring.settle(slice, reason.ofUnstarted(slice));
    }

    void cancelJob(long batchId, long index) {
        Slice<R> waiting = workerSlots.pending.removeJob(batchId, index);
        if (waiting != null) {
            settleUnstarted(waiting, StopReason.CANCELLED);
            return;
        }
        Assignment<J, R> assignment = workerSlots.out.find(batchId, index, each -> hasOpen(each, index));
        if (assignment != null) {
            cancelInChunk(assignment, (int) (index - assignment.slice.first()));
        }
    }

    /** A chunk may be out long after one of its jobs has ended or was taken back, which may be in another by then. */
    private static boolean hasOpen(Assignment<?, ?> assignment, long index) {
        int position = (int) (index - assignment.slice.first());
        return assignment.state == State.OUT && position < assignment.chunk.end() && !hasEnded(assignment, position);
    }

    private static boolean hasEnded(Assignment<?, ?> assignment, int position) {
        int running = assignment.chunk.running();
        return position < (running >= 0 ? running : assignment.chunk.claimed());
    }

    /** A job in the midst of a chunk is taken out by recalling it with all that follow, which go back to pending. */
    private void cancelInChunk(Assignment<J, R> assignment, int position) {
        Slice<R> recalled = workerSlots.recalled(assignment, position);
        if (assignment.chunk.end() <= position) {
            settleUnstarted(recalled.part(0, 1), StopReason.CANCELLED);
            workerSlots.pending.giveBack(recalled.part(1, recalled.size()));
        } else {
            workerSlots.pending.giveBack(recalled);
            stopper.stop(assignment, position, StopReason.CANCELLED);
        }
        workerSlots.dropIfUntouched(assignment);
    }

    /** The pool ends at once: no more jobs start, and running ones are told. Nobody is left to receive outcomes. */
    void stopAll() {
        for (Assignment<J, R> assignment : workerSlots.out.all()) {
            assignment.chunk.recall(0);
            stopper.stop(assignment, StopReason.CANCELLED);
        }
    }
}
