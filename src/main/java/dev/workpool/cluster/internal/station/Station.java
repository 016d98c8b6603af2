package dev.workpool.cluster.internal.station;

import static dev.workpool.internal.akka.Messages.type;

import akka.Done;
import akka.actor.DeadLetterSuppression;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.workpool.cluster.internal.session.FrameReceiver;
import dev.workpool.cluster.internal.session.FrameSender;
import dev.workpool.cluster.internal.session.Gap;
import dev.workpool.cluster.internal.wire.EncodedJob;
import dev.workpool.cluster.internal.wire.FleetEvent;
import dev.workpool.cluster.internal.wire.FleetEvent.JobAt;
import dev.workpool.cluster.internal.wire.JobsBlock;
import dev.workpool.cluster.internal.wire.StationCommand;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.cluster.internal.wire.WireMessage.Encoding;
import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.internal.akka.DeadlineTimer;
import dev.workpool.internal.akka.ExitGuard;
import dev.workpool.internal.akka.ReceiveTable;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.gauge.PoolGauges.OfRouter;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.JobPolicy;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.TimerQueue;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the jobs of fleets: the actor at the root of a node's workers. It opens a session with each fleet that asks,
 * renews the session's lease, and ends it when the lease is over or a message was lost: then what it has of the session
 * is stopped, and nothing more is reported.
 *
 * <p>This file is the wiring. {@link StationQueue} has the jobs, {@link SessionDemand} asks for more, {@link Recalls}
 * gives some back, {@link OutcomeReports} sends what has become of them, and {@link Renewals} keeps the leases.
 */
public final class Station extends AbstractBehavior<Object> {
    private static final Logger LOG = LoggerFactory.getLogger(Station.class);

    /** How long outcomes wait for others, as a part of the work that a message holds. */
    private static final int REPORTS_PER_BUDGET = 2;

    /** For how long a frame may be late, other messages having come: for so long at least, or half a lease. */
    private static final long LATE_FRAME_NS = Duration.ofSeconds(1).toNanos();

    /** Empty batches are kept for jobs that come later, so many of a session. */
    private static final int KEPT_BATCHES = 16;

    /** Returns what has not begun, finishes what runs, and ends. */
    public enum Leave implements DeadLetterSuppression {
        LEAVE
    }

    /** Whoever leaves does not wait for running jobs any longer. */
    public enum StopRunning implements DeadLetterSuppression {
        STOP_RUNNING
    }

    /** A handler has said that a downstream service is overloaded. */
    public record SlowDown(Duration time) implements DeadLetterSuppression {}

    /** What the router or its workers tell a batch's collector. */
    private record Reported(SessionBatch batch, Collector.Command<byte[]> report) implements DeadLetterSuppression {}

    /** A lease is to be renewed or has run out, or outcomes have waited for long enough. */
    private enum Tick implements DeadLetterSuppression {
        TICK
    }

    private final StationParts parts;
    private final ExitGuard exitGuard;
    private final ExitGuard.Member guarded;
    private final ActorRef<Router.Command<byte[]>> router;
    private final ActorRef<WireMessage> inlet;
    private final StationCounts counts;
    private final StationQueue queue;
    private final SessionDemand demand;
    private final Recalls recalls;
    private final Admission admission;
    private final Renewals renewals;
    private final DeadlineTimer timer;
    private final DispatcherSelector control;
    private final Map<Long, StationSession> sessions = new LinkedHashMap<>();

    private long batches;
    private boolean leaving;
    private boolean stopping;

