package dev.workpool.cluster.internal.fleet;

import static dev.workpool.internal.akka.Messages.type;

import akka.actor.DeadLetterSuppression;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.receptionist.Receptionist;
import dev.workpool.cluster.internal.fleet.OutcomeReader.Report;
import dev.workpool.cluster.internal.session.Gap;
import dev.workpool.cluster.internal.wire.FleetEvent;
import dev.workpool.cluster.internal.wire.OutcomesBlock;
import dev.workpool.cluster.internal.wire.StationCommand;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.cluster.job.ClusterNode.State;
import dev.workpool.codec.bytes.ByteReader;
import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.internal.akka.DeadlineTimer;
import dev.workpool.internal.akka.ReceiveTable;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.job.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Shares the jobs of a pool among the nodes that work for it: the actor that a dispatcher takes for its router. It opens a
 * session with each station that the cluster knows, and grants jobs as each asks for them. What a report is accepted of is
 * out at that session, so no job gets two outcomes, whatever nodes do. When a session ends, the jobs that were out there
 * go to others.
 *
 * <p>This file is the wiring: what each message does. {@link FleetNodes} has the nodes and their sessions, {@link
 * GrantedJobs} what no node has, and {@link Sharing} decides which node gets jobs.
 */
public final class Fleet<J, R> extends AbstractBehavior<Object> {
    /** A node is asked for jobs again after this time, as it had none to give. */
    private static final long RECALL_NS = Duration.ofMillis(5).toNanos();

    /** For how long a frame may be late, other messages having come: for so long at least, or half a lease. */
    private static final long LATE_FRAME_NS = Duration.ofSeconds(1).toNanos();

    /** Time to look at leases, and to ask stations again. */
    private enum Tick implements DeadLetterSuppression {
        TICK
    }

    /** Outcomes have been read. */
    private record Read(long session, long frames, long bytes) implements DeadLetterSuppression {}

    /** A job cannot be sent. */
    private record Unsendable<R>(long session, Slice<R> job, String reason) implements DeadLetterSuppression {}

    private final FleetParts<J, R> parts;
    private final ActorRef<Object> self;
    private final DeadlineTimer timer;
    private final GrantedJobs<R> granted;
    private final FleetNodes<J, R> nodes;

    private Fleet(ActorContext<Object> context, FleetParts<J, R> parts) {
        super(context);
        context.setLoggerName(Fleet.class);
        this.parts = parts;
        this.self = context.getSelf();
        ActorRef<WireMessage> inlet = context.spawn(
                Behaviors.receiveMessage(frame -> {
                    self.tell(frame);
                    return Behaviors.same();
                }),
                "workpool-frames",
                DispatcherSelector.fromConfig(parts.settings().controlDispatcher()));
        this.timer = new DeadlineTimer(context, Tick.TICK, parts.clock());
        this.granted = new GrantedJobs<>(parts.dispatcher());
        this.nodes = new FleetNodes<>(
                parts,
                self.narrow(),
                inlet,
                (session, job, reason) -> self.tell(new Unsendable<>(session, job, reason)),
                granted);
        context.getSystem().receptionist().tell(Receptionist.subscribe(parts.stations(), self.narrow()));
        context.getSystem().receptionist().tell(Receptionist.subscribe(FleetWorkplace.ALL_STATIONS, self.narrow()));
        proceed();
    }

    /**
     * Makes a fleet.
     *
     * @param parts what it is made of
     * @return its behavior
     */
    public static <J, R> Behavior<Router.Command<R>> create(FleetParts<J, R> parts) {
        Behavior<Object> behavior = Behaviors.setup(context -> new Fleet<>(context, parts));
        return behavior.narrow();
    }

