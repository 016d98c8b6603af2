package dev.workpool.cluster.internal.fleet;

import akka.actor.typed.ActorRef;
import dev.workpool.cluster.internal.session.Recent;
import dev.workpool.cluster.internal.wire.FleetEvent.JobAt;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.queue.Pending;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.Steps;
import dev.workpool.job.Outcome;
import java.util.Map;

/**
 * The jobs that the dispatcher has granted to a fleet and that no node has: those that are about to go to one, and those
 * that a lost one had. Tells the dispatcher what is wanted, and what comes back. Of the fleet's thread.
 */
final class GrantedJobs<R> {
    private static final int REMEMBERED = 4_096;

    private final ActorRef<Router.Event> dispatcher;
    private final Pending<R> pending = new Pending<>();

    /** Batches that are stopped, and jobs that are cancelled, of which some may come back from a node that is lost. */
    private final Map<Long, StopReason> stopped = new Recent<>(REMEMBERED);

    private final Map<JobAt, Boolean> cancelled = new Recent<>(REMEMBERED);

    /** Jobs granted by the dispatcher, less those that went back; what it has been told; and what it has left. */
    private long received;

    private long demanded;
    private boolean toldIdle;
    private long toldForIdle;
    private long queuedBehind;
    private long weights = 1;
    private boolean paused;
    private boolean stoppedEverything;

    /**
     * Nothing was granted.
     *
     * @param dispatcher grants
     */
    GrantedJobs(ActorRef<Router.Event> dispatcher) {
        this.dispatcher = dispatcher;
    }

    // To nodes

    void granted(Router.Grant<R> grant) {
        received += grant.slice().size();
        queuedBehind = grant.queued();
        weights = grant.weights();
        pending.add(grant.slice());
    }

    /** Whether there are jobs that may go to a node. */
    boolean areThere() {
        return !pending.isEmpty() && !paused;
    }

    /** How many there are, here and at the dispatcher. */
    long left() {
        return pending.jobs() + queuedBehind;
    }

    /** Whether nothing is left, so that only what busy nodes have could go to idle ones. */
    boolean areAllOut() {
        return queuedBehind == 0 && pending.isEmpty() && !paused;
    }

    /** The next jobs, of one batch: 1 to {@code most}. */
    Slice<R> take(long most) {
        return pending.take((int) Math.min(most, Integer.MAX_VALUE));
    }

    /** The weights of the pool's batches, as the dispatcher has said last. */
    long weights() {
        return weights;
    }

    void nothingQueued() {
        queuedBehind = 0;
    }

    // Back from nodes

    /**
     * Jobs that no node has any more.
     *
     * @param slice the jobs
     * @param begun whether they may have begun at this attempt
     * @param toDispatcher whether they go back to it in any case, and not to another node
     */
    void takeBack(Slice<R> slice, boolean begun, boolean toDispatcher) {
        StopReason reason = stoppedEverything
                ? StopReason.CANCELLED
                : stopped.get(slice.batch().id());
        if (reason != null) {
            settle(slice, reason, begun);
            return;
        }
        int from = 0;
        for (int i = 0; i < slice.size() && !cancelled.isEmpty(); i++) {
            if (cancelled.remove(new JobAt(slice.batch().id(), slice.first() + i)) != null) {
                keep(slice.part(from, i), toDispatcher);
                settle(slice.part(i, i + 1), StopReason.CANCELLED, begun);
                from = i + 1;
            }
        }
        keep(slice.part(from, slice.size()), toDispatcher);
    }

    private void settle(Slice<R> slice, StopReason reason, boolean begun) {
        if (begun) {
            settle(slice, reason.after(slice.attempt()));
        } else {
            settleUnstarted(slice, reason);
        }
    }

    private void keep(Slice<R> slice, boolean toDispatcher) {
        if (slice.size() > 0 && (toDispatcher || paused)) {
            giveBack(slice);
        } else {
            pending.giveBack(slice);
        }
    }

    private void giveBack(Slice<R> slice) {
        received -= slice.size();
        queuedBehind += slice.size();
        toldForIdle -= slice.size();
        demanded = received;
        dispatcher.tell(new Router.Returned<>(slice, received));
    }

    void settle(Slice<R> slice, Outcome<R> outcome) {
        slice.batch().collector().tell(new Collector.Settle<>(slice.first(), slice.size(), outcome));
    }

    /** Jobs have not begun at this attempt, and have an outcome. */
    void unused(long jobs) {
        if (jobs > 0) {
            dispatcher.tell(new Router.Unused(jobs));
        }
    }

    /** Jobs have their outcomes. */
    void ended(Slice<R> slice) {
        if (!cancelled.isEmpty()) {
            cancelled.keySet().removeIf(job -> slice.contains(job.batchId(), job.index()));
        }
    }

    // Stopping

    void stopBatch(Router.StopBatch<R> stop) {
        queuedBehind = stop.queued();
        stopped.put(stop.batchId(), stop.reason());
        pending.removeBatch(
                stop.batchId(), new Steps(Integer.MAX_VALUE), slice -> settleUnstarted(slice, stop.reason()));
    }

    private void settleUnstarted(Slice<R> slice, StopReason reason) {
        settle(slice, reason.ofUnstarted(slice));
        unused(slice.size());
    }

    /** False if the job is not here, but perhaps at a node. */
    boolean cancelJob(Router.CancelJob<R> cancel) {
        Slice<R> waiting = pending.removeJob(cancel.batchId(), cancel.index());
        if (waiting != null) {
            settleUnstarted(waiting, StopReason.CANCELLED);
        }
        return waiting != null;
    }

    /** A job is at a node, and has been cancelled there: if it comes back it does not run again. */
    void rememberCancelled(Router.CancelJob<R> cancel) {
        cancelled.put(new JobAt(cancel.batchId(), cancel.index()), true);
    }

    void pause() {
        paused = true;
        while (!pending.isEmpty()) {
            giveBack(pending.takeLast(Long.MAX_VALUE));
        }
    }

    void resume() {
        paused = false;
    }

    void stopEverything() {
        stoppedEverything = true;
        queuedBehind = 0;
        while (!pending.isEmpty()) {
            settleUnstarted(pending.take(Integer.MAX_VALUE), StopReason.CANCELLED);
        }
    }

    // Demand

    /**
     * Tells the dispatcher what is wanted, if that has changed.
     *
     * @param room for how many more jobs the nodes have room
     * @param idle how many workers have none
     * @param turn how many jobs of a batch are to be granted at least
     */
    void tellDemand(long room, long idle, int turn) {
        long wanted = received + (paused || stoppedEverything ? 0 : Math.max(0, room - pending.jobs()));
        long forIdle = received + Math.max(0, idle - pending.jobs());
        boolean isIdle = idle > 0;
        if (wanted != demanded || isIdle != toldIdle || forIdle != toldForIdle) {
            demanded = wanted;
            toldIdle = isIdle;
            toldForIdle = forIdle;
            dispatcher.tell(new Router.Demand(wanted, 1, turn, forIdle, 0));
        }
    }
}