    private Station(ActorContext<Object> context, StationParts parts) {
        super(context);
        context.setLoggerName(Station.class);
        this.parts = parts;
        this.exitGuard = ExitGuard.of(context.getSystem());
        this.guarded = exitGuard.add(
                ExitGuard.Phase.WORKERS,
                parts.settings().closeTimeout(),
                parts.settings().cancelGrace());
        this.control = DispatcherSelector.fromConfig(parts.settings().controlDispatcher());
        ActorRef<Object> self = context.getSelf();
        this.router = context.spawn(
                Router.create(
                        parts.settings(),
                        parts.runners(),
                        self.narrow(),
                        parts.callbacks(),
                        parts.clock(),
                        parts.gauges().router,
                        parts.events()),
                "router",
                control);
        context.watch(router);
        this.inlet = context.spawn(
                Behaviors.receiveMessage(frame -> {
                    self.tell(frame);
                    return Behaviors.same();
                }),
                "workpool-frames",
                control);
        this.counts = new StationCounts(parts.gauges().dispatcher);
        this.queue = new StationQueue(router, parts.clock(), counts);
        this.recalls = new Recalls(queue, router);
        this.renewals = new Renewals(parts, queue);
        this.admission = new Admission(parts);
        this.demand = new SessionDemand(
                parts.cluster().wireBudget().toNanos(), parts.cluster().windowBytes());
        this.timer = new DeadlineTimer(context, Tick.TICK, parts.clock());
    }

    /**
     * Makes a station.
     *
     * @param parts what it is made of
     * @return its behavior, which gets {@link WireMessage} from fleets, and {@link Leave}
     */
    public static Behavior<Object> create(StationParts parts) {
        return Behaviors.supervise(Behaviors.setup((ActorContext<Object> context) -> new Station(context, parts)))
                .onFailure(SupervisorStrategy.stop());
    }

    @Override
    public Receive<Object> createReceive() {
        return new ReceiveTable<Object>()
                .onMessage(Reported.class, this::onReported)
                .onMessage(Router.Demand.class, this::onDemand)
                .onMessage(WireMessage.Frame.class, this::onFrame)
                .onMessage(WireMessage.ToStation.class, this::onCommand)
                .onMessage(type(Router.Returned.class), this::onReturned)
                .onMessage(Router.Unused.class, unused -> Behaviors.same())
                .onMessage(Router.Census.class, census -> onCensus())
                .onMessage(Tick.class, tick -> onTick())
                .onMessage(WireMessage.Open.class, this::onOpen)
                .onMessage(SlowDown.class, this::onSlowDown)
                .onMessage(Leave.class, leave -> onLeave())
                .onMessage(StopRunning.class, stop -> onStopRunning())
                .onSignal(Terminated.class, this::onTerminated)
                .onSignal(PostStop.class, signal -> onPostStop());
    }

    // Sessions

    private Behavior<Object> onOpen(WireMessage.Open open) {
        ActorRef<Object> self = getContext().getSelf();
        Optional<Boolean> decodes = parts.jobCodec().decodes(open.jobs(), parts.callbacks(), () -> self.tell(open));
        if (decodes.isEmpty()) {
            return Behaviors.same(); // it comes again when that is known
        }
        String refusal = refusal(open, decodes.get());
        if (refusal != null) {
            open.fleet().tell(new WireMessage.Refused(open.session(), refusal));
            return Behaviors.same();
        }
        List.copyOf(sessions.values()).stream()
                .filter(each -> each.fleet.equals(open.fleet()))
                .forEach(before -> end(before, null));
        long nowNs = parts.clock().getAsLong();
        int windowBytes = parts.intake().openWindow(parts.cluster().windowBytes());
        FrameSender frames = new FrameSender(
                open.session(),
                open.frames(),
                parts.cluster().frameBytes(),
                open.intake().window(parts.cluster().windowBytes()));
        StationSession session = new StationSession(
                open,
                frames,
                new FrameReceiver(windowBytes, parts.intake().largestBlock()),
                new Lease(open.jobs().version(), open.intake().item(), parts.clock(), nowNs + open.leaseNs()),
                new OutcomeReports(frames, parts.cluster().wireBudget().toNanos() / REPORTS_PER_BUDGET, nowNs),
                parts.intake(),
                windowBytes);
        session.nextRenewalNs = nowNs + session.renewalNs;
        sessions.put(session.id, session);
        open.fleet()
                .tell(new WireMessage.Opened(
                        open.session(),
                        inlet,
                        parts.results(),
                        new WireMessage.Limits(Admission.largestJob(parts), windowBytes)));
        renewals.ask(session, nowNs);
        return proceed();
    }

