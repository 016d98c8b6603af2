package dev.workpool.cluster;

import static dev.workpool.cluster.TrialPool.jobs;
import static dev.workpool.support.PoolTest.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.cluster.NodeDiary.Entry;
import dev.workpool.cluster.NodeJob.Kind;
import dev.workpool.cluster.WorkingNodes.Member;
import dev.workpool.job.BatchResult;
import dev.workpool.support.CuttableProxy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A link between nodes fails for longer than Akka takes to call a node unreachable, or a node is stopped or killed: no job is cancelled,
 * and the link is used again. Node 0 submits, in this JVM; the others work, in processes of their own, with what
 * {@code workpool-cluster.conf} says.
 *
 * <p>One failure by default. {@code -Dlinks.rows=all} tries each and logs a table, {@code -Dlinks.seconds=4,10,25,60} says for how
 * long, {@code -Dlinks.nodes=5} how many nodes work. {@code -Dlinks.downing=akka.cluster.sbr.SplitBrainResolverProvider} shows what a
 * resolver makes of it.
 */
class ClusterLinkTest {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterLinkTest.class);
    private static final int NODES = Integer.getInteger("links.nodes", 2);
    private static final int JOB_MS = 20;

    /** How often that many workers begin a job in a second. */
    private static final int RATE = NODES * WorkingNode.WORKERS * 1_000 / JOB_MS;

    private final List<CuttableProxy> networks = new ArrayList<>();
    private final List<Member> workers = new ArrayList<>();

    @TempDir
    private Path directory;

    /** What fails, for how long, and how it ends. */
    private record Row(String name, int seconds, Runnable begin, Runnable end) {}

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS) // on demand it takes as long as there are rows
    void noJobIsCancelledWhateverLinkFails() throws Exception {
        String downing = System.getProperty("links.downing");
        String settings = downing == null
                ? ""
                : "akka.cluster { downing-provider-class = \"" + downing
                        + "\", split-brain-resolver.stable-after = 7s }\n";
        try (Nodes nodes = new Nodes(settings)) {
            ActorSystem<Void> system = nodes.start(network(0));
            WorkingNodes processes = new WorkingNodes(system, directory);
            try (processes) {
                for (int i = 1; i <= NODES; i++) {
                    workers.add(processes.start(settings + network(i)));
                }
                try (TrialPool pool = new TrialPool(
                        system, processes::diaries, cluster -> cluster.withLease(Duration.ofSeconds(5)))) {
                    for (Row row : rows()) {
                        pool.awaitWorking(NODES);
                        run(row, pool);
                    }
                }
            }
        } finally {
            networks.forEach(CuttableProxy::close);
        }
    }

    private void run(Row row, TrialPool pool) {
        List<NodeJob> jobs = jobs(RATE * (row.seconds() + 5), Kind.TAKE, JOB_MS);
        Batch<String> batch = pool.pool().submitAll(jobs);
        await().atMost(LONG).until(() -> batch.progress().succeeded() >= RATE);
        row.begin().run();
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(row.seconds());
        while (System.nanoTime() - untilNs < 0) {
            LockSupport.parkNanos(10_000_000);
        }
        long endedMs = System.currentTimeMillis();
        row.end().run();
        long endedNs = System.nanoTime();
        pool.awaitWorking(NODES);
        long againMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - endedNs);
        BatchResult<String> result = batch.result().toCompletableFuture().join();
        LOG.warn(
                "| {} | {} s | {} jobs, {} not succeeded | {} run twice | longest time without work {} ms | all nodes work again {} ms after |",
                row.name(),
                row.seconds(),
                jobs.size(),
                jobs.size() - result.succeeded(),
                pool.ranAgain(jobs).size(),
                longestPause(pool.entries(jobs, "begin")),
                againMs);
        if (row.name().startsWith("worker and worker")) { // the submitter reaches both
            assertThat(pool.entries(jobs, "begin").stream()
                            .filter(entry -> entry.atMs() < endedMs && entry.atMs() > endedMs - 3_000)
                            .map(Entry::node)
                            .distinct())
                    .as("workers that work on while they do not reach each other")
                    .hasSize(NODES);
        }
        assertThat(result.succeeded())
                .as("%s for %s s: %s", row.name(), row.seconds(), result)
                .isEqualTo(jobs.size());
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        if (!"all".equals(System.getProperty("links.rows"))) {
            rows.add(link("submitter and worker", 18, true, List.of(0), List.of(1)));
            rows.add(link("worker and worker", 18, true, List.of(1), List.of(2)));
            return rows;
        }
        for (String seconds : System.getProperty("links.seconds", "4,10,25,60").split(",", -1)) {
            int length = Integer.parseInt(seconds);
            List<Integer> all = IntStream.rangeClosed(0, NODES).boxed().toList();
            List<Integer> others = all.subList(1, all.size());
            for (boolean held : new boolean[] {true, false}) {
                rows.add(link("submitter to worker", length, held, List.of(0), List.of(1), true));
                rows.add(link("worker to submitter", length, held, List.of(1), List.of(0), true));
                rows.add(link("submitter and worker", length, held, List.of(0), List.of(1)));
                rows.add(link("worker and worker", length, held, List.of(1), List.of(2)));
                rows.add(link("submitter and all", length, held, List.of(0), others));
                rows.add(link("worker and all", length, held, List.of(1), List.of(0, 2)));
            }
            rows.add(new Row(
                    "worker stopped",
                    length,
                    () -> workers.get(0).jvm().suspend(),
                    () -> workers.get(0).jvm().resume()));
        }
        return rows;
    }

    private Row link(String name, int seconds, boolean held, List<Integer> ones, List<Integer> others) {
        return link(name, seconds, held, ones, others, false);
    }

    private Row link(
            String name, int seconds, boolean held, List<Integer> ones, List<Integer> others, boolean isOneWay) {
        Runnable begin = () -> {
            for (int one : ones) {
                for (int other : others) {
                    networks.get(other).hangFrom(host(one));
                    if (!isOneWay) {
                        networks.get(one).hangFrom(host(other));
                    }
                }
            }
        };
        Runnable end = () -> {
            for (CuttableProxy network : networks) {
                if (!held) {
                    network.cut();
                }
                network.heal();
            }
        };
        return new Row(name + (held ? ", held" : ", dropped"), seconds, begin, end);
    }

    /** By which others know who connects to them. */
    private static InetAddress host(int node) {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (10 + node)});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private String network(int node) throws Exception {
        CuttableProxy network = new CuttableProxy(WorkingNodes.freePort());
        networks.add(network);
        return WorkingNodes.behind(network) + "\nakka.remote.artery.advanced.tcp.outbound-client-hostname = \""
                + host(node).getHostAddress() + "\"\n";
    }

    private static long longestPause(List<Entry> begins) {
        List<Long> times = begins.stream()
                .map(Entry::atMs)
                .sorted(Comparator.naturalOrder())
                .toList();
        return IntStream.range(1, times.size())
                .mapToLong(i -> times.get(i) - times.get(i - 1))
                .max()
                .orElse(0);
    }
}
