package dev.workpool.cluster.internal.fleet;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.receptionist.Receptionist;
import dev.workpool.cluster.internal.session.FrameReceiver;
import dev.workpool.cluster.internal.session.FrameSender;
import dev.workpool.cluster.internal.session.Recent;
import dev.workpool.cluster.internal.wire.FleetEvent.JobAt;
import dev.workpool.cluster.internal.wire.StationCommand;
import dev.workpool.cluster.internal.wire.WireMessage;
import dev.workpool.cluster.job.ClusterNode.State;
import dev.workpool.cluster.job.NodeLostException;
import dev.workpool.internal.gauge.PoolGauges;
import dev.workpool.internal.gauge.PoolGauges.OfRouter;
import dev.workpool.internal.router.Router;
import dev.workpool.internal.slice.Slice;
import dev.workpool.internal.util.TimerQueue;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolObserver.NodeChange;
import dev.workpool.settings.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes that a fleet knows: opens a session with each, and ends it when its lease is over, a message was lost, or the
 * cluster has removed the node. What was out there goes to others. Of the fleet's thread.
 */
final class FleetNodes<J, R> {
    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

    /** A station that has not answered is asked again after this time, and then after twice as long each time ... */
    private static final long FIRST_RETRY_NS = Duration.ofMillis(250).toNanos();

    /** ... up to this: the first may have been lost with a connection, but an answer may take long as well. */
    private static final long RETRY_NS = Duration.ofSeconds(1).toNanos();

    /** A station that refuses is asked again after this time: its version may be another by then. */
    private static final long REFUSED_RETRY_NS = Duration.ofSeconds(10).toNanos();

    private static final int REMEMBERED = 256;

    /** The actor of workers, by whose name these are found. */
    private static final Pattern STATION = Pattern.compile("workpool-workers-(.*)-\\d+");

    /** A node that was heard of this many renewals ago is reached from here, whoever else does not reach it. */
    private static final int HEARD_RENEWALS = 4;

    /** What nodes are at is told no more often than this, since it makes an object of each. */
    private static final long NODES_TOLD_NS = Duration.ofMillis(10).toNanos();

    /** A pool that has had no node for so long says so. */
    private static final long ALONE_NS = Duration.ofSeconds(10).toNanos();

    private final FleetParts<J, R> parts;
    private final ActorRef<WireMessage> fleet;
    private final ActorRef<WireMessage> inlet;
    private final Unsendables<R> unsendables;
    private final GrantedJobs<R> granted;
    private final Losses losses;
    private final WorkerLimit workerLimit;

    /** All, by their stations, and those that have a session, by its number. */
    private final Map<ActorRef<WireMessage>, NodeSession<J, R>> nodes = new LinkedHashMap<>();

    private final Map<Long, NodeSession<J, R>> sessions = new LinkedHashMap<>();

    /** The nodes of sessions that have ended lately, by their numbers: what these still report is counted. */
    private final Map<Long, NodeSession<J, R>> ended = new Recent<>(REMEMBERED);

    /** How many jobs ran when that was last looked at, when it was, and for how long all have run until then. */
    private long busy;

    private long busySinceNs;
    private long busyNs;

    /** When it was told what nodes are at, and whether one has come or gone since. */
    private long nodesToldNs;

    private boolean nodesChanged = true;

    /** Names of workers in the cluster that are not this pool's. */
    private final Set<String> otherNames = new TreeSet<>();

    /** When {@link #attend} was called last. */
    private long attendedNs;

    /** Since when no node works for the pool, and whether that was logged. */
    private long aloneSinceNs;

    private boolean toldAlone;

    /** Is told of a job that cannot be sent in a session. Thread-safe. */
    interface Unsendables<R> {
        void add(long session, Slice<R> job, String reason);
    }