    private String refusal(WireMessage.Open open, boolean decodes) {
        if (leaving) {
            return "the node is leaving";
        } else if (open.oldest() > WireMessage.VERSION || open.version() < WireMessage.OLDEST_VERSION) {
            return "the nodes speak different versions: versions " + open.oldest() + " to " + open.version()
                    + " at the pool, " + WireMessage.OLDEST_VERSION + " to " + WireMessage.VERSION + " at the workers";
        } else if (parts.intake().isFull()) {
            return "the heap of the node has no room for what one more pool may have under way to it";
        } else if (!decodes) {
            return "the codec of jobs is " + open.jobs() + " at the pool, and " + parts.jobs() + " at the workers";
        }
        Encoding results = parts.results();
        return results.codec().equals(open.results().codec())
                ? null
                : "the codec of results is " + open.results() + " at the pool, and " + results + " at the workers";
    }

    /** The session is over. */
    private void end(StationSession session, String reason) {
        boolean unstarted = session.here() == 0 && session.frames.isDone() && session.reports.isEmpty();
        session.lease.end();
        session.frames.close();
        sessions.remove(session.id);
        queue.drop(session);
        session.forgetBytes();
        session.batches.values().forEach(batch -> getContext().stop(batch.ref.collector()));
        session.batches.clear();
        if (reason != null) {
            session.tell(new FleetEvent.Ended(reason, unstarted));
            LOG.info(
                    "Node's workers '{}' end the session of pool '{}': {}",
                    parts.settings().name(),
                    session.pool,
                    reason);
        }
    }

    private int workers() {
        return (int) parts.gauges().router.read().get(OfRouter.WORKERS);
    }

    private void onRenewed(StationSession session, StationCommand.Renewed renewed) {
        renewals.answered(session, renewed);
        if (session.limit != renewed.limit()) {
            queue.makeRoom(session, () -> session.limit = renewed.limit());
            if (session.out > session.limit) {
                queue.recallFromRouter(); // what has not begun is not to begin beyond it
            }
            recalls.giveBackSurplus(session);
        }
        if (session.received.lacks(
                renewed.frames(), parts.clock().getAsLong(), Math.max(LATE_FRAME_NS, session.leaseNs / 2))) {
            end(session, "jobs were lost on their way");
        }
    }

    // Jobs

    private Behavior<Object> onFrame(WireMessage.Frame frame) {
        StationSession session = sessions.get(frame.session());
        if (session == null || endIfOver(session)) {
            return Behaviors.same();
        }
        try {
            byte[] block = session.received.receive(frame, parts.clock().getAsLong());
            if (block == null) {
                admission.look(session);
            } else if (admission.takes(session, block)) {
                take(session, JobsBlock.read(block, session.lease, parts.clock().getAsLong()));
                recalls.giveBackSurplus(
                        session); // also what was on its way when the fleet was told that the node leaves
            }
            if (session.received.take(frame.number(), frame.bytes().length)) {
                session.tell(new FleetEvent.Acknowledged(session.received.acknowledge()));
            }
        } catch (Gap | DamagedBlock e) {
            end(session, e.getMessage());
        }
        return proceed();
    }

    private void take(StationSession session, JobsBlock block) {
        session.cancelled.values().removeIf(grants -> grants < block.grant());
        SessionBatch batch = session.batches.get(block.batchId());
        if (batch == null) {
            batch = begin(session, block);
        }
        session.measure(bytesOf(block), block.jobs().length);
        queue.add(
                batch,
                new Slice<>(batch.ref, block.first(), block.jobs(), 0, block.jobs().length, block.attempt()),
                block.weights());
    }

