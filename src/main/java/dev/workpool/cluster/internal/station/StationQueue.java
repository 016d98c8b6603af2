package dev.workpool.cluster.internal.station;

import akka.actor.typed.ActorRef;
import dev.workpool.cluster.internal.session.JobsOut;
import dev.workpool.cluster.internal.wire.FleetEvent;
import dev.workpool.cluster.internal.wire.OutcomesBlock;
import dev.workpool.internal.collector.Outcomes;
import dev.workpool.internal.queue.JobQueue;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.Steps;
import dev.workpool.job.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The jobs of all fleets at a station: those that wait, in turns by priority and weight, and those that its router has.
 * It is the router's dispatcher. Of the station's thread.
 */
final class StationQueue {
    private final ActorRef<Router.Command<byte[]>> router;
    private final LongSupplier clock;
    private final StationCounts counts;
    private final JobQueue<Slice<byte[]>> queue = new JobQueue<>(0);

    /** What the router has, and whose it is, by the id that the router knows. */
    private final JobsOut<byte[]> out = new JobsOut<>();

    private final Map<Long, SessionBatch> batches = new HashMap<>();

    private long waiting;

    /** What the router has been granted, less what came back; and up to which total it may be. */
    private long granted;

    private long demanded;
    private int turn = 1;
    private double costNs;
    private boolean paused;

    StationQueue(ActorRef<Router.Command<byte[]>> router, LongSupplier clock, StationCounts counts) {
        this.router = router;
        this.clock = clock;
        this.counts = counts;
    }

    /** How long a job takes; 0 if that is not known. */
    double costNs() {
        return costNs;
    }

    /** How many jobs the router would hold, if it had as many as it wants. */
    long held() {
        return out.jobs() + Math.max(0, demanded - granted);
    }

    long waiting() {
        return waiting;
    }

    long out() {
        return out.jobs();
    }

    /** A batch is about to have jobs here. */
    void add(SessionBatch batch) {
        batches.put(batch.ref.id(), batch);
    }

    /** Whose jobs the router knows by that id; null if the session is over. */
    SessionBatch batchOf(Slice<byte[]> slice) {
        return batches.get(slice.batch().id());
    }

    /** A batch has no jobs here, and will not have any soon. */
    void forget(SessionBatch batch) {
        batches.remove(batch.ref.id());
    }

    /** Jobs have arrived. */
    void add(SessionBatch batch, Slice<byte[]> slice, long weights) {
        StationSession session = batch.session;
        session.weights = weights;
        if (batch.queue.differs(weights)) {
            queue.remove(batch.queue);
            batch.queue.setWeight(weights);
            enqueue(batch.queue);
        }
        change(batch.queue, () -> batch.queue.pending.add(slice));
        count(batch, slice.size());
        session.granted += slice.size();
        session.arrived(slice);
        counts.accepted(slice.size());
        settleWhatIsStopped(batch, slice);
    }

    private void count(SessionBatch batch, long more) {
        waiting += more;
        batch.waiting += more;
        batch.session.waiting += more;
    }

    /** A source that had nothing to give is not in the queue, or will soon not be. */
    private void change(SessionQueue source, Runnable change) {
        long before = source.queued();
        change.run();
        if (before == 0) {
            enqueue(source);
        }
    }

    private void enqueue(SessionQueue source) {
        queue.remove(source);
        if (source.queued() > 0) {
            queue.add(source, clock.getAsLong());
        }
    }

    private void settleWhatIsStopped(SessionBatch batch, Slice<byte[]> slice) {
        StopReason reason = batch.session.stopped.get(batch.id);
        if (reason != null) {
            stopWaiting(batch, reason);
        } else if (!batch.session.cancelled.isEmpty()) {
            for (long index = slice.first(); index < slice.first() + slice.size(); index++) {
                if (batch.session.cancelled.remove(new FleetEvent.JobAt(batch.id, index)) != null) {
                    cancelWaiting(batch, index);
                }
            }
        }
    }

    // What the router says

    void demand(Router.Demand demand) {
        demanded = demand.upTo();
        turn = demand.turn();
        costNs = demand.costNs();
    }

    /**
     * Jobs come back that have not begun.
     *
     * @return their batch; null if its session is over
     */
    SessionBatch returned(Router.Returned<byte[]> returned) {
        demanded = returned.upTo();
        granted -= returned.slice().size();
        SessionBatch batch = batchOf(returned.slice());
        for (Slice<byte[]> slice : out.take(
                returned.slice().batch().id(),
                returned.slice().first(),
                returned.slice().size())) {
            if (batch == null) {
                continue;
            }
            leaveRouter(batch, slice.size());
            change(batch.queue, () -> batch.queue.pending.giveBack(slice));
            count(batch, slice.size());
            settleWhatIsStopped(batch, slice);
        }
        return batch;
    }

    private void leaveRouter(SessionBatch batch, long jobs) {
        batch.out -= jobs;
        makeRoom(batch.session, () -> batch.session.out -= jobs);
    }

    /** More jobs of a session may begin. */
    void makeRoom(StationSession session, Runnable change) {
        boolean wasFull = session.mayBegin() == 0;
        change.run();
        if (wasFull && session.mayBegin() > 0) {
            session.queues.values().forEach(this::enqueue);
        }
    }

    /** Outcomes of neighbouring jobs, of which some may have been reported before. */
    void ended(SessionBatch batch, long first, Outcomes<byte[]> outcomes) {
        for (Slice<byte[]> slice : out.take(batch.ref.id(), first, outcomes.size())) {
            int from = (int) (slice.first() - first);
            Outcomes<byte[]> part =
                    from == 0 && slice.size() == outcomes.size() ? outcomes : outcomes.part(from, from + slice.size());
            if (slice.attempt() > 1 && isOfAnEarlierAttempt(part, slice.attempt())) {
                out.add(slice); // reported once more, by a chunk that took long
                continue;
            }
            leaveRouter(batch, slice.size());
            batch.session.left(slice);
            counts.ended(part);
            report(batch, slice, part);
        }
    }