    /**
     * No node is known.
     *
     * @param parts of the fleet
     * @param fleet gets what stations say
     * @param inlet gets frames
     * @param unsendables is told of jobs that cannot be sent
     * @param granted gets what comes back
     */
    FleetNodes(
            FleetParts<J, R> parts,
            ActorRef<WireMessage> fleet,
            ActorRef<WireMessage> inlet,
            Unsendables<R> unsendables,
            GrantedJobs<R> granted) {
        this.parts = parts;
        this.fleet = fleet;
        this.inlet = inlet;
        this.unsendables = unsendables;
        this.granted = granted;
        this.losses = new Losses(isAtMostOnce(parts) ? 1 : parts.cluster().maxRuns());
        this.workerLimit = new WorkerLimit(parts.cluster());
        this.aloneSinceNs = parts.clock().getAsLong();
        this.attendedNs = aloneSinceNs;
    }

    private static boolean isAtMostOnce(FleetParts<?, ?> parts) {
        return parts.cluster().delivery() == Delivery.AT_MOST_ONCE;
    }

    /** Those that have a session, or were asked for one. */
    Collection<NodeSession<J, R>> sessions() {
        return sessions.values();
    }

    /** The one with an open session of this number; null if it is over. */
    NodeSession<J, R> inSession(long session) {
        NodeSession<J, R> node = sessions.get(session);
        return node != null && node.isOpen() ? node : null;
    }

    /** A session that is over has reported outcomes, which are dropped. */
    void fence(long session, long outcomes) {
        NodeSession<J, R> node = ended.get(session);
        if (node != null) {
            node.fenced += outcomes;
        }
    }

    WorkerLimit workerLimit() {
        return workerLimit;
    }

    /** So many jobs may run at a time in all. Nodes hear of it at once, as if they had just renewed their leases. */
    void resize(int workers) {
        workerLimit.resize(workers);
        Map<NodeSession<J, R>, Integer> before = new HashMap<>();
        sessions.values().forEach(node -> before.put(node, node.limit));
        workerLimit.share(sessions.values());
        for (NodeSession<J, R> node : sessions.values()) {
            if (node.isOpen() && node.limit != before.get(node)) {
                node.tell(new StationCommand.Renewed(node.renewal, node.jobs.frames(), node.limit));
            }
        }
    }

    /** Jobs have their outcomes. */
    void forgetLosses(List<Slice<R>> ended) {
        losses.forget(ended);
    }

    // Coming and going

    /** What the receptionist knows. */
    void list(Receptionist.Listing listing) {
        nodesChanged = true;
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
        nodes.values().forEach(node -> node.reachedByAll = reachable.contains(node.station));
    }

    /** Workers of all names, as the receptionist knows them. */
    void listNames(Receptionist.Listing listing) {
        nodesChanged = true;
        otherNames.clear();
        for (ActorRef<WireMessage> station : listing.getAllServiceInstances(FleetWorkplace.ALL_STATIONS)) {
            Matcher name = STATION.matcher(station.path().name());
            if (name.matches() && !name.group(1).equals(parts.cluster().name())) {
                otherNames.add(name.group(1));
            }
        }
    }