    private static long bytesOf(JobsBlock block) {
        EncodedJob[] jobs = block.jobs();
        return jobs.length == 0 ? 0 : jobs[jobs.length - 1].to() - jobs[0].from();
    }

    private SessionBatch begin(StationSession session, JobsBlock block) {
        forgetEmptyBatches(session);
        long localId = ++batches;
        ActorRef<Object> self = getContext().getSelf();
        SessionBatch[] made = new SessionBatch[1]; // it refers to its collector, and the other way round
        ActorRef<Collector.Command<byte[]>> collector = getContext()
                .spawn(
                        Behaviors.<Collector.Command<byte[]>>receiveMessage(report -> {
                            self.tell(new Reported(made[0], report));
                            return Behaviors.same();
                        }),
                        "reports-" + localId,
                        control);
        // Where the jobs that run are counted, one counts until its handler has ended.
        JobPolicy policy = session.limit == Integer.MAX_VALUE
                ? block.policy()
                : block.policy().withTimeoutsAtRest();
        made[0] = new SessionBatch(session, block.batchId(), localId, collector, policy, block.label());
        session.batches.put(block.batchId(), made[0]);
        queue.add(made[0]);
        return made[0];
    }

    private void forgetEmptyBatches(StationSession session) {
        Iterator<SessionBatch> each = session.batches.values().iterator();
        for (int tooMany = session.batches.size() - KEPT_BATCHES; tooMany > 0 && each.hasNext(); ) {
            SessionBatch batch = each.next();
            if (batch.isEmpty()) {
                each.remove();
                queue.forget(batch);
                getContext().stop(batch.ref.collector());
                tooMany--;
            }
        }
    }

    private Behavior<Object> onReported(Reported reported) {
        Collector.Command<byte[]> report = reported.report();
        if (!endIfOver(reported.batch().session)) { // what has failed for that is not reported
            enter(reported.batch(), report);
        }
        return proceed();
    }

    private void enter(SessionBatch batch, Collector.Command<byte[]> report) {
        if (report instanceof Collector.Ended<byte[]> ended) {
            queue.ended(batch, ended.first(), ended.outcomes());
        } else if (report instanceof Collector.Settle<byte[]> settle) {
            queue.settled(batch, settle.first(), settle.count(), settle.outcome());
        }
    }

    private Behavior<Object> onDemand(Router.Demand wanted) {
        queue.demand(wanted);
        return proceed();
    }

    // What fleets ask for

    private Behavior<Object> onCommand(WireMessage.ToStation message) {
        StationSession session = sessions.get(message.session());
        if (session == null || endIfOver(session)) {
            return Behaviors.same();
        }
        try {
            session.numbers.heard(message.number());
            handle(session, message.command());
        } catch (Gap e) {
            end(session, e.getMessage());
        }
        return proceed();
    }

    private void handle(StationSession session, StationCommand command) {
        if (command instanceof StationCommand.Stop stop) {
            StopReason reason = stop.timeoutNs() < 0
                    ? StopReason.CANCELLED
                    : StopReason.timedOut(Duration.ofNanos(stop.timeoutNs()));
            session.stopped.put(stop.batchId(), reason);
            SessionBatch batch = session.batches.get(stop.batchId());
            if (batch != null) {
                queue.stop(batch, reason, stop.running());
            }
        } else if (command instanceof StationCommand.CancelJob cancel) {
            SessionBatch batch = session.batches.get(cancel.batchId());
            session.cancelled.put(new JobAt(cancel.batchId(), cancel.index()), cancel.grants());
            if (batch != null) {
                queue.cancelJob(batch, cancel.index());
            }
        } else if (command instanceof StationCommand.Recall recall) {
            recalls.recall(session, recall);
        } else if (command instanceof StationCommand.Renewed renewed) {
            onRenewed(session, renewed);
        } else if (command instanceof StationCommand.Acknowledged acknowledged) {
            queue.makeRoom(session, () -> session.frames.acknowledged(acknowledged.frames()));
        } else if (command instanceof StationCommand.GraceIsOver) {
            router.tell(new Router.GraceIsOver<>());
        } else {
            end(session, null);
        }
    }

