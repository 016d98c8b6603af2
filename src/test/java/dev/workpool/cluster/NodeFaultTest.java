package dev.workpool.cluster;

import static dev.workpool.cluster.TrialPool.awaitBegun;
import static dev.workpool.cluster.TrialPool.begun;
import static dev.workpool.cluster.TrialPool.jobs;
import static dev.workpool.support.PoolTest.LONG;
import static dev.workpool.support.PoolTest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.AddressFromURIString;
import akka.actor.typed.ActorSystem;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import dev.workpool.Batch;
import dev.workpool.cluster.NodeDiary.Entry;
import dev.workpool.cluster.NodeJob.Kind;
import dev.workpool.cluster.WorkingNodes.Member;
import dev.workpool.cluster.internal.fleet.Fleet;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.cluster.job.NodeLostException;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.Delivery;
import dev.workpool.support.CapturedLog;
import dev.workpool.support.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
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

    /** So many processes there are at least when a test begins. */
    private static final int PROCESSES = 3;

    @TempDir
    private static Path directory;

    private static Nodes nodes;
    private static ActorSystem<Void> system;
    private static WorkingNodes processes;

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

    private static TrialPool pool(UnaryOperator<ClusterSettings> changes) {
        TrialPool pool = new TrialPool(system, processes::diaries, changes);
        pool.awaitWorking(PROCESSES);
        return pool;
    }

    private static TrialPool pool() {
        return pool(settings -> settings);
    }

    /** It stays in the cluster until it is taken out, and hurts nobody there. */
    @Test
    void jobsOfAProcessThatIsKilledRunElsewhereAndOthersJoinBesideIt() throws Exception {
        try (TrialPool pool = pool()) {
            List<NodeJob> jobs = jobs(900, Kind.TAKE, 10);
            Batch<String> batch = pool.pool().submitAll(jobs);
            Member victim = processes.alive().get(0);
            awaitBegun(jobs, victim.diary(), 50);
            victim.jvm().kill();
            long atMs = System.currentTimeMillis();
            pool.checkAllSucceeded(jobs, get(batch.result()));
            pool.checkRunAgain("killed", jobs, victim.diary(), 1, atMs);
            Cluster cluster = Cluster.get(system);
            await().atMost(LONG)
                    .until(() -> cluster.state().getUnreachable().stream()
                            .anyMatch(member -> member.address().equals(victim.address())));
            Member joining = processes.start();
            pool.awaitWorking(processes.alive().size());
            assertThat(status(joining).orElseThrow()).isIn(MemberStatus.joining(), MemberStatus.weaklyUp());
            List<NodeJob> more = jobs(100, Kind.TAKE, 10);
            assertThat(get(pool.pool().submitAll(more).result()).isSuccess()).isTrue();
            assertThat(begun(more, joining.diary())).isNotEmpty();
            assertThat(status(victim)).contains(MemberStatus.up());
            processes.downEnded();
            await().atMost(LONG).until(() -> status(victim).isEmpty());
        }
    }

    private static Optional<MemberStatus> status(Member process) {
        for (akka.cluster.Member member : Cluster.get(system).state().getMembers()) {
            if (member.address().equals(process.address())) {
                return Optional.of(member.status());
            }
        }
        return Optional.empty();
    }

    @Test
    void aProcessThatWakesAfterItsLeaseBeginsNothingOfWhatItHad() throws Exception {
        try (TrialPool pool = pool()) {
            List<NodeJob> jobs = jobs(2_000, Kind.TAKE, 10);
            Batch<String> batch = pool.pool().submitAll(jobs);
            Member victim = processes.alive().get(0);
            awaitBegun(jobs, victim.diary(), 50);
            long stoppedMs = System.currentTimeMillis();
            victim.jvm().suspend();
            await().atMost(LONG)
                    .until(() -> pool.node(victim.address().toString()).out() == 0);
            Set<Long> before = pool.begins(jobs).keySet();
            await().atMost(LONG).until(() -> pool.begins(jobs).size() > before.size() + 100);
            long wokenMs = System.currentTimeMillis();
            victim.jvm().resume();
            await().atMost(LONG)
                    .until(() -> pool.node(victim.address().toString()).state() == ClusterNode.State.WORKING);
            List<NodeJob> more = jobs(100, Kind.TAKE, 10);
            BatchResult<String> moreResult = get(pool.pool().submitAll(more).result());
            assertThat(begun(more, victim.diary()))
                    .as("what the woken one has begun")
                    .isNotEmpty();
            assertThat(moreResult.isSuccess()).isTrue();
            BatchResult<String> result = get(batch.result());
            assertThat(result.values())
                    .isEqualTo(jobs.stream().map(NodeJob::expected).toList());
            pool.checkCounts(jobs.size() + more.size());
            Map<Long, List<Entry>> begins = pool.begins(jobs);
            for (Entry late : begun(jobs, victim.diary())) {
                if (late.atMs() >= wokenMs) {
                    assertThat(begins.get(late.job()))
                            .as("runs of what the woken one began")
                            .hasSize(1);
                }
            }
            pool.checkRunAgain("suspended", jobs, victim.diary(), 1, stoppedMs);
            LOG.warn("suspended: {}", pool.node(victim.address().toString()));
        }
    }

    @Test
    void aProcessThatLeavesFinishesWhatRunsAndNoJobRunsTwice() throws Exception {
        try (TrialPool pool = pool();
                CapturedLog log = CapturedLog.of(Fleet.class.getName())) {
            List<NodeJob> jobs = jobs(900, Kind.TAKE, 10);
            Batch<String> batch = pool.pool().submitAll(jobs);
            Member leaving = processes.alive().get(0);
            awaitBegun(jobs, leaving.diary(), 50);
            leaving.jvm().terminate();
            processes.start();
            pool.checkAllSucceeded(jobs, get(batch.result()));
            assertThat(pool.begins(jobs).values())
                    .allSatisfy(begins -> assertThat(begins).hasSize(1));
            assertThat(leaving.jvm().awaitExit()).isEqualTo(128 + 15);
            assertThat(leaving.entries("stop")).isEmpty();
            assertThat(log.messages()).as("what went wrong").isEmpty();
        }
    }

    @Test
    void aProcessThatJoinsGetsWork() throws Exception {
        try (TrialPool pool = pool()) {
            List<NodeJob> jobs = jobs(20_000, Kind.TAKE, 20);
            Batch<String> batch = pool.pool().submitAll(jobs);
            Member joining = processes.start();
            joining.address();
            long atMs = System.currentTimeMillis();
            awaitBegun(jobs, joining.diary(), 1);
            LOG.warn(
                    "joined: its first job began after {} ms",
                    begun(jobs, joining.diary()).get(0).atMs() - atMs);
            awaitBegun(jobs, joining.diary(), 20);
            batch.cancel();
            BatchResult<String> result = get(batch.result());
            assertThat(result.succeeded()).isGreaterThan(20);
            assertThat(result.succeeded() + result.cancelled()).isEqualTo(jobs.size());
            assertThat(pool.begins(jobs).values())
                    .allSatisfy(begins -> assertThat(begins).hasSize(1));
            pool.checkCounts(jobs.size());
        }
    }

    @Test
    void aJobThatEndsItsProcessFailsInTheEndAndNoOtherDoes() throws Exception {
        try (TrialPool pool = pool(settings -> settings.withMaxRuns(2))) {
            List<Member> before = processes.alive();
            CompletableFuture<String> poison =
                    pool.pool().submit(jobs(1, Kind.HALT, 400).get(0));
            List<NodeJob> jobs = jobs(600, Kind.TAKE, 10);
            Batch<String> batch = pool.pool().submitAll(jobs);
            assertThat(poison)
                    .failsWithin(LONG)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(NodeLostException.class);
            assertThat(get(batch.result()).values())
                    .isEqualTo(jobs.stream().map(NodeJob::expected).toList());
            pool.checkCounts(jobs.size() + 1);
            List<Member> lost = new ArrayList<>(before);
            lost.removeAll(processes.alive());
            assertThat(lost).hasSize(2);
            lost.forEach(each -> processes.start());
        }
    }

    @Test
    void whatIsDeliveredAtMostOnceFailsWithItsNode() throws Exception {
        try (TrialPool pool = pool(settings -> settings.withDelivery(Delivery.AT_MOST_ONCE))) {
            List<NodeJob> jobs = jobs(900, Kind.TAKE, 10);
            Batch<String> batch = pool.pool().submitAll(jobs);
            Member victim = processes.alive().get(0);
            awaitBegun(jobs, victim.diary(), 50);
            victim.lose();
            BatchResult<String> result = get(batch.result());
            pool.checkCounts(jobs.size());
            Map<Long, List<Entry>> begins = pool.begins(jobs);
            assertThat(pool.ranAgain(jobs)).isEmpty();
            assertThat(result.failed()).isPositive();
            assertThat(result.succeeded() + result.failed()).isEqualTo(jobs.size());
            for (int i = 0; i < jobs.size(); i++) {
                if (result.outcomes().get(i) instanceof Outcome.Failed<String> failed) {
                    assertThat(failed.error()).isInstanceOf(NodeLostException.class);
                    List<Entry> runs = begins.getOrDefault(jobs.get(i).id(), List.of());
                    assertThat(runs).allMatch(run -> run.node() == victim.diary());
                }
            }
            LOG.warn("at most once: {} jobs failed", result.failed());
        }
    }

    /** Its nodes have not been silent: it has not listened. */
    @Test
    void aSubmitterThatWasStoppedSaysSo() throws Exception {
        List<NodeJob> jobs = jobs(200, Kind.HOLD, 0);
        try (TrialPool pool = pool();
                ChildJvm submitter = SubmittingNode.start(system, jobs, 1)) {
            String address = submitter.awaitLine("submitting at ").substring("submitting at ".length());
            int busy = processes.alive().size() * WorkingNode.WORKERS;
            await().atMost(LONG).until(() -> pool.begins(jobs).size() == busy);
            submitter.suspend();
            await().atMost(LONG).until(() -> pool.entries(jobs, "stop").size() == busy);
            List<NodeJob> meanwhile = jobs(600, Kind.TAKE, 10);
            get(pool.pool().submitAll(meanwhile).result());
            submitter.resume();
            submitter.awaitLine("Pool 'submitting' stood still for ");
            assertThat(submitter.lines()).noneMatch(line -> line.contains("it was not heard of"));
            submitter.kill();
            Cluster.get(system).manager().tell(new Down(AddressFromURIString.parse(address)));
        }
    }

    @Test
    void jobsOfASubmitterThatIsKilledAreStoppedAndOthersAreServed() throws Exception {
        List<NodeJob> jobs = jobs(200, Kind.HOLD, 0);
        try (TrialPool pool = pool();
                ChildJvm submitter = SubmittingNode.start(system, jobs, 1)) {
            String address = submitter.awaitLine("submitting at ").substring("submitting at ".length());
            int busy = processes.alive().size() * WorkingNode.WORKERS;
            await().atMost(LONG).until(() -> pool.begins(jobs).size() == busy);
            submitter.kill();
            long atMs = System.currentTimeMillis();
            List<NodeJob> others = jobs(100, Kind.TAKE, 1);
            pool.checkAllSucceeded(others, get(pool.pool().submitAll(others).result()));
            await().atMost(LONG).until(() -> pool.entries(jobs, "stop").size() == busy);
            assertThat(pool.begins(jobs)).hasSize(busy);
            LOG.warn(
                    "killed submitter: its jobs were stopped after {} ms",
                    pool.entries(jobs, "stop").stream()
                            .map(stop -> stop.atMs() - atMs)
                            .sorted()
                            .toList());
            Cluster.get(system).manager().tell(new Down(AddressFromURIString.parse(address)));
        }
    }
}
