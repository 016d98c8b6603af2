package dev.workpool.cluster;

import static dev.workpool.support.PoolTest.LONG;
import static dev.workpool.support.PoolTest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.NodeJob.Kind;
import dev.workpool.cluster.WorkingNodes.Entry;
import dev.workpool.cluster.WorkingNodes.Member;
import dev.workpool.cluster.internal.fleet.Fleet;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.cluster.job.NodeLostException;
import dev.workpool.codec.JobCodec;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.Delivery;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.CapturedLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whatever becomes of the processes that work for a pool, each of its jobs has one outcome, and the right one. */
class NodeFaultTest {
    private static final Logger LOG = LoggerFactory.getLogger(NodeFaultTest.class);
    private static final Duration LEASE = Duration.ofSeconds(1);

    /** So many processes there are at least when a test begins. */
    private static final int PROCESSES = 3;

    @TempDir
    private static Path directory;

    private static Nodes nodes;
    private static ActorSystem<Void> system;
    private static WorkingNodes processes;
    private static long ids;

    @BeforeAll
    static void startProcesses() {
        nodes = new Nodes(WorkingNodes.SETTINGS);
        system = nodes.start();
        processes = new WorkingNodes(system, directory);
        for (int i = 0; i < PROCESSES; i++) {
            processes.start();
        }
    }

    @AfterAll
    static void stopProcesses() {
        nodes.close();
        processes.close();
        assertThat(processes.entries("crowd"))
                .as("more jobs at a time than workers")
                .isEmpty();
    }

    @AfterEach
    void takeOutWhatHasEnded() {
        processes.downEnded();
    }

    private static WorkerPool<NodeJob, String> pool(UnaryOperator<ClusterSettings> changes) {
        ClusterSettings cluster = ClusterSettings.create(system, WorkingNode.POOL)
                .withRenewal(Duration.ofMillis(100))
                .withLease(LEASE);
        WorkerPool<NodeJob, String> pool = ClusterPool.start(
                system,
                WorkerPoolSettings.create(system, "faults-" + ids),
                changes.apply(cluster),
                NodeJob.CODEC,
                JobCodec.strings());
        awaitWorking(pool, PROCESSES);
        return pool;
    }

    private static WorkerPool<NodeJob, String> pool() {
        return pool(settings -> settings);
    }

    private static void awaitWorking(WorkerPool<?, ?> pool, int count) {
        await().atMost(LONG)
                .until(() -> ClusterPool.nodes(pool).stream()
                                .filter(node -> node.state() == ClusterNode.State.WORKING)
                                .count()
                        >= count);
    }

    private static ClusterNode node(WorkerPool<?, ?> pool, Member process) {
        return ClusterPool.nodes(pool).stream()
                .filter(node -> node.address().equals(process.address().toString()))
                .findFirst()
                .orElseThrow();
    }

    private static List<NodeJob> jobs(int count, Kind kind, int amount) {
        return LongStream.range(0, count)
                .mapToObj(i -> NodeJob.of(++ids, kind, amount))
                .toList();
    }

    /** Waits until so many of the jobs have begun at a process. */
    private static void awaitBegun(List<NodeJob> jobs, Member process, int count) {
        await().atMost(LONG).until(() -> begun(jobs, process).size() >= count);
    }

    private static List<Entry> begun(List<NodeJob> jobs, Member process) {
        return process.entries("begin").stream()
                .filter(entry -> isOneOf(jobs, entry.job()))
                .toList();
    }

    private static boolean isOneOf(List<NodeJob> jobs, long id) {
        return id >= jobs.get(0).id() && id <= jobs.get(jobs.size() - 1).id();
    }

    /** Where and when each of the jobs has begun, in order of time. */
    private static Map<Long, List<Entry>> begins(List<NodeJob> jobs) {
        return processes.entries("begin").stream()
                .filter(entry -> isOneOf(jobs, entry.job()))
                .sorted(Comparator.comparingLong(Entry::atMs))
                .collect(Collectors.groupingBy(Entry::job));
    }

    private static Set<Long> ranAgain(List<NodeJob> jobs) {
        Map<Long, List<Entry>> begins = begins(jobs);
        return begins.keySet().stream()
                .filter(job -> begins.get(job).size() > 1)
                .collect(Collectors.toSet());
    }