    private void open(NodeSession<J, R> node, long nowNs) {
        node.begin(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE), workerLimit.first(), nowNs);
        node.retryNs = nowNs + Math.min(RETRY_NS, FIRST_RETRY_NS << Math.min(node.unanswered, 8));
        node.unanswered++;
        sessions.put(node.id, node);
        node.windowBytes = parts.intake().openWindow(parts.cluster().windowBytes());
        node.station.tell(new WireMessage.Open(
                WireMessage.VERSION,
                WireMessage.OLDEST_VERSION,
                node.id,
                parts.settings().name(),
                fleet,
                inlet,
                parts.jobs(),
                parts.results(),
                parts.cluster().lease().toNanos(),
                parts.cluster().renewal().toNanos(),
                node.limit,
                new WireMessage.Limits(parts.intake().largest(parts.cluster().maxResultBytes()), node.windowBytes)));
    }

    /** A station works for the pool from now on. */
    void opened(WireMessage.Opened opened) {
        nodesChanged = true;
        NodeSession<J, R> node = sessions.get(opened.session());
        if (node == null) {
            return;
        }
        Optional<Boolean> decodes =
                parts.resultCodec().decodes(opened.results(), parts.callbacks(), () -> fleet.tell(opened));
        if (decodes.isEmpty()) {
            node.asksItsCodec = true;
            return;
        } else if (node.asksItsCodec) { // what the station has said meanwhile was missed
            end(node, node.reason);
            node.retryNs = parts.clock().getAsLong();
            node.asksItsCodec = false;
            return;
        } else if (!decodes.get()) {
            refuse(
                    node,
                    "the codec of results is " + parts.results() + " at the pool, and " + opened.results()
                            + " at the workers");
            return;
        }
        long session = node.id;
        int ofPool = parts.cluster().maxJobBytes();
        int ofNode = opened.intake().item();
        String key = "workpool.cluster.pools." + parts.cluster().name() + ".max-job-bytes";
        JobSender<J, R> jobs = new JobSender<>(
                new FrameSender(
                        session,
                        opened.frames(),
                        parts.cluster().frameBytes(),
                        opened.intake().window(parts.cluster().windowBytes())),
                parts.jobCodec(),
                Math.min(ofPool, ofNode),
                ofPool <= ofNode ? key : key + " and the heap of " + node.address,
                parts.callbacks(),
                parts.clock(),
                (job, reason) -> unsendables.add(session, job, reason));
        OutcomeReader<R> outcomes =
                new OutcomeReader<>(parts.resultCodec(), opened.results().version(), node.address, parts.callbacks());
        node.opened(
                jobs,
                outcomes,
                new FrameReceiver(node.windowBytes, parts.intake().largestBlock()),
                parts.clock().getAsLong());
        parts.events().nodeChanged(node.address, NodeChange.JOINED, "", 0);
    }

    /** A station does not work for the pool. */
    void refused(WireMessage.Refused refused) {
        nodesChanged = true;
        NodeSession<J, R> node = sessions.get(refused.session());
        if (node != null) {
            refuse(node, refused.reason());
        }
    }

    private void refuse(NodeSession<J, R> node, String reason) {
        if (!reason.equals(node.reason)) {
            LOG.warn("Pool '{}' leaves {} alone: {}", parts.settings().name(), node.address, reason);
            parts.events().nodeChanged(node.address, NodeChange.REFUSED, reason, 0);
        }
        end(node, reason);
        node.state = State.REFUSING;
        node.retryNs = parts.clock().getAsLong() + REFUSED_RETRY_NS;
    }

    /** A node is about to leave. */
    void leaving(NodeSession<J, R> node) {
        nodesChanged = true;
        node.state = State.LEAVING;
        parts.events().nodeChanged(node.address, NodeChange.LEAVING, "", 0);
    }

    /**
     * A station has ended a session.
     *
     * @param unstarted whether what is out was on its way, and so is not lost
     */
    void ended(NodeSession<J, R> node, String reason, boolean unstarted) {
        if (unstarted) {
            node.out.takeAll().forEach(slice -> granted.takeBack(slice, false, false));
        }
        boolean hasLeft = node.state == State.LEAVING;
        end(node, reason);
        if (hasLeft) { // it would refuse
            node.state = State.LEAVING;
            node.retryNs = parts.clock().getAsLong() + REFUSED_RETRY_NS;
        }
    }

    /** The session with a node is over: what was out there goes to others. */
    void end(NodeSession<J, R> node, String reason) {
        nodesChanged = true;
        if (node.id == 0) {
            return;
        }
        node.tell(new StationCommand.Close());
        sessions.remove(node.id);
        parts.intake().closeWindow(node.windowBytes);
        ended.put(node.id, node);
        node.takeUnsent().forEach(slice -> granted.takeBack(slice, false, false));
        List<Slice<R>> lost = node.out.takeAll();
        long jobs = lost.stream().mapToLong(Slice::size).sum();
        if (node.isOpen()) {
            parts.events().nodeChanged(node.address, NodeChange.GONE, reason, jobs);
        }
        if (jobs > 0) {
            LOG.warn(
                    "Pool '{}' takes back what {} has, {}: {}",
                    parts.settings().name(),
                    node.address,
                    jobs == 1 ? "1 job" : jobs + " jobs",
                    reason);
        }
        List<JobAt> running = isAtMostOnce(parts) ? everyJob(lost) : node.running; // each may have begun
        node.end(reason);
        losses.lost(lost, running, slice -> granted.takeBack(slice, true, false), job -> fail(job, node.address));
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
        String often = isAtMostOnce(parts)
                ? "its node was lost, and it is delivered at most once"
                : "it has lost the node that ran it " + parts.cluster().maxRuns()
                        + " times, as often as max-runs allows";
        granted.settle(
                job,
                new Outcome.Failed<>(
                        new NodeLostException(
                                "job " + job.first() + " may have run in part: " + often + "; the last was " + node),
                        job.attempt()));
    }

    /** The pool has ended. */
    void close() {
        for (NodeSession<J, R> node : sessions.values()) {
            node.tell(new StationCommand.Close());
            parts.intake().closeWindow(node.windowBytes);
            node.takeUnsent();
            node.end("");
        }
        sessions.clear();
        parts.nodes().accept(List.of(), Optional.empty());
    }

    // Time

    /**
     * Ends sessions whose lease is over, and asks stations again.
     *
     * @param nowNs the time
     * @return when to be called again at the latest
     */
    long attend(long nowNs) {
        long dueNs = warnIfAlone(nowNs);
        long renewalNs = parts.cluster().renewal().toNanos();
        long leaseNs = parts.cluster().lease().toNanos() + renewalNs;
        String silence = warnIfStopped(nowNs, leaseNs)
                ? "this process stood still for longer than the lease"
                : "it was not heard of for " + parts.cluster().lease().toMillis() + " ms";
        for (NodeSession<J, R> node : nodes.values()) {
            boolean reachable =
                    node.reachedByAll || (node.isOpen() && nowNs - node.heardNs <= HEARD_RENEWALS * renewalNs);
            nodesChanged |= reachable != node.reachable;
            node.reachable = reachable;
            if (node.isOpen() && node.heardNs + leaseNs - nowNs <= 0) {
                end(node, silence);
                node.retryNs = nowNs;
            }
            if (!node.isOpen()) {
                if (node.retryNs - nowNs <= 0) {
                    end(node, node.reason);
                    open(node, nowNs);
                    if (!node.reachedByAll) {
                        node.retryNs = nowNs + leaseNs; // it may be gone for good
                    }
                }
                dueNs = Math.min(dueNs, Math.max(node.retryNs, nowNs + FIRST_RETRY_NS / 4));
            } else {
                dueNs = Math.min(dueNs, node.heardNs + leaseNs);
                if (!node.reachedByAll && node.reachable) {
                    dueNs = Math.min(dueNs, node.heardNs + HEARD_RENEWALS * renewalNs + 1);
                }
            }
        }
        return dueNs;
    }

    /** A session has a tick when its lease is over, so nobody has called for longer only if nothing here has run. */
    private boolean warnIfStopped(long nowNs, long leaseNs) {
        long sinceNs = nowNs - attendedNs;
        attendedNs = nowNs;
        boolean wasStopped =
                sinceNs > leaseNs + leaseNs / 4 && sessions.values().stream().anyMatch(NodeSession::isOpen);
        if (wasStopped) {
            LOG.warn(
                    "Pool '{}' stood still for {} ms, longer than its lease of {} ms: its nodes have stopped its jobs by now, and"
                            + " those that have not ended run again. The process was stopped, or a collection was long, or the machine slept",
                    parts.settings().name(),
                    sinceNs / 1_000_000,
                    parts.cluster().lease().toMillis());
        }
        return wasStopped;
    }

    /** Whoever waits for jobs is to find out why nothing happens. */
    private long warnIfAlone(long nowNs) {
        if (isAnyAtWork()) {
            aloneSinceNs = nowNs;
            if (toldAlone) {
                toldAlone = false;
                parts.events().nodeWorks();
            }
            return nowNs + ALONE_NS;
        }
        if (!toldAlone && nowNs - aloneSinceNs >= ALONE_NS) {
            toldAlone = true;
            String why = whyNobodyWorks();
            LOG.warn("The jobs of pool '{}' wait: {}", parts.settings().name(), why);
            parts.events().noNode(why, aloneSinceNs);
        }
        long againNs = nowNs + RETRY_NS; // what health says has to stay true
        return toldAlone ? againNs : Math.min(againNs, aloneSinceNs + ALONE_NS);
    }

    private boolean isAnyAtWork() {
        return sessions.values().stream().anyMatch(NodeSession::takesJobs);
    }

    private String whyNobodyWorks() {
        return "no node of the cluster works for the pool: " + (nodes.isEmpty() ? whatIsMissing() : whatKeepsNodes());
    }

    private String whatIsMissing() {
        int members = parts.roles().members();
        if (members == 0) {
            return "this node has not joined a cluster; " + parts.roles().hint();
        }
        String role = parts.cluster()
                .role()
                .map(each -> " on nodes of the role '" + each + "'")
                .orElse("");
        return "there are no workers of the name '" + parts.cluster().name() + "'" + role
                + (otherNames.isEmpty()
                        ? "; the cluster has " + (members == 1 ? "1 node" : members + " nodes")
                                + ", if that is too few, " + parts.roles().hint()
                        : "; there are workers of other names: " + quotedOtherNames());
    }

    private String whatKeepsNodes() {
        List<String> all = new ArrayList<>();
        nodes.values().stream()
                .filter(node -> node.reachable)
                .map(node -> switch (node.state) {
                    case REFUSING -> node.address + " refuses: " + node.reason;
                    case LEAVING -> node.address + " is leaving";
                    default -> node.address + " has not answered yet";
                })
                .forEach(all::add);
        List<String> unreachable = nodes.values().stream()
                .filter(node -> !node.reachable)
                .map(node -> node.address)
                .toList();
        if (!unreachable.isEmpty()) {
            all.add("this node does not reach " + String.join(", ", unreachable)
                    + ": the link is cut, or they are gone or stopped");
        }
        if (!otherNames.isEmpty()) {
            all.add("there are also workers of other names: " + quotedOtherNames());
        }
        return String.join("; ", all);
    }

    private String quotedOtherNames() {
        return "'" + String.join("', '", otherNames) + "'";
    }

    // What they are at

    /** As a router would answer. */
    Router.Census census() {
        int workers = 0;
        int running = 0;
        int abandoned = 0;
        for (NodeSession<J, R> node : sessions.values()) {
            workers += node.takesJobs() ? node.usable() : 0;
            running += node.running.size();
            abandoned += node.load.abandoned();
        }
        return new Router.Census(workers, running, abandoned);
    }

    /**
     * Publishes it, so that any thread can read it.
     *
     * @return when to publish again, if nothing happens before that
     */
    long publish() {
        Router.Census census = census();
        var numbers = parts.gauges();
        numbers.begin();
        numbers.set(OfRouter.WORKERS, census.workers());
        numbers.set(OfRouter.FEWEST_WORKERS, Math.max(1, census.workers())); // so that its health tells of none
        numbers.set(OfRouter.MOST_WORKERS, census.workers());
        numbers.set(OfRouter.ABANDONED, census.abandoned());
        long nowNs = parts.clock().getAsLong();
        busyNs += busy * (nowNs - busySinceNs);
        busy = census.running();
        busySinceNs = nowNs;
        numbers.set(OfRouter.BUSY, busy);
        numbers.set(OfRouter.BUSY_NS, busyNs);
        numbers.set(OfRouter.BUSY_SINCE_NS, nowNs);
        numbers.set(OfRouter.OLDEST_BEGUN_NS, PoolGauges.NOTHING);
        numbers.end();
        if (nodesChanged || nowNs - nodesToldNs > NODES_TOLD_NS) {
            nodesChanged = false;
            nodesToldNs = nowNs;
            parts.nodes()
                    .accept(
                            nodes.values().stream().map(NodeSession::toNode).toList(),
                            isAnyAtWork() ? Optional.empty() : Optional.of(whyNobodyWorks()));
            return TimerQueue.NEVER;
        }
        return nodesToldNs + NODES_TOLD_NS + 1;
    }
}