    @Override
    public Receive<Object> createReceive() {
        return new ReceiveTable<Object>()
                .onMessage(type(Router.Grant.class), this::onGrant)
                .onMessage(WireMessage.Frame.class, this::onFrame)
                .onMessage(WireMessage.ToFleet.class, this::onEvent)
                .onMessage(Read.class, this::onRead)
                .onMessage(Tick.class, tick -> onTick())
                .onMessage(type(Router.StopBatch.class), this::onStopBatch)
                .onMessage(type(Router.CancelJob.class), this::onCancelJob)
                .onMessage(type(Router.NothingQueued.class), nothing -> onNothingQueued())
                .onMessage(type(Router.TakeCensus.class), census -> onTakeCensus())
                .onMessage(type(Router.Pause.class), pause -> onPause())
                .onMessage(type(Router.Resume.class), resume -> onResume())
                .onMessage(type(Router.Resize.class), this::onResize)
                .onMessage(type(Router.Overloaded.class), overloaded -> Behaviors.same()) // said by a handler there
                .onMessage(type(Router.GraceIsOver.class), over -> onGraceIsOver())
                .onMessage(type(Router.StopEverything.class), stop -> onStopEverything())
                .onMessage(type(Router.End.class), end -> Behaviors.stopped())
                .onMessage(type(Unsendable.class), this::onUnsendable)
                .onMessage(Receptionist.Listing.class, this::onListing)
                .onMessage(WireMessage.Opened.class, this::onOpened)
                .onMessage(WireMessage.Refused.class, this::onRefused)
                .onSignal(PostStop.class, signal -> onPostStop());
    }

    // What the dispatcher says

    private Behavior<Object> onGrant(Router.Grant<R> grant) {
        granted.granted(grant);
        return proceed();
    }

    private Behavior<Object> onNothingQueued() {
        granted.nothingQueued();
        return proceed();
    }

    private Behavior<Object> onStopBatch(Router.StopBatch<R> stop) {
        granted.stopBatch(stop);
        for (NodeSession<J, R> node : nodes.sessions()) {
            if (node.out.has(stop.batchId())) {
                node.stop(stop.batchId(), stop.reason(), stop.running());
            }
        }
        return proceed();
    }

    private Behavior<Object> onCancelJob(Router.CancelJob<R> cancel) {
        if (!granted.cancelJob(cancel)) {
            for (NodeSession<J, R> node : nodes.sessions()) {
                if (node.out.has(cancel.batchId(), cancel.index())) {
                    granted.rememberCancelled(cancel);
                    node.tell(new StationCommand.CancelJob(cancel.batchId(), cancel.index(), node.grants));
                }
            }
        }
        return proceed();
    }

    private Behavior<Object> onPause() {
        granted.pause();
        nodes.sessions().stream().filter(NodeSession::isOpen).forEach(node -> node.recall(Long.MAX_VALUE, true));
        return proceed();
    }

    private Behavior<Object> onResume() {
        granted.resume();
        return proceed();
    }

    private Behavior<Object> onResize(Router.Resize<R> resize) {
        nodes.resize(resize.workers());
        return proceed();
    }

    private Behavior<Object> onGraceIsOver() {
        nodes.sessions().stream()
                .filter(NodeSession::isOpen)
                .forEach(node -> node.tell(new StationCommand.GraceIsOver()));
        return Behaviors.same();
    }

    private Behavior<Object> onStopEverything() {
        granted.stopEverything();
        for (NodeSession<J, R> node : nodes.sessions()) {
            node.out.batches().forEach(batchId -> node.stop(batchId, StopReason.CANCELLED, true));
        }
        return proceed();
    }

    private Behavior<Object> onTakeCensus() {
        parts.dispatcher().tell(nodes.census());
        return Behaviors.same();
    }

    // What stations say

    private Behavior<Object> onEvent(WireMessage.ToFleet message) {
        NodeSession<J, R> node = nodes.inSession(message.session());
        if (node == null) {
            return Behaviors.same();
        }
        try {
            node.numbers(message.number());
            handle(node, message.event());
        } catch (Gap e) {
            nodes.end(node, e.getMessage());
        }
        return proceed();
    }

    private void handle(NodeSession<J, R> node, FleetEvent event) {
        if (event instanceof FleetEvent.Demand demand) {
            node.upTo = demand.upTo();
            node.costNs = demand.costNs();
            node.workers = demand.workers();
        } else if (event instanceof FleetEvent.Acknowledged acknowledged) {
            node.jobs.acknowledged(acknowledged.frames());
        } else if (event instanceof FleetEvent.Returned returned) {
            onReturned(node, returned);
        } else if (event instanceof FleetEvent.Recalled) {
            node.recalled();
            node.recallNs = parts.clock().getAsLong() + RECALL_NS;
        } else if (event instanceof FleetEvent.Renew renew) {
            onRenew(node, renew);
        } else if (event instanceof FleetEvent.SlowDown slowDown) {
            parts.dispatcher().tell(new Router.SlowedDown(slowDown.ns()));
        } else if (event instanceof FleetEvent.Leaving) {
            nodes.leaving(node);
        } else {
            FleetEvent.Ended ended = (FleetEvent.Ended) event;
            nodes.ended(node, ended.reason(), ended.unstarted());
        }
    }