    private Behavior<Object> onReturned(Router.Returned<byte[]> returned) {
        SessionBatch batch = queue.returned(returned);
        if (batch != null) {
            recalls.returned(batch.session);
        }
        return proceed();
    }

    private Behavior<Object> onCensus() {
        if (stopping) {
            router.tell(new Router.End<>());
        } else {
            recalls.answered();
        }
        return proceed();
    }

    private Behavior<Object> onSlowDown(SlowDown slowDown) {
        router.tell(new Router.Overloaded<>());
        sessions.values()
                .forEach(each ->
                        each.tell(new FleetEvent.SlowDown(slowDown.time().toNanos())));
        return proceed();
    }

    // Time

    private boolean endIfOver(StationSession session) {
        boolean over = session.lease.isOver();
        if (over && sessions.containsKey(session.id)) {
            end(session, "its lease is over: the pool has not answered for " + session.leaseNs / 1_000_000 + " ms");
        }
        return over;
    }

    private Behavior<Object> onTick() {
        timer.fired();
        long nowNs = parts.clock().getAsLong();
        for (StationSession session : List.copyOf(sessions.values())) {
            if (!endIfOver(session) && session.nextRenewalNs - nowNs <= 0) {
                recalls.giveBackWhatIsTooLong(session);
                renewals.ask(session, nowNs);
            }
        }
        return proceed();
    }

    /** What follows every change. */
    private Behavior<Object> proceed() {
        queue.feed();
        long nowNs = parts.clock().getAsLong();
        long dueNs = TimerQueue.NEVER;
        for (StationSession session : sessions.values()) {
            session.reports.sendIfDue(session.here() == 0 || !session.reports.areWorthWaiting(queue.costNs()), nowNs);
            dueNs = Math.min(dueNs, session.nextRenewalNs);
            if (!session.reports.isEmpty()) {
                dueNs = Math.min(dueNs, session.reports.dueNs());
            }
        }
        if (!leaving) {
            demand.tell(sessions.values(), queue, workers());
        } else if (!stopping) {
            stopIfLeft();
        }
        counts.publish();
        if (dueNs != TimerQueue.NEVER) {
            timer.atLatest(dueNs);
        }
        return Behaviors.same();
    }

    // The end

    private Behavior<Object> onLeave() {
        if (!leaving) {
            leaving = true;
            queue.pause();
            sessions.values().forEach(session -> session.tell(new FleetEvent.Leaving()));
            recalls.leave(sessions.values());
        }
        return proceed();
    }

    private Behavior<Object> onStopRunning() {
        if (!stopping) {
            List.copyOf(sessions.values()).forEach(each -> end(each, "the node leaves, and its time is over"));
        }
        return proceed();
    }

    private void stopIfLeft() {
        for (StationSession session : List.copyOf(sessions.values())) {
            if (session.here() == 0 && session.reports.isEmpty() && session.frames.isDone()) {
                end(session, "the node has left");
            }
        }
        if (sessions.isEmpty()) {
            stopping = true;
            router.tell(new Router.StopEverything<>());
            router.tell(new Router.TakeCensus<>());
        }
    }

    private Behavior<Object> onTerminated(Terminated terminated) {
        if (stopping && terminated.getRef().path().equals(router.path())) {
            return Behaviors.stopped();
        }
        throw new IllegalStateException(
                "the router of workers '" + parts.settings().name() + "' has stopped");
    }

    private Behavior<Object> onPostStop() {
        exitGuard.remove(guarded);
        timer.cancel();
        List.copyOf(sessions.values()).forEach(each -> end(each, "the workers have stopped"));
        parts.onEnd().accept(Done.getInstance());
        return Behaviors.same();
    }
}