    private static void checkAllSucceeded(WorkerPool<?, ?> pool, List<NodeJob> jobs, BatchResult<String> result) {
        assertThat(result.values())
                .isEqualTo(jobs.stream().map(NodeJob::expected).toList());
        checkCounts(pool, jobs.size());
    }

    /** Every job has been counted once. */
    private static void checkCounts(WorkerPool<?, ?> pool, int jobs) {
        await().atMost(LONG).untilAsserted(() -> {
            PoolSnapshot counts = pool.snapshot();
            assertThat(counts.done()).as("%s", counts).isEqualTo(jobs);
            assertThat(counts.queued() + counts.running() + counts.waiting())
                    .as("%s", counts)
                    .isZero();
        });
    }

    /** Only jobs that a process had begun have run again; says when. */
    private static void checkRunAgain(String what, List<NodeJob> jobs, Member lost, long atMs) {
        List<Long> later = new ArrayList<>();
        begins(jobs).forEach((job, begins) -> {
            assertThat(begins).as("runs of job %s", job).hasSizeLessThanOrEqualTo(2);
            if (begins.size() > 1) {
                assertThat(begins.get(0).node())
                        .as("where job %s ran first", job)
                        .isEqualTo(lost);
                later.add(begins.get(1).atMs() - atMs);
            }
        });
        LOG.warn(
                "{}: {} jobs ran twice, again after {} ms",
                what,
                later.size(),
                later.stream().sorted().toList());
    }

    @Test
    void jobsOfAProcessThatIsKilledRunElsewhere() throws Exception {
        try (WorkerPool<NodeJob, String> pool = pool()) {
            List<NodeJob> jobs = jobs(900, Kind.TAKE, 10);
            Batch<String> batch = pool.submitAll(jobs);
            Member victim = processes.alive().get(0);
            awaitBegun(jobs, victim, 50);
            victim.lose();
            long atMs = System.currentTimeMillis();
            checkAllSucceeded(pool, jobs, get(batch.result()));
            checkRunAgain("killed", jobs, victim, atMs);
        }
    }

    @Test
    void aProcessThatWakesAfterItsLeaseBeginsNothingOfWhatItHad() throws Exception {
        try (WorkerPool<NodeJob, String> pool = pool()) {
            List<NodeJob> jobs = jobs(2_000, Kind.TAKE, 10);
            Batch<String> batch = pool.submitAll(jobs);
            Member victim = processes.alive().get(0);
            awaitBegun(jobs, victim, 50);
            long stoppedMs = System.currentTimeMillis();
            victim.jvm().suspend();
            await().atMost(LONG).until(() -> node(pool, victim).out() == 0);
            Set<Long> before = begins(jobs).keySet();
            await().atMost(LONG).until(() -> begins(jobs).size() > before.size() + 100);
            long wokenMs = System.currentTimeMillis();
            victim.jvm().resume();
            await().atMost(LONG).until(() -> node(pool, victim).state() == ClusterNode.State.WORKING);
            List<NodeJob> more = jobs(100, Kind.TAKE, 10);
            BatchResult<String> moreResult = get(pool.submitAll(more).result());
            assertThat(begun(more, victim)).as("what the woken one has begun").isNotEmpty();
            assertThat(moreResult.isSuccess()).isTrue();
            BatchResult<String> result = get(batch.result());
            assertThat(result.values())
                    .isEqualTo(jobs.stream().map(NodeJob::expected).toList());
            checkCounts(pool, jobs.size() + more.size());
            Map<Long, List<Entry>> begins = begins(jobs);
            for (Entry late : begun(jobs, victim)) {
                if (late.atMs() >= wokenMs) {
                    assertThat(begins.get(late.job()))
                            .as("runs of what the woken one began")
                            .hasSize(1);
                }
            }
            checkRunAgain("suspended", jobs, victim, stoppedMs);
            LOG.warn("suspended: {}", node(pool, victim));
        }
    }