    private void onReturned(NodeSession<J, R> node, FleetEvent.Returned returned) {
        node.granted -= returned.count();
        node.upTo = returned.upTo();
        // What was not asked for is too much for its turn: the dispatcher grants it again as the weights are by now.
        boolean isSurplus = node.recalls == 0;
        long count = 0;
        for (Slice<R> slice : node.out.take(returned.batchId(), returned.first(), returned.count())) {
            count += slice.size();
            granted.takeBack(slice, false, node.recallingAll || isSurplus);
        }
        node.fenced += returned.count() - count;
        if (isSurplus && node.granted > node.upTo) { // or it would send back each of them
            node.takeWaiting().forEach(slice -> granted.takeBack(slice, false, true));
        }
    }

    private void onRenew(NodeSession<J, R> node, FleetEvent.Renew renew) {
        long nowNs = parts.clock().getAsLong();
        node.heardNs = nowNs;
        node.renewal = renew.renewal();
        node.load = renew.load();
        node.running = renew.running();
        node.limitThere = renew.limit();
        node.begun = renew.begun();
        node.workers = renew.load().workers();
        if (node.received.lacks(
                renew.frames(),
                nowNs,
                Math.max(LATE_FRAME_NS, parts.cluster().lease().toNanos() / 2))) {
            nodes.end(node, "outcomes were lost on their way");
            return;
        }
        nodes.workerLimit().share(nodes.sessions());
        if (node.received.owesAcknowledgement()) {
            node.tell(new StationCommand.Acknowledged(node.received.acknowledge()));
        }
        node.tell(new StationCommand.Renewed(renew.renewal(), node.jobs.frames(), node.limit));
    }

    private Behavior<Object> onFrame(WireMessage.Frame frame) {
        NodeSession<J, R> node = nodes.inSession(frame.session());
        if (node == null) {
            nodes.fence(frame.session(), reportedIn(frame));
            return Behaviors.same();
        }
        try {
            byte[] block = node.received.receive(frame, parts.clock().getAsLong());
            if (block == null) { // a part makes room as well, but not before what came before it
                long session = node.id;
                node.outcomes.read(List.of(), () -> self.tell(new Read(session, frame.number(), frame.bytes().length)));
            } else {
                read(node, block, frame);
            }
        } catch (Gap | DamagedBlock e) {
            nodes.end(node, e.getMessage());
        }
        return proceed();
    }

    private void read(NodeSession<J, R> node, byte[] block, WireMessage.Frame frame) {
        node.progressNs = parts.clock().getAsLong();
        List<Report<R>> reports = new ArrayList<>();
        long unused = 0;
        for (OutcomesBlock.Reader outcomes : outcomes(block)) {
            List<Slice<R>> wanted = node.out.take(outcomes.batchId(), outcomes.first(), outcomes.count());
            long count = 0;
            for (Slice<R> slice : wanted) {
                count += slice.size();
                granted.ended(slice);
            }
            node.fenced += outcomes.count() - count;
            nodes.forgetLosses(wanted);
            unused += outcomes.isUnstarted() ? count : 0;
            if (count > 0) {
                reports.add(new Report<>(outcomes, wanted));
            }
        }
        granted.unused(unused);
        long session = node.id;
        node.outcomes.read(reports, () -> self.tell(new Read(session, frame.number(), frame.bytes().length)));
    }

    /** How many outcomes a frame of a session that is over has, as far as it can be told from it alone. */
    private static long reportedIn(WireMessage.Frame frame) {
        try {
            return outcomes(frame.bytes()).stream()
                    .mapToLong(OutcomesBlock.Reader::count)
                    .sum();
        } catch (DamagedBlock isPartOfOne) {
            return 0;
        }
    }

