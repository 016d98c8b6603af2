package dev.workpool.cluster;

import static dev.workpool.cluster.TrialPool.awaitBegun;
import static dev.workpool.cluster.TrialPool.begun;
import static dev.workpool.cluster.TrialPool.jobs;
import static dev.workpool.support.PoolTest.LONG;
import static dev.workpool.support.PoolTest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.cluster.NodeDiary.Entry;
import dev.workpool.cluster.NodeJob.Kind;
import dev.workpool.cluster.WorkingNodes.Member;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.support.CuttableProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The network between two nodes fails, of which one submits and both work; each job has one outcome, and the right one. */
class ClusterNetworkTest {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNetworkTest.class);

    /** Shorter than it takes the cluster to take a node out. */
    private static final long PARTITION_NS = 4_000_000_000L;

    @TempDir
    private static Path directory;

    private static CuttableProxy toHere;
    private static CuttableProxy toThere;
    private static Nodes nodes;
    private static ActorSystem<Void> system;
    private static ClusterWorkers workersHere;
    private static NodeDiary here;
    private static WorkingNodes processes;
    private static Member there;

    @BeforeAll
    static void startNodes() throws IOException {
        toHere = new CuttableProxy(WorkingNodes.freePort());
        toThere = new CuttableProxy(WorkingNodes.freePort());
        nodes = new Nodes(WorkingNodes.SETTINGS);
        system = nodes.start(WorkingNodes.behind(toHere));
        here = new NodeDiary(directory.resolve("here.txt"));
        workersHere = WorkingNode.start(system, here);
        processes = new WorkingNodes(system, directory);
        there = processes.start(WorkingNodes.behind(toThere));
    }

    @AfterAll
    static void stopNodes() {
        workersHere.close();
        nodes.close();
        processes.close();
        toHere.close();
        toThere.close();
    }

    private static List<NodeDiary> diaries() {
        return Stream.concat(Stream.of(here), processes.diaries().stream()).toList();
    }

    private static TrialPool pool() {
        TrialPool pool = new TrialPool(system, ClusterNetworkTest::diaries, settings -> settings);
        pool.awaitWorking(2);
        return pool;
    }

    @Test
    void aNodeThatIsCutOffStopsAndItsJobsRunElsewhere() throws Exception {
        try (TrialPool pool = pool()) {
            List<NodeJob> jobs = jobs(10, Kind.TAKE, 1_600);
            Batch<String> batch = pool.pool().submitAll(jobs);
            awaitBegun(jobs, there.diary(), 2);
            long cutMs = System.currentTimeMillis();
            long cutNs = System.nanoTime();
            toHere.hang();
            toThere.hang();
            await().atMost(LONG)
                    .until(() -> pool.node(there.address().toString()).out() == 0);
            await("what the cut-off node stops")
                    .atMost(LONG)
                    .until(() -> there.entries("stop").size() == 2);
            List<Entry> stopped = there.entries("stop");
            int begun = begun(jobs, there.diary()).size();
            while (System.nanoTime() - cutNs < PARTITION_NS) {
                LockSupport.parkNanos(10_000_000);
            }
            assertThat(begun(jobs, there.diary())).as("what it begins").hasSize(begun);
            toHere.heal();
            toThere.heal();
            long healedMs = System.currentTimeMillis();
            await().atMost(LONG)
                    .until(() -> pool.node(there.address().toString()).state() == ClusterNode.State.WORKING);
            long workingMs = System.currentTimeMillis();
            List<NodeJob> more = jobs(200, Kind.TAKE, 10);
            assertThat(get(pool.pool().submitAll(more).result()).isSuccess()).isTrue();
            assertThat(begun(more, there.diary()))
                    .as("what it has begun after the cut")
                    .isNotEmpty();
            assertThat(get(batch.result()).values())
                    .isEqualTo(jobs.stream().map(NodeJob::expected).toList());
            pool.checkCounts(jobs.size() + more.size());
            pool.checkRunAgain("partition", jobs, there.diary(), 1, cutMs);
            LOG.warn(
                    "partition: stopped after {} ms; worked again {} ms after its end; {}",
                    stopped.stream().map(each -> each.atMs() - cutMs).toList(),
                    workingMs - healedMs,
                    pool.node(there.address().toString()));
        }
    }

    @Test
    void workGoesOnWhenConnectionsAreReset() throws Exception {
        try (TrialPool pool = pool()) {
            List<NodeJob> jobs = jobs(2_000, Kind.TAKE, 5);
            Batch<String> batch = pool.pool().submitAll(jobs);
            int resets = 2;
            for (int i = 0; i < resets; i++) {
                awaitBegun(jobs, there.diary(), begun(jobs, there.diary()).size() + 100);
                toHere.cut();
                toThere.cut();
            }
            long atMs = System.currentTimeMillis();
            pool.checkAllSucceeded(jobs, get(batch.result()));
            pool.checkRunAgain("reset", jobs, there.diary(), resets, atMs);
            LOG.warn("reset: the longest time without work was {} ms", longestPause(begun(jobs, there.diary())));
        }
    }

    private static long longestPause(List<Entry> begins) {
        long longest = 0;
        for (int i = 1; i < begins.size(); i++) {
            longest = Math.max(longest, begins.get(i).atMs() - begins.get(i - 1).atMs());
        }
        return longest;
    }
}