    @Test
    void aProcessThatLeavesFinishesWhatRunsAndNoJobRunsTwice() throws Exception {
        try (WorkerPool<NodeJob, String> pool = pool();
                CapturedLog log = CapturedLog.of(Fleet.class.getName())) {
            List<NodeJob> jobs = jobs(900, Kind.TAKE, 10);
            Batch<String> batch = pool.submitAll(jobs);
            Member leaving = processes.alive().get(0);
            awaitBegun(jobs, leaving, 50);
            leaving.jvm().terminate();
            processes.start();
            checkAllSucceeded(pool, jobs, get(batch.result()));
            assertThat(begins(jobs).values())
                    .allSatisfy(begins -> assertThat(begins).hasSize(1));
            assertThat(leaving.jvm().awaitExit()).isEqualTo(128 + 15);
            assertThat(leaving.entries("stop")).isEmpty();
            assertThat(log.messages()).as("what went wrong").isEmpty();
        }
    }

    @Test
    void aProcessThatJoinsGetsWork() throws Exception {
        try (WorkerPool<NodeJob, String> pool = pool()) {
            List<NodeJob> jobs = jobs(20_000, Kind.TAKE, 20);
            Batch<String> batch = pool.submitAll(jobs);
            Member joining = processes.start();
            joining.address();
            long atMs = System.currentTimeMillis();
            awaitBegun(jobs, joining, 1);
            LOG.warn(
                    "joined: its first job began after {} ms",
                    begun(jobs, joining).get(0).atMs() - atMs);
            awaitBegun(jobs, joining, 20);
            batch.cancel();
            BatchResult<String> result = get(batch.result());
            assertThat(result.succeeded()).isGreaterThan(20);
            assertThat(result.succeeded() + result.cancelled()).isEqualTo(jobs.size());
            assertThat(begins(jobs).values())
                    .allSatisfy(begins -> assertThat(begins).hasSize(1));
            checkCounts(pool, jobs.size());
        }
    }

    @Test
    void aJobThatEndsItsProcessFailsInTheEndAndNoOtherDoes() throws Exception {
        try (WorkerPool<NodeJob, String> pool = pool(settings -> settings.withMaxRuns(2))) {
            List<Member> before = processes.alive();
            CompletableFuture<String> poison = pool.submit(NodeJob.of(++ids, Kind.HALT, 400));
            List<NodeJob> jobs = jobs(600, Kind.TAKE, 10);
            Batch<String> batch = pool.submitAll(jobs);
            assertThat(poison)
                    .failsWithin(LONG)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(NodeLostException.class);
            assertThat(get(batch.result()).values())
                    .isEqualTo(jobs.stream().map(NodeJob::expected).toList());
            checkCounts(pool, jobs.size() + 1);
            List<Member> lost = new ArrayList<>(before);
            lost.removeAll(processes.alive());
            assertThat(lost).hasSize(2);
            lost.forEach(each -> processes.start());
        }
    }

    @Test
    void whatIsDeliveredAtMostOnceFailsWithItsNode() throws Exception {
        try (WorkerPool<NodeJob, String> pool = pool(settings -> settings.withDelivery(Delivery.AT_MOST_ONCE))) {
            List<NodeJob> jobs = jobs(900, Kind.TAKE, 10);
            Batch<String> batch = pool.submitAll(jobs);
            Member victim = processes.alive().get(0);
            awaitBegun(jobs, victim, 50);
            victim.lose();
            BatchResult<String> result = get(batch.result());
            checkCounts(pool, jobs.size());
            Map<Long, List<Entry>> begins = begins(jobs);
            assertThat(ranAgain(jobs)).isEmpty();
            assertThat(result.failed()).isPositive();
            assertThat(result.succeeded() + result.failed()).isEqualTo(jobs.size());
            for (int i = 0; i < jobs.size(); i++) {
                if (result.outcomes().get(i) instanceof Outcome.Failed<String> failed) {
                    assertThat(failed.error()).isInstanceOf(NodeLostException.class);
                    List<Entry> runs = begins.getOrDefault(jobs.get(i).id(), List.of());
                    assertThat(runs).allMatch(run -> run.node() == victim);
                }
            }
            LOG.warn("at most once: {} jobs failed", result.failed());
        }
    }
}