    /** All of them before any is made use of: damage is noticed while their jobs are out. */
    private static List<OutcomesBlock.Reader> outcomes(byte[] block) {
        ByteReader in = new ByteReader(block);
        List<OutcomesBlock.Reader> all = new ArrayList<>();
        for (int left = in.getSize(); left > 0; left--) {
            all.add(new OutcomesBlock.Reader(in.getBlock()));
        }
        return all;
    }

    /** What was read makes room for more, so a collector that is slow stops the nodes in the end. */
    private Behavior<Object> onRead(Read read) {
        NodeSession<J, R> node = nodes.inSession(read.session());
        if (node != null && (node.received.take(read.frames(), read.bytes()) || node.state == State.LEAVING)) {
            node.tell(new StationCommand.Acknowledged(node.received.acknowledge()));
        }
        return Behaviors.same();
    }

    private Behavior<Object> onUnsendable(Unsendable<R> unsendable) {
        NodeSession<J, R> node = nodes.inSession(unsendable.session());
        Slice<R> job = unsendable.job();
        if (node != null && node.out.has(job.batch().id(), job.first())) {
            node.out.take(job.batch().id(), job.first(), 1);
            node.granted--; // the node does not know of it
            granted.settle(
                    job, new Outcome.Rejected<>("pool '" + parts.settings().name() + "': " + unsendable.reason()));
            granted.unused(1);
        }
        return proceed();
    }

    // Nodes

    private Behavior<Object> onListing(Receptionist.Listing listing) {
        if (listing.isForKey(FleetWorkplace.ALL_STATIONS)) {
            nodes.listNames(listing);
            return proceed();
        }
        nodes.list(listing);
        return proceed();
    }

    private Behavior<Object> onOpened(WireMessage.Opened opened) {
        nodes.opened(opened);
        return proceed();
    }

    private Behavior<Object> onRefused(WireMessage.Refused refused) {
        nodes.refused(refused);
        return proceed();
    }

    private Behavior<Object> onTick() {
        timer.fired();
        return proceed();
    }

    /** What follows every change: jobs go to those who want them, and the dispatcher hears what is wanted. */
    private Behavior<Object> proceed() {
        long nowNs = parts.clock().getAsLong();
        long dueNs = nodes.attend(nowNs);
        share();
        dueNs = Math.min(dueNs, takeFromTheBusy(nowNs));
        tellDemand();
        dueNs = Math.min(dueNs, nodes.publish());
        if (dueNs != TimerQueue.NEVER) {
            timer.atLatest(dueNs);
        }
        return Behaviors.same();
    }

    private void share() {
        Sharing.Share<J, R> share;
        while (granted.areThere() && (share = Sharing.next(nodes.sessions(), granted.left())) != null) {
            share.session().progressNs = parts.clock().getAsLong();
            share.session().grant(granted.take(share.jobs()), granted.weights());
        }
    }

    /** The last jobs of all go from a node that is busy to one that is idle. */
    private long takeFromTheBusy(long nowNs) {
        if (!granted.areAllOut() || nodes.sessions().size() < 2) {
            return TimerQueue.NEVER;
        }
        Sharing.Share<J, R> taken = Sharing.taken(nodes.sessions(), nowNs);
        if (taken != null) {
            taken.session().recall(taken.jobs(), false);
        }
        boolean mayBeLater = nodes.sessions().stream().anyMatch(each -> each.waiting() > 0 && each.recalls == 0);
        return mayBeLater ? nowNs + 2 * RECALL_NS : TimerQueue.NEVER;
    }

    private void tellDemand() {
        long room = 0;
        long idle = 0;
        for (NodeSession<J, R> node : nodes.sessions()) {
            room += node.room();
            idle += node.takesJobs() ? Math.max(0, node.usable() - node.out.jobs()) : 0;
        }
        granted.tellDemand(room, idle, turn());
    }

    /** A batch gets at least what makes a block when its turn has come. */
    private int turn() {
        long most = 1;
        for (NodeSession<J, R> node : nodes.sessions()) {
            if (node.costNs > 0) {
                most = Math.max(most, (long) (parts.cluster().wireBudget().toNanos() / (8 * node.costNs)));
            }
        }
        return (int) Math.min(most, 4_096);
    }

    private Behavior<Object> onPostStop() {
        timer.cancel();
        nodes.close();
        return Behaviors.same();
    }
}
