package dev.workpool.cluster;

import static dev.workpool.cluster.TrialPool.jobs;
import static dev.workpool.support.PoolTest.LONG;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.cluster.NodeDiary.Entry;
import dev.workpool.cluster.NodeJob.Kind;
import dev.workpool.cluster.WorkingNodes.Member;
import dev.workpool.job.PoolObserver;
import dev.workpool.job.PoolProblem;
import dev.workpool.settings.BatchOptions;
import dev.workpool.support.ChildJvm;
import dev.workpool.support.CuttableProxy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
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
 * <p>Two failures by default. {@code -Dlinks.rows=all} tries each and logs a table, {@code -Dlinks.rows=stopped|killed} those whose
 * names have such a text, {@code -Dlinks.seconds=4,10,25,60} says for how long, {@code -Dlinks.nodes=4} how many nodes work.
 * {@code -Dlinks.downing=akka.cluster.sbr.SplitBrainResolverProvider} shows what a resolver makes of it.
 */
class ClusterLinkTest {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterLinkTest.class);
    private static final int NODES = Integer.getInteger("links.nodes", 2);
    private static final String ROWS = System.getProperty("links.rows", "");
    private static final int JOB_MS = 20;
    private static final int LEASE_SECONDS = 5;

    /** How often that many workers begin a job in a second. */
    private static final int RATE = NODES * WorkingNode.WORKERS * 1_000 / JOB_MS;

    private final List<CuttableProxy> networks = new ArrayList<>();
    private final List<Member> workers = new ArrayList<>();
    private final List<String> settings = new ArrayList<>();
    private final SoftAssertions softly = new SoftAssertions(); // the table goes on after a row that failed
    private WorkingNodes processes;
    private ActorSystem<Void> system;

    /** The worker that has failed last: they take turns, so that every link has its turn. */
    private int last;

    @TempDir
    private Path directory;

    /** What fails, for how long, how many nodes work meanwhile, and how it begins and ends. */
    private record Row(String name, int seconds, int working, Runnable begin, Runnable end) {
        /** Both at a time. */
        Row and(Row other) {
            return new Row(
                    name + "; " + other.name,
                    seconds,
                    working + other.working - NODES,
                    () -> {
                        begin.run();
                        other.begin.run();
                    },
                    () -> {
                        end.run();
                        other.end.run();
                    });
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS) // on demand it takes as long as there are rows
    void noJobIsCancelledWhateverLinkFails() throws Exception {
        String downing = System.getProperty("links.downing");
        String all = downing == null
                ? ""
                : "akka.cluster { downing-provider-class = \"" + downing
                        + "\", split-brain-resolver.stable-after = 7s }\n";
        for (int i = 0; i <= NODES; i++) {
            settings.add(all + network(i));
        }
        try (Nodes nodes = new Nodes()) {
            system = nodes.start(settings.get(0));
            try (WorkingNodes started = new WorkingNodes(system, directory)) {
                processes = started;
                for (int i = 1; i <= NODES; i++) {
                    workers.add(processes.start(settings.get(i)));
                }
                try (TrialPool pool = new TrialPool(
                        system, processes::diaries, cluster -> cluster.withLease(Duration.ofSeconds(LEASE_SECONDS)))) {
                    for (Row row : rows()) {
                        pool.awaitWorking(NODES);
                        run(row, pool);
                    }
                    if (!ROWS.isEmpty()) {
                        for (int seconds : seconds("7,11,15,40")) {
                            stopTheSubmitter(seconds, pool);
                        }
                    }
                }
            }
        } finally {
            networks.forEach(CuttableProxy::close);
        }
        softly.assertAll();
    }

    private void run(Row row, TrialPool pool) {
        List<NodeJob> jobs = jobs(RATE * 5 + RATE * row.seconds() * row.working() / NODES, Kind.TAKE, JOB_MS);
        List<PoolProblem> problems = new CopyOnWriteArrayList<>();
        Batch<String> batch = pool.pool()
                .submitAll(jobs, BatchOptions.defaults().withObserver(new PoolObserver() {
                    @Override
                    public void onProblem(PoolProblem problem) {
                        problems.add(problem);
                    }
                }));
        await().atMost(LONG).until(() -> batch.progress().succeeded() >= RATE);
        row.begin().run();
        pass(row.seconds());
        long endedMs = System.currentTimeMillis();
        boolean hasEnded = batch.progress().succeeded() == jobs.size();
        String health = pool.pool().health().toString();
        row.end().run();
        long endedNs = System.nanoTime();
        pool.awaitWorking(NODES);
        long againMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - endedNs);
        long succeeded = batch.result().toCompletableFuture().join().succeeded();
        log(row.name(), row.seconds(), pool, jobs, succeeded, againMs + (hasEnded ? " ms, the jobs before" : " ms"));
        if (row.name().startsWith("worker and worker") && !row.name().contains(";")) { // the submitter reaches both
            softly.assertThat(pool.entries(jobs, "begin").stream()
                            .filter(entry -> entry.atMs() < endedMs && entry.atMs() > endedMs - 3_000)
                            .map(Entry::node)
                            .distinct())
                    .as("workers that work on while they do not reach each other")
                    .hasSize(NODES);
        }
        if (row.working() <= 0 && row.seconds() > LEASE_SECONDS) {
            softly.assertThat(health).contains("does not reach akka://");
        }
        if (row.working() <= 0 && row.seconds() > LEASE_SECONDS + 11) {
            softly.assertThat(problems).singleElement().satisfies(problem -> {
                softly.assertThat(problem.kind()).isEqualTo(PoolProblem.Kind.NO_NODE);
                softly.assertThat(problem.reason()).contains("does not reach akka://");
            });
        }
        List<NodeJob> after = jobs(RATE, Kind.TAKE, JOB_MS);
        pool.pool().submitAll(after).result().toCompletableFuture().join();
        softly.assertThat(pool.entries(after, "begin").stream().map(Entry::node).distinct())
                .as("nodes that work after %s", row.name())
                .hasSize(NODES);
        softly.assertThat(succeeded)
                .as("%s for %s s", row.name(), row.seconds())
                .isEqualTo(jobs.size());
    }

    /** One in a process of its own. */
    private void stopTheSubmitter(int seconds, TrialPool pool) {
        List<NodeJob> jobs = jobs(RATE * 5, Kind.TAKE, JOB_MS);
        String name = "submitter stopped";
        if (!isWanted(name)) {
            return;
        }
        try (ChildJvm submitter = SubmittingNode.start(system, jobs, LEASE_SECONDS)) {
            await().atMost(LONG).until(() -> pool.begins(jobs).size() >= RATE);
            submitter.suspend();
            pass(seconds);
            submitter.resume();
            long endedMs = System.currentTimeMillis();
            long succeeded = Long.parseLong(submitter.awaitLine("succeeded: ").substring("succeeded: ".length()));
            long againMs = pool.entries(jobs, "begin").stream()
                    .mapToLong(Entry::atMs)
                    .filter(atMs -> atMs > endedMs)
                    .map(atMs -> atMs - endedMs)
                    .min()
                    .orElse(0);
            log(name, seconds, pool, jobs, succeeded, againMs + " ms");
            softly.assertThat(succeeded).as("%s for %s s", name, seconds).isEqualTo(jobs.size());
            submitter.terminate();
            await().atMost(LONG).until(() -> !submitter.isAlive());
        }
    }

    private static void pass(int seconds) {
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() - untilNs < 0) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static void log(
            String name, int seconds, TrialPool pool, List<NodeJob> jobs, long succeeded, String again) {
        LOG.warn(
                "| {} | {} s | {} | {} | {} | {} ms | {} |",
                name,
                seconds,
                jobs.size(),
                jobs.size() - succeeded,
                pool.ranAgain(jobs).size(),
                longestPause(pool.entries(jobs, "begin")),
                again);
    }

    private static boolean isWanted(String name) {
        return ROWS.equals("all") || Pattern.compile(ROWS).matcher(name).find();
    }

    private static List<Integer> seconds(String others) {
        return Arrays.stream(System.getProperty("links.seconds", others).split(",", -1))
                .map(Integer::valueOf)
                .toList();
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        if (ROWS.isEmpty()) {
            rows.add(link("submitter and worker", 18, true, 0, 1));
            rows.add(link("worker and worker", 18, true, 1, 2));
            return rows;
        }
        for (int seconds : seconds("4,10,25,60")) {
            for (boolean held : new boolean[] {true, false}) {
                rows.add(link("submitter to worker", seconds, held, List.of(0), List.of(next()), true));
                rows.add(link("worker to submitter", seconds, held, List.of(next()), List.of(0), true));
                rows.add(link("submitter and worker", seconds, held, 0, next()));
                rows.add(link("worker to worker", seconds, held, List.of(next()), List.of(afterThat()), true));
                rows.add(link("worker and worker", seconds, held, next(), afterThat()));
                rows.add(link("submitter and all", seconds, held, List.of(0), except(0), false));
                int one = next();
                rows.add(link("worker and all", seconds, held, List.of(one), except(one), false));
            }
        }
        seconds("7,11,15,40").forEach(seconds -> rows.add(stop(seconds, next())));
        for (int seconds : seconds("11,25")) {
            rows.add(kill(seconds, next()));
            rows.add(stop(seconds, next()).and(stop(seconds, afterThat())));
            rows.add(kill(seconds, next()).and(kill(seconds, afterThat())));
            rows.add(stop(seconds, next()).and(kill(seconds, afterThat())));
            rows.add(link("submitter and worker", seconds, false, 0, next()).and(stop(seconds, afterThat())));
            rows.add(link("submitter and worker", seconds, false, 0, next()).and(kill(seconds, afterThat())));
            rows.add(link("worker and worker", seconds, false, next(), afterThat())
                    .and(kill(seconds, last)));
            rows.add(link("worker and worker", seconds, false, next(), afterThat())
                    .and(link("submitter and worker", seconds, false, 0, last)));
        }
        rows.removeIf(row -> !isWanted(row.name()));
        return rows;
    }

    private int next() {
        last = afterThat();
        return last;
    }

    private int afterThat() {
        return last % NODES + 1;
    }

    private static List<Integer> except(int node) {
        return IntStream.rangeClosed(0, NODES)
                .filter(each -> each != node)
                .boxed()
                .toList();
    }

    private Row stop(int seconds, int worker) {
        return new Row(
                "worker stopped",
                seconds,
                NODES - 1,
                () -> workers.get(worker - 1).jvm().suspend(),
                () -> workers.get(worker - 1).jvm().resume());
    }

    /** Another takes its address. */
    private Row kill(int seconds, int worker) {
        return new Row(
                "worker killed",
                seconds,
                NODES - 1,
                () -> workers.get(worker - 1).jvm().kill(),
                () -> workers.set(worker - 1, processes.start(settings.get(worker))));
    }

    private Row link(String name, int seconds, boolean held, int one, int other) {
        return link(name, seconds, held, List.of(one), List.of(other), false);
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
        int idle = ones.contains(0) ? others.size() : others.contains(0) ? ones.size() : 0;
        return new Row(name + (held ? ", held" : ", dropped"), seconds, NODES - idle, begin, end);
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
