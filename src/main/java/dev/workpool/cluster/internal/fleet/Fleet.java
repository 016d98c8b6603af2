package dev.workpool.cluster.internal.fleet;

import static dev.workpool.internal.akka.Messages.type;

import akka.actor.Address;
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
import dev.workpool.cluster.internal.session.FrameReceiver;
import dev.workpool.cluster.internal.session.FrameSender;
import dev.workpool.cluster.internal.session.Gap;
import dev.workpool.cluster.internal.wire.FleetEvent;
import dev.workpool.cluster.internal.wire.FleetEvent.JobAt;
import dev.workpool.cluster.internal.wire.FleetEvent.Load;
import dev.workpool.cluster.internal.wire.OutcomesBlock;
import dev.workpool.cluster.internal.wire.StationCommand;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.cluster.job.ClusterNode.State;
import dev.workpool.cluster.job.NodeLostException;
import dev.workpool.codec.bytes.ByteReader;
import dev.workpool.codec.bytes.DamagedBlock;
import dev.workpool.internal.akka.DeadlineTimer;
import dev.workpool.internal.akka.ReceiveTable;
import dev.workpool.internal.collector.Collector;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.gauge.PoolGauges.OfRouter;
import dev.workpool.internal.queue.Pending;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.slice.StopReason;
import dev.workpool.internal.util.Steps;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolObserver.NodeChange;
import dev.workpool.settings.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares the jobs of a pool among the nodes that work for it: the actor that a dispatcher takes for its router. It opens a
 * session with each station that the cluster knows, and grants jobs as each asks for them. What a report is accepted of is
 * out at that session, so no job gets two outcomes, whatever nodes do. When a session ends, the jobs that were out there
 * go to others.
 *
 * <p>This file is the wiring: what each message does. {@link NodeSession} has what is known of a node, {@link Sharing}
 * decides which node gets jobs.
 */
public final class Fleet<J, R> extends AbstractBehavior<Object> {
    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

    /** A station is asked again after this time, if it has not answered, or a session with it has ended. */
    private static final long RETRY_NS = Duration.ofSeconds(1).toNanos();

    /** A station that refuses is asked again after this time: its version may be another by then. */
    private static final long REFUSED_RETRY_NS = Duration.ofSeconds(10).toNanos();

    /** A node is asked for jobs again after this time, as it had none to give. */
    private static final long RECALL_NS = Duration.ofMillis(5).toNanos();

    /** For how long a frame may be late, other messages having come. */
    private static final long LATE_FRAME_NS = Duration.ofSeconds(1).toNanos();

    /** A pool that has had no node for so long says so. */
    private static final long ALONE_NS = Duration.ofSeconds(10).toNanos();

    private static final int REMEMBERED = 4_096;

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
    private final ActorRef<WireMessage> inlet;
    private final DeadlineTimer timer;
    private final Losses losses;
    private final WorkerLimit workerLimit;

    /** The nodes, by their stations, and those that have a session, by its number. */
    private final Map<ActorRef<WireMessage>, NodeSession<J, R>> nodes = new LinkedHashMap<>();

    private final Map<Long, NodeSession<J, R>> sessions = new LinkedHashMap<>();

    /** Jobs that were granted here, and that no node has: what a lost one had. */
    private final Pending<R> pending = new Pending<>();

    /** Batches that are stopped, and jobs that are cancelled, of which some may come back from a node that is lost. */
    private final Map<Long, StopReason> stopped = remembering();

    private final Map<JobAt, Boolean> cancelled = remembering();

    /** Jobs granted by the dispatcher, less those that went back; what it has been told; and what it has left. */
    private long received;

    private long demanded;
    private boolean toldIdle;
    private long toldForIdle;
    private long queuedBehind;
    private long weights = 1;
    private boolean paused;
    private boolean stoppedEverything;

    /** Since when no node works for the pool, and whether that was logged. */
    private long aloneSinceNs;

