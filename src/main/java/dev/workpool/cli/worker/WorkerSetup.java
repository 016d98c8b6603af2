package dev.workpool.cli.worker;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.workpool.cli.cluster.Membership;
import dev.workpool.cli.cluster.Node;
import dev.workpool.cli.cluster.ReceivedJobs;
import dev.workpool.cli.console.Console;
import dev.workpool.cli.console.ExitStatus;
import dev.workpool.cli.console.Stop;
import dev.workpool.cli.console.Streams;
import dev.workpool.cli.operation.ExecOperation;
import dev.workpool.cli.options.NodeAddress;
import dev.workpool.cli.options.Workers;
import dev.workpool.cli.text.UsageException;
import dev.workpool.cluster.ClusterWorkers;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Works in one cluster after another, each from its first run to its last, until it is told to stop. A node that has left a cluster cannot
 * come back, and so each has a node of its own.
 */
final class WorkerSetup {
    private static final Duration TICK = Duration.ofMillis(200);

    /** A node that is there answers sooner. */
    private static final long PATIENCE_NS = Duration.ofSeconds(10).toNanos();

    /** Workers end with their node as well, a moment before it. */
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private final Console console;
    private final Stop stop;
    private final NodeAddress meeting;
    private final NodeAddress own;
    private final Workers count;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private long done;

    /**
     * A setup.
     *
     * @param count how many workers; null for what the configuration says
     */
    WorkerSetup(Streams streams, NodeAddress meeting, NodeAddress own, Workers count) {
        this.console = new Console(streams.err(), streams.errIsTerminal());
        this.stop = streams.stop();
        this.meeting = meeting;
        this.own = own;
        this.count = count;
    }

    /** Works until it is told to stop. */
    int execute() throws UsageException, InterruptedException {
        stop.onRequest(stopped::countDown);
        while (awaitMeeting()) {
            try (Node node = Node.ofWorker(own)
                    .orElseThrow(() -> new UsageException(
                            "--bind " + own + ": cannot listen there; allowed: a free port of this machine"))) {
                if (!work(node)) {
                    console.say("the workers have stopped, though nobody has told them to: their process cannot go on");
                    return ExitStatus.FAILED;
                }
            }
        }
        console.say("left; " + done + " jobs done");
        return ExitStatus.OK;
    }

    /**
     * Waits until somebody listens where nodes meet, and returns whether somebody does. A node by itself would try less and less often to
     * reach it.
     */
    private boolean awaitMeeting() throws InterruptedException {
        boolean told = false;
        while (!isStopped() && !isMeeting() && !meeting.isTaken()) {
            if (!told) {
                console.say("waiting for a run at " + meeting);
                told = true;
            }
            stopped.await(TICK.toNanos(), TimeUnit.NANOSECONDS);
        }
        return !isStopped();
    }

    /** Works in the node's cluster, and returns false if that has ended by a fault of the workers. */
    private boolean work(Node node) throws UsageException, InterruptedException {
        WorkerPoolSettings chosen = settings(node.system());
        ReceivedJobs jobs = new ReceivedJobs(chosen);
        ClusterWorkers workers = start(node.system(), ExecOperation.withKillMargin(chosen), jobs);
        stop.onKill(jobs::kill);
        node.join(meeting);
        try {
            if (awaitMembership(node)) {
                String where = isMeeting() ? "listening at " + meeting : "joined " + meeting + " as " + node.address();
                console.say(where + ", with " + chosen.workers() + " workers");
                Membership membership = new Membership(node);
                while (!isStopped() && !membership.isAlone(meeting) && !node.awaitEnd(TICK)) {
                    if (workers.whenEnded().toCompletableFuture().isDone() && !node.awaitEnd(FAREWELL)) {
                        return false;
                    }
                }
            }
            if (isStopped()) {
                workers.close();
            }
            return true;
        } finally {
            done += workers.snapshot().succeeded();
        }
    }

    private static ClusterWorkers start(ActorSystem<?> system, WorkerPoolSettings settings, ReceivedJobs jobs)
            throws UsageException {
        try {
            return ClusterWorkers.start(system, settings, jobs.jobs(), jobs.reports(), jobs::run);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** Waits until it has joined, and returns whether it has. Somebody else than a node may listen there. */
    private boolean awaitMembership(Node node) throws InterruptedException {
        long beganNs = System.nanoTime();
        while (!node.isMember()) {
            if (isStopped() || node.awaitEnd(TICK)) {
                return false;
            }
            if (System.nanoTime() - beganNs > PATIENCE_NS) {
                console.say("no answer from " + meeting + "; trying again");
                return false;
            }
        }
        return true;
    }

    /** Whether this process listens where nodes meet. */
    private boolean isMeeting() {
        return own.equals(meeting);
    }

    private boolean isStopped() {
        return stop.status().isPresent();
    }

    private WorkerPoolSettings settings(ActorSystem<?> system) throws UsageException {
        try {
            Config root = system.settings().config();
            return WorkerPoolSettings.create(count == null ? root : count.applyTo(root), Workers.POOL)
                    .withCoordinatedShutdown(false); // the node leaves when its workers have
        } catch (IllegalArgumentException | ConfigException e) {
            throw new UsageException(e.getMessage());
        }
    }
}