    private static boolean isOfAnEarlierAttempt(Outcomes<byte[]> outcomes, int attempt) {
        return outcomes.stream().anyMatch(each -> !(each instanceof Outcome.Cancelled) && each.attempts() < attempt);
    }

    /** Neighbouring jobs have the same outcome. */
    void settled(SessionBatch batch, long first, long count, Outcome<byte[]> outcome) {
        for (Slice<byte[]> slice : out.take(batch.ref.id(), first, count)) {
            leaveRouter(batch, slice.size());
            batch.session.left(slice);
            report(batch, slice, outcome);
        }
    }

    /** In blocks of bounded size, but for one large result. */
    private static void report(SessionBatch batch, Slice<byte[]> slice, Outcomes<byte[]> outcomes) {
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < outcomes.size(); i++) {
            int more = OutcomesBlock.resultBytes(outcomes, i);
            if (i > from && bytes + more > OutcomeReports.MANY_BYTES) {
                report(batch, slice, outcomes, from, i);
                from = i;
                bytes = 0;
            }
            bytes += more;
        }
        report(batch, slice, outcomes, from, outcomes.size());
    }

    private static void report(SessionBatch batch, Slice<byte[]> slice, Outcomes<byte[]> outcomes, int from, int to) {
        Outcomes<byte[]> part = from == 0 && to == outcomes.size() ? outcomes : outcomes.part(from, to);
        batch.session.reports.add(OutcomesBlock.write(batch.id, slice.attempt(), slice.first() + from, part));
    }

    private void report(SessionBatch batch, Slice<byte[]> slice, Outcome<byte[]> outcome) {
        counts.ended(outcome, slice.size());
        batch.session.reports.add(
                OutcomesBlock.writeAlike(batch.id, slice.attempt(), slice.first(), slice.size(), outcome));
    }

    // Stopping

    void stop(SessionBatch batch, StopReason reason, boolean running) {
        stopWaiting(batch, reason);
        if (batch.out > 0) {
            router.tell(new Router.StopBatch<>(batch.ref.id(), reason, running, waiting));
        }
    }

    private void stopWaiting(SessionBatch batch, StopReason reason) {
        if (batch.waiting > 0) {
            batch.queue.pending.removeBatch(batch.ref.id(), new Steps(Integer.MAX_VALUE), slice -> {
                count(batch, -slice.size());
                batch.session.left(slice);
                report(batch, slice, reason.ofUnstarted(slice));
            });
            leaveIfEmpty(batch.queue);
        }
    }

    private void leaveIfEmpty(SessionQueue source) {
        if (source.pending.isEmpty()) {
            queue.remove(source);
        }
    }

    private boolean cancelWaiting(SessionBatch batch, long index) {
        Slice<byte[]> slice = batch.waiting == 0 ? null : batch.queue.pending.removeJob(batch.ref.id(), index);
        if (slice != null) {
            count(batch, -1);
            batch.session.left(slice);
            leaveIfEmpty(batch.queue);
            report(batch, slice, StopReason.CANCELLED.ofUnstarted(slice));
        }
        return slice != null;
    }

    void cancelJob(SessionBatch batch, long index) {
        if (!cancelWaiting(batch, index) && out.has(batch.ref.id(), index)) {
            router.tell(new Router.CancelJob<>(batch.ref.id(), index));
        }
    }

    /** A session is over: nobody wants to know of its jobs. */
    void drop(StationSession session) {
        waiting -= session.waiting;
        counts.wentBack(session.here());
        session.queues.values().forEach(queue::remove);
        for (SessionBatch batch : session.batches.values()) {
            if (batch.out > 0) {
                router.tell(new Router.StopBatch<>(batch.ref.id(), StopReason.CANCELLED, true, waiting));
            }
            out.take(batch.ref.id(), 0, Long.MAX_VALUE);
            batches.remove(batch.ref.id());
        }
    }

    // Giving back

    /** Jobs that wait, of the lowest priority and the last: 1 to {@code most}; null if none does. They leave this station. */
    Slice<byte[]> takeLast(StationSession session, long most) {
        SessionQueue last = null;
        for (SessionQueue each : session.queues.values()) {
            last = each.pending.isEmpty() ? last : each;
        }
        if (last == null) {
            return null;
        }
        Slice<byte[]> slice = last.pending.takeLast(most);
        leaveIfEmpty(last);
        count(batchOf(slice), -slice.size());
        session.granted -= slice.size();
        session.left(slice);
        counts.wentBack(slice.size());
        return slice;
    }

    /** The router gives back what has not begun. */
    void recallFromRouter() {
        router.tell(new Router.Pause<>());
        if (!paused) {
            router.tell(new Router.Resume<>());
        }
    }

    /** Nothing more begins. */
    void pause() {
        paused = true;
        router.tell(new Router.Pause<>());
    }

    /** Grants what the router wants. */
    void feed() {
        while (!paused && granted < demanded) {
            Slice<byte[]> slice = queue.next(demanded - granted, turn, clock.getAsLong());
            if (slice == null) {
                return;
            }
            SessionBatch batch = batchOf(slice);
            granted += slice.size();
            count(batch, -slice.size());
            batch.session.out += slice.size();
            batch.out += slice.size();
            out.add(slice);
            router.tell(new Router.Grant<>(slice, waiting, 1));
        }
    }
}