    private boolean toldAlone;

    private Fleet(ActorContext<Object> context, FleetParts<J, R> parts) {
        super(context);
        context.setLoggerName(Fleet.class);
        this.parts = parts;
        this.self = context.getSelf();
        this.inlet = context.spawn(
                Behaviors.receiveMessage(frame -> {
                    self.tell(frame);
                    return Behaviors.same();
                }),
                "workpool-frames",
                DispatcherSelector.fromConfig(parts.settings().controlDispatcher()));
        this.timer = new DeadlineTimer(context, Tick.TICK, parts.clock());
        this.losses = new Losses(
                parts.cluster().delivery() == Delivery.AT_MOST_ONCE
                        ? 1
                        : parts.cluster().maxRuns());
        this.workerLimit = new WorkerLimit(parts.cluster());
        this.aloneSinceNs = parts.clock().getAsLong();
        this.toldForIdle = parts.settings().workers(); // as the dispatcher takes it to be before it is told
        context.getSystem().receptionist().tell(Receptionist.subscribe(parts.stations(), self.narrow()));
        proceed();
    }

    private static <K, V> Map<K, V> remembering() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > REMEMBERED;
            }
        };
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

    // Nodes

    private Behavior<Object> onListing(Receptionist.Listing listing) {
        var all = listing.getAllServiceInstances(parts.stations());
        var reachable = listing.getServiceInstances(parts.stations());
        for (NodeSession<J, R> node : List.copyOf(nodes.values())) {
            if (!all.contains(node.station)) {
                end(node, "it has left the cluster, or was removed from it");
                nodes.remove(node.station);
            }
        }
        for (ActorRef<WireMessage> station : all) {
            Address actors = station.path().address();
            Address address = parts.roles().addressOf(actors);
            if (parts.roles().has(address)) {
                nodes.computeIfAbsent(
                        station, each -> new NodeSession<>(each, address.toString(), actors.hasLocalScope()));
            }
        }
        nodes.values().forEach(node -> node.reachable = reachable.contains(node.station));
        return proceed();
    }

    private void open(NodeSession<J, R> node, long nowNs) {
        node.id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        node.limit = workerLimit.first(sessions.values());
        node.inForce = node.limit;
        node.heardNs = nowNs;
        node.retryNs = nowNs + RETRY_NS;
        sessions.put(node.id, node);
        node.station.tell(new WireMessage.Open(
                WireMessage.VERSION,
                WireMessage.OLDEST_VERSION,
                node.id,
                parts.settings().name(),
                self.narrow(),
                inlet,
                parts.jobs(),
                parts.results(),
                parts.cluster().lease().toNanos(),
                parts.cluster().renewal().toNanos(),
                node.limit));
    }

    private Behavior<Object> onOpened(WireMessage.Opened opened) {
        NodeSession<J, R> node = sessions.get(opened.session());
        if (node == null) {
            return Behaviors.same();
        } else if (!parts.resultCodec()
                .decodes(opened.results().codec(), opened.results().version())) {
            refused(node, "the codec of results is " + opened.results() + " there, and " + parts.results() + " here");
            return proceed();
        }
        node.begin();
        node.received = new FrameReceiver(parts.cluster().windowBytes());
        long session = node.id;
        node.jobs = new JobSender<>(
                new FrameSender(
                        session,
                        opened.frames(),
                        parts.cluster().frameBytes(),
                        parts.cluster().windowBytes()),
                parts.jobCodec(),
                parts.cluster().maxJobBytes(),
                "workpool.cluster.pools." + parts.cluster().name() + ".max-job-bytes",
                parts.callbacks(),
                parts.clock(),
                (job, reason) -> self.tell(new Unsendable<>(session, job, reason)));
        node.outcomes =
                new OutcomeReader<>(parts.resultCodec(), opened.results().version(), node.address, parts.callbacks());
        node.state = State.WORKING;
        node.reason = "";
        node.heardNs = parts.clock().getAsLong();
        parts.events().nodeChanged(node.address, NodeChange.JOINED, "", 0);
        return proceed();
    }

    private Behavior<Object> onRefused(WireMessage.Refused refused) {
        NodeSession<J, R> node = sessions.get(refused.session());
        if (node != null) {
            refused(node, refused.reason());
        }
        return proceed();
    }

    private void refused(NodeSession<J, R> node, String reason) {
        if (!reason.equals(node.reason)) {
            LOG.warn("Pool '{}' leaves {} alone: {}", parts.settings().name(), node.address, reason);
            parts.events().nodeChanged(node.address, NodeChange.REFUSED, reason, 0);
        }
        end(node, reason);
        node.state = State.REFUSING;
        node.retryNs = parts.clock().getAsLong() + REFUSED_RETRY_NS;
    }

    /** The session with a node is over: what was out there goes to others. */
    private void end(NodeSession<J, R> node, String reason) {
        if (node.id == 0) {
            return;
        }
        node.tell(new StationCommand.Close());
        sessions.remove(node.id);
        boolean wasOpen = node.isOpen();
        if (wasOpen) {
            node.jobs.close();
        }
        List<Slice<R>> lost = node.out.takeAll();
        long jobs = lost.stream().mapToLong(Slice::size).sum();
        if (wasOpen) {
            parts.events().nodeChanged(node.address, NodeChange.GONE, reason, jobs);
        }
        if (wasOpen && jobs > 0) {
            LOG.warn(
                    "Pool '{}' takes {} jobs back from {}: {}", parts.settings().name(), jobs, node.address, reason);
        }
        node.id = 0;
        node.jobs = null;
        node.outcomes = null;
        node.granted = 0;
        node.upTo = 0;
        node.grants = 0;
        node.recalls = 0;
        node.recallingAll = false;
        node.state = State.CONNECTING;
        node.reason = reason;
        node.load = new Load(0, 0, 0);
        List<JobAt> running = parts.cluster().delivery() == Delivery.AT_MOST_ONCE
                ? everyJob(lost) // each may have begun
                : node.running;
        node.running = List.of();
        losses.lost(lost, running, slice -> takeBack(slice, paused), job -> fail(job, node.address));
    }

    private static <R> List<JobAt> everyJob(List<Slice<R>> slices) {
        List<JobAt> all = new ArrayList<>();
        for (Slice<R> slice : slices) {
            for (long index = slice.first(); index < slice.first() + slice.size(); index++) {
                all.add(new JobAt(slice.batch().id(), index));
            }
        }
        return all;
    }

    private void fail(Slice<R> job, String node) {
        String often = parts.cluster().delivery() == Delivery.AT_MOST_ONCE
                ? "its node was lost, and it is delivered at most once"
                : "it has lost the node that ran it " + parts.cluster().maxRuns()
                        + " times, as often as max-runs allows";
        settle(
                job,
                new Outcome.Failed<>(
                        new NodeLostException(
                                "job " + job.first() + " may have run in part: " + often + "; the last was " + node),
                        job.attempt()));
    }

    /**
     * Jobs that no node has any more.
     *
     * @param toDispatcher whether they go back, and not to another node at once: in a pause, or under a new rate limit
     */
    private void takeBack(Slice<R> slice, boolean toDispatcher) {
        StopReason reason = stoppedEverything
                ? StopReason.CANCELLED
                : stopped.get(slice.batch().id());
        if (reason != null) {
            settle(slice, reason.after(slice.attempt()));
            return;
        }
        int from = 0;
        for (int i = 0; i < slice.size() && !cancelled.isEmpty(); i++) {
            if (cancelled.remove(new JobAt(slice.batch().id(), slice.first() + i)) != null) {
                giveOn(slice.part(from, i), toDispatcher);
                settle(slice.part(i, i + 1), new Outcome.Cancelled<>(slice.attempt()));
                from = i + 1;
            }
        }
        giveOn(slice.part(from, slice.size()), toDispatcher);
    }

    private void giveOn(Slice<R> slice, boolean toDispatcher) {
        if (slice.size() == 0) {
            return;
        }
        if (toDispatcher) {
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
        parts.dispatcher().tell(new Router.Returned<>(slice, received));
    }

    private void settle(Slice<R> slice, Outcome<R> outcome) {
        slice.batch().collector().tell(new Collector.Settle<>(slice.first(), slice.size(), outcome));
    }

    // What the dispatcher says

    private Behavior<Object> onGrant(Router.Grant<R> grant) {
        received += grant.slice().size();
        queuedBehind = grant.queued();
        weights = grant.weights();
        pending.add(grant.slice());
        return proceed();
    }

    private Behavior<Object> onNothingQueued() {
        queuedBehind = 0;
        return proceed();
    }

    private Behavior<Object> onStopBatch(Router.StopBatch<R> stop) {
        queuedBehind = stop.queued();
        stopped.put(stop.batchId(), stop.reason());
        settlePending(stop.batchId(), stop.reason());
        for (NodeSession<J, R> node : sessions.values()) {
            if (node.out.has(stop.batchId())) {
                tellStop(node, stop.batchId(), stop.reason(), stop.running());
            }
        }
        return proceed();
    }

    private void tellStop(NodeSession<J, R> node, long batchId, StopReason reason, boolean running) {
        long timeoutNs = reason.timeout() == null ? -1 : reason.timeout().toNanos();
        node.tell(new StationCommand.Stop(batchId, timeoutNs, running, node.grants));
    }

    private void settlePending(long batchId, StopReason reason) {
        pending.removeBatch(batchId, new Steps(Integer.MAX_VALUE), slice -> {
            settle(slice, reason.ofUnstarted(slice));
            parts.dispatcher().tell(new Router.Unused(slice.size()));
        });
    }

    private Behavior<Object> onCancelJob(Router.CancelJob<R> cancel) {
        Slice<R> waiting = pending.removeJob(cancel.batchId(), cancel.index());
        if (waiting != null) {
            settle(waiting, StopReason.CANCELLED.ofUnstarted(waiting));
            parts.dispatcher().tell(new Router.Unused(1));
        }
        for (NodeSession<J, R> node : sessions.values()) {
            if (waiting == null && node.out.has(cancel.batchId(), cancel.index())) {
                cancelled.put(new JobAt(cancel.batchId(), cancel.index()), true);
                node.tell(new StationCommand.CancelJob(cancel.batchId(), cancel.index(), node.grants));
            }
        }
        return proceed();
    }

    private Behavior<Object> onPause() {
        paused = true;
        while (!pending.isEmpty()) {
            giveBack(pending.takeLast(Long.MAX_VALUE));
        }
        for (NodeSession<J, R> node : sessions.values()) {
            if (node.isOpen()) {
                node.recall(Long.MAX_VALUE, true);
            }
        }
        return proceed();
    }

    private Behavior<Object> onResume() {
        paused = false;
        return proceed();
    }

    private Behavior<Object> onResize(Router.Resize<R> resize) {
        workerLimit.resize(resize.workers());
        return proceed();
    }

    private Behavior<Object> onGraceIsOver() {
        sessions.values().stream()
                .filter(NodeSession::isOpen)
                .forEach(node -> node.tell(new StationCommand.GraceIsOver()));
        return Behaviors.same();
    }

    private Behavior<Object> onStopEverything() {
        stoppedEverything = true;
        queuedBehind = 0;
        while (!pending.isEmpty()) {
            Slice<R> slice = pending.take(Integer.MAX_VALUE);
            settle(slice, StopReason.CANCELLED.ofUnstarted(slice));
        }
        for (NodeSession<J, R> node : sessions.values()) {
            node.out.batches().forEach(batchId -> tellStop(node, batchId, StopReason.CANCELLED, true));
        }
        return proceed();
    }

    private Behavior<Object> onTakeCensus() {
        int running = 0;
        int abandoned = 0;
        for (NodeSession<J, R> node : sessions.values()) {
            running += node.running.size();
            abandoned += node.load.abandoned();
        }
        parts.dispatcher().tell(new Router.Census(workers(), running, abandoned));
        return Behaviors.same();
    }

    private int workers() {
        int workers = 0;
        for (NodeSession<J, R> node : sessions.values()) {
            workers += node.takesJobs() ? Math.min(node.workers, node.limit) : 0;
        }
        return workers;
    }

    // What stations say

    private Behavior<Object> onEvent(WireMessage.ToFleet message) {
        NodeSession<J, R> node = sessions.get(message.session());
        if (node == null || !node.isOpen()) {
            return Behaviors.same();
        }
        try {
            node.numbers(message.number());
            handle(node, message.event());
        } catch (Gap e) {
            end(node, e.getMessage());
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
            node.state = State.LEAVING;
            parts.events().nodeChanged(node.address, NodeChange.LEAVING, "", 0);
        } else {
            onEnded(node, (FleetEvent.Ended) event);
        }
    }

    private void onEnded(NodeSession<J, R> node, FleetEvent.Ended ended) {
        if (ended.unstarted()) { // what is out was on its way, and is not lost
            node.out.takeAll().forEach(slice -> takeBack(slice, paused));
        }
        boolean hasLeft = node.state == State.LEAVING;
        String reason = ended.reason();
        end(node, reason);
        if (hasLeft) { // it would refuse
            node.state = State.LEAVING;
            node.retryNs = parts.clock().getAsLong() + REFUSED_RETRY_NS;
        }
    }

    private void onReturned(NodeSession<J, R> node, FleetEvent.Returned returned) {
        node.granted -= returned.count();
        node.upTo = returned.upTo();
        long count = 0;
        for (Slice<R> slice : node.out.take(returned.batchId(), returned.first(), returned.count())) {
            count += slice.size();
            takeBack(slice, paused || node.recallingAll);
        }
        node.fenced += returned.count() - count;
    }

    private void onRenew(NodeSession<J, R> node, FleetEvent.Renew renew) {
        long nowNs = parts.clock().getAsLong();
        node.heardNs = nowNs;
        node.load = renew.load();
        node.running = renew.running();
        node.inForce = Math.max(renew.limit(), renew.begun());
        node.workers = renew.load().workers();
        if (node.received.lacks(renew.frames(), nowNs, LATE_FRAME_NS)) {
            end(node, "outcomes were lost on their way");
            return;
        }
        workerLimit.share(sessions.values());
        if (node.received.owesAcknowledgement()) {
            node.tell(new StationCommand.Acknowledged(node.received.acknowledge()));
        }
        node.tell(new StationCommand.Renewed(renew.renewal(), node.jobs.frames(), node.limit));
    }

    private Behavior<Object> onFrame(WireMessage.Frame frame) {
        NodeSession<J, R> node = sessions.get(frame.session());
        if (node == null || !node.isOpen()) {
            return Behaviors.same();
        }
        try {
            byte[] block = node.received.receive(frame, parts.clock().getAsLong());
            if (block == null) {
                self.tell(new Read(node.id, frame.number(), frame.bytes().length));
            } else {
                read(node, block, frame);
            }
        } catch (Gap | DamagedBlock e) {
            end(node, e.getMessage());
        }
        return proceed();
    }

    private void read(NodeSession<J, R> node, byte[] block, WireMessage.Frame frame) {
        ByteReader in = new ByteReader(block);
        List<Report<R>> reports = new ArrayList<>();
        long unused = 0;
        for (int left = in.getSize(); left > 0; left--) {
            OutcomesBlock.Reader outcomes = new OutcomesBlock.Reader(in.getBlock());
            List<Slice<R>> wanted = node.out.take(outcomes.batchId(), outcomes.first(), outcomes.count());
            long count = 0;
            for (Slice<R> slice : wanted) {
                count += slice.size();
                cancelled.keySet().removeIf(job -> slice.contains(job.batchId(), job.index()));
            }
            node.fenced += outcomes.count() - count;
            losses.forget(wanted);
            unused += outcomes.isUnstarted() ? count : 0;
            if (count > 0) {
                reports.add(new Report<>(outcomes, wanted));
            }
        }
        if (unused > 0) {
            parts.dispatcher().tell(new Router.Unused(unused));
        }
        long session = node.id;
        node.outcomes.read(reports, () -> self.tell(new Read(session, frame.number(), frame.bytes().length)));
    }

    /** What was read makes room for more, so a collector that is slow stops the nodes in the end. */
    private Behavior<Object> onRead(Read read) {
        NodeSession<J, R> node = sessions.get(read.session());
        if (node != null
                && node.isOpen()
                && (node.received.take(read.frames(), read.bytes()) || node.state == State.LEAVING)) {
            node.tell(new StationCommand.Acknowledged(node.received.acknowledge()));
        }
        return Behaviors.same();
    }

    private Behavior<Object> onUnsendable(Unsendable<R> unsendable) {
        NodeSession<J, R> node = sessions.get(unsendable.session());
        Slice<R> job = unsendable.job();
        if (node != null && node.out.has(job.batch().id(), job.first())) {
            node.out.take(job.batch().id(), job.first(), 1);
            node.granted--; // the node does not know of it
            settle(job, new Outcome.Rejected<>("pool '" + parts.settings().name() + "': " + unsendable.reason()));
            parts.dispatcher().tell(new Router.Unused(1));
        }
        return proceed();
    }

    // Time

    private Behavior<Object> onTick() {
        timer.fired();
        return proceed();
    }

    private long attendToTime(long nowNs) {
        long dueNs = TimerQueue.NEVER;
        long leaseNs =
                parts.cluster().lease().toNanos() + parts.cluster().renewal().toNanos();
        for (NodeSession<J, R> node : nodes.values()) {
            if (node.isOpen() && node.heardNs + leaseNs - nowNs <= 0) {
                end(node, "it was not heard of for " + parts.cluster().lease().toMillis() + " ms");
                node.retryNs = nowNs;
            }
            if (!node.isOpen()) {
                if (node.reachable && node.retryNs - nowNs <= 0) {
                    end(node, node.reason);
                    open(node, nowNs);
                }
                dueNs = Math.min(dueNs, Math.max(node.retryNs, nowNs + RETRY_NS / 10));
            } else {
                dueNs = Math.min(dueNs, node.heardNs + leaseNs);
            }
        }
        return dueNs;
    }

    /** Whoever waits for jobs is to find out why nothing happens. */
    private long warnIfAlone(long nowNs) {
        if (sessions.values().stream().anyMatch(NodeSession::takesJobs)) {
            aloneSinceNs = nowNs;
            toldAlone = false;
        } else if (!toldAlone && nowNs - aloneSinceNs >= ALONE_NS) {
            toldAlone = true;
            LOG.warn(
                    "No node of the cluster works for pool '{}': its jobs wait until one starts workers of the name '{}'{}",
                    parts.settings().name(),
                    parts.cluster().name(),
                    parts.cluster()
                            .role()
                            .map(role -> " and has the role '" + role + "'")
                            .orElse(""));
        }
        return toldAlone ? TimerQueue.NEVER : aloneSinceNs + ALONE_NS;
    }

    /** What follows every change: jobs go to those who want them, and the dispatcher hears what is wanted. */
    private Behavior<Object> proceed() {
        long nowNs = parts.clock().getAsLong();
        long dueNs = Math.min(attendToTime(nowNs), warnIfAlone(nowNs));
        share();
        dueNs = Math.min(dueNs, takeFromTheBusy(nowNs));
        tellDemand();
        publish();
        if (dueNs != TimerQueue.NEVER) {
            timer.atLatest(dueNs);
        }
        return Behaviors.same();
    }

    private void share() {
        while (!pending.isEmpty() && !paused) {
            Sharing.Share<J, R> share = Sharing.next(sessions.values(), pending.jobs() + queuedBehind);
            if (share == null) {
                return;
            }
            share.session().grant(pending.take((int) Math.min(share.jobs(), Integer.MAX_VALUE)), weights);
        }
    }

    /** The last jobs of all go from a node that is busy to one that is idle. */
    private long takeFromTheBusy(long nowNs) {
        if (queuedBehind > 0 || !pending.isEmpty() || paused || sessions.size() < 2) {
            return TimerQueue.NEVER;
        }
        Sharing.Share<J, R> taken = Sharing.taken(sessions.values(), nowNs);
        if (taken != null) {
            taken.session().recall(taken.jobs(), false);
        }
        boolean mayBeLater = sessions.values().stream().anyMatch(each -> each.waiting() > 0 && each.recalls == 0);
        return mayBeLater ? nowNs + 2 * RECALL_NS : TimerQueue.NEVER;
    }

    private void tellDemand() {
        long room = 0;
        long idle = 0;
        for (NodeSession<J, R> node : sessions.values()) {
            room += node.room();
            idle += node.takesJobs() ? Math.max(0, Math.min(node.workers, node.limit) - node.out.jobs()) : 0;
        }
        long wanted = received + (paused || stoppedEverything ? 0 : Math.max(0, room - pending.jobs()));
        long forIdle = received + Math.max(0, idle - pending.jobs());
        boolean isIdle = idle > 0;
        if (wanted != demanded || isIdle != toldIdle || forIdle != toldForIdle) {
            demanded = wanted;
            toldIdle = isIdle;
            toldForIdle = forIdle;
            parts.dispatcher().tell(new Router.Demand(wanted, 1, turn(), forIdle, 0));
        }
    }

    /** A batch gets at least what makes a block when its turn has come. */
    private int turn() {
        long most = 1;
        for (NodeSession<J, R> node : sessions.values()) {
            if (node.costNs > 0) {
                most = Math.max(most, (long) (parts.cluster().wireBudget().toNanos() / (8 * node.costNs)));
            }
        }
        return (int) Math.min(most, 4_096);
    }

    private void publish() {
        int running = 0;
        int abandoned = 0;
        for (NodeSession<J, R> node : sessions.values()) {
            running += node.running.size();
            abandoned += node.load.abandoned();
        }
        int workers = workers();
        var numbers = parts.gauges();
        numbers.begin();
        numbers.set(OfRouter.WORKERS, workers);
        numbers.set(OfRouter.FEWEST_WORKERS, Math.max(1, workers)); // so that its health tells of none
        numbers.set(OfRouter.MOST_WORKERS, workers);
        numbers.set(OfRouter.ABANDONED, abandoned);
        numbers.set(OfRouter.BUSY, running);
        numbers.set(OfRouter.BUSY_SINCE_NS, parts.clock().getAsLong());
        numbers.set(OfRouter.OLDEST_BEGUN_NS, PoolGauges.NOTHING);
        numbers.end();
        parts.nodes().accept(nodes.values().stream().map(NodeSession::toNode).toList());
    }

    private Behavior<Object> onPostStop() {
        timer.cancel();
        for (NodeSession<J, R> node : sessions.values()) {
            node.tell(new StationCommand.Close());
            if (node.isOpen()) {
                node.jobs.close();
            }
        }
        return Behaviors.same();
    }
}
