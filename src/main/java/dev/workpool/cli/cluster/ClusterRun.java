package dev.workpool.cli.cluster;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.workpool.WorkerPool;
import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.job.Job;
import dev.workpool.cli.job.Result;
import dev.workpool.cli.operation.RemoteOperation;
import dev.workpool.cli.options.ClusterOptions;
import dev.workpool.cli.options.NodeAddress;
import dev.workpool.cli.options.Workers;
import dev.workpool.cli.text.UsageException;
import dev.workpool.cluster.ClusterPool;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** This process as a node whose jobs are done by others. */
public final class ClusterRun implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(200);

    /** How long there may be no worker before that is worth a word. Those that wait for a run need about as long to find it. */
    private static final long QUIET_NS = Duration.ofSeconds(3).toNanos();

    private final Node node;
    private final NodeAddress meeting;
    private final Console console;
    private final Membership membership;

    /** Written by the thread of the run, read by the scheduler's. */
    private volatile boolean leaves;

    /** The rest is of the scheduler's thread. */
    private final Set<String> refusing = new HashSet<>();

    private long lastWorkerNs = System.nanoTime();
    private boolean told;

    private ClusterRun(Node node, NodeAddress meeting, Console console) {
        this.node = node;
        this.meeting = meeting;
        this.console = console;
        this.membership = new Membership(node);
    }

    /**
     * Listens where nodes meet, or else joins the node that does. Blocks until one of these is done, or a stop is asked for.
     *
     * @throws UsageException if it can listen nowhere
     */
    public static ClusterRun begin(ClusterOptions options, Console console, Stop stop)
            throws UsageException, InterruptedException {
        NodeAddress meeting = options.meeting();
        boolean told = false;
        while (true) {
            Optional<Node> first = meeting.isFree() ? Node.ofRun(meeting) : Optional.empty();
            if (first.isPresent()) {
                first.get().join(meeting);
                return new ClusterRun(first.get(), meeting, console);
            }
            Node other = Node.ofRun(options.own())
                    .orElseThrow(() -> new UsageException(
                            "--bind " + options.own() + ": cannot listen there; allowed: a free port of this machine"));
            other.join(meeting);
            long sinceNs = System.nanoTime();
            while (!other.isMember() && stop.status().isEmpty()) {
                other.awaitEnd(TICK);
                if (System.nanoTime() - sinceNs > QUIET_NS) {
                    if (!told) {
                        console.say("waiting for the node at " + meeting + ", which does not answer");
                        told = true;
                    }
                    sinceNs = System.nanoTime();
                    if (meeting.isFree()) {
                        break; // whoever listened there has left
                    }
                }
            }
            if (other.isMember() || stop.status().isPresent()) {
                return new ClusterRun(other, meeting, console);
            }
            other.close();
        }
    }

    public ActorSystem<Void> system() {
        return node.system();
    }

    /**
     * Starts the pool whose jobs are done by the nodes that work.
     *
     * @param workers how many jobs run at a time on all nodes together; null for as many as these have workers
     */
    public WorkerPool<Job, Result> start(RemoteOperation operation, WorkerPoolSettings settings, Workers workers)
            throws UsageException {
        SentJobs sent = new SentJobs(operation, settings.jobTimeout());
        WorkerPool<Job, Result> pool = ClusterPool.start(
                node.system(),
                settings(operation, settings),
                cluster(settings.name(), workers),
                sent.jobs(),
                sent.reports());
        node.system()
                .scheduler()
                .scheduleWithFixedDelay(
                        TICK, TICK, () -> look(pool), node.system().executionContext());
        return pool;
    }

    /** The workers see to the time-outs, since they know what has been written by then. What ignores them still ends here. */
    private static WorkerPoolSettings settings(RemoteOperation operation, WorkerPoolSettings chosen) {
        WorkerPoolSettings settings = operation.settings(chosen);
        return chosen.jobTimeout()
                .map(timeout -> settings.withJobTimeout(timeout.plus(settings.cancelGrace())))
                .orElse(settings);
    }

    private ClusterSettings cluster(String name, Workers workers) throws UsageException {
        try {
            Config root = node.system().settings().config();
            ClusterSettings settings = ClusterSettings.create(root, name);
            return workers == null ? settings : settings.withWorkers(Integer.parseInt(workers.setting()));
        } catch (IllegalArgumentException | ConfigException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private void look(WorkerPool<?, ?> pool) {
        membership.takeOutUnreachable(leaves);
        List<ClusterNode> nodes = ClusterPool.nodes(pool);
        for (ClusterNode each : nodes) {
            if (each.state() == ClusterNode.State.REFUSING && refusing.add(each.address())) {
                console.say("the worker at " + each.address() + " does not do these jobs: " + each.reason());
            }
        }
        long now = System.nanoTime();
        if (nodes.stream().anyMatch(each -> each.state() == ClusterNode.State.WORKING)) {
            lastWorkerNs = now;
            told = false;
        } else if (!told && !leaves && now - lastWorkerNs > QUIET_NS) {
            console.say("waiting for workers: start some by workpool worker --join " + meeting);
            told = true;
        }
    }

    @Override
    public void close() {
        leaves = true;
        node.close();
    }
}
