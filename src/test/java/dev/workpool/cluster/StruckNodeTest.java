package dev.workpool.cluster;

import static dev.workpool.cluster.TrialPool.awaitBegun;
import static dev.workpool.cluster.TrialPool.jobs;
import static dev.workpool.support.PoolTest.LONG;
import static dev.workpool.support.PoolTest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import akka.cluster.typed.Cluster;
import dev.workpool.Batch;
import dev.workpool.cluster.NodeJob.Kind;
import dev.workpool.cluster.WorkingNodes.Member;
import dev.workpool.support.HungryActor.Fault;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A working node whose control thread finds no memory, or stands still: its jobs run elsewhere, and its process ends. */
class StruckNodeTest {
    private static final int AKKAS_STATUS = 255;
    private static final int SIGTERM = 15;
    private static final int STRUCK_AFTER = 40;

    /** Its actors do not end, so each phase that waits for some takes its time. */
    private static final String STANDS_STILL = """
            workpool { close-timeout = 1s, cancel-grace = 100ms }
            akka.coordinated-shutdown {
              default-phase-timeout = 1s
              phases { cluster-exiting.timeout = 1s, actor-system-terminate.timeout = 1s }
            }
            """;

    @TempDir
    private Path directory;

    private Nodes nodes;
    private ActorSystem<Void> system;
    private WorkingNodes processes;

    @BeforeEach
    void startNodes() {
        nodes = new Nodes(WorkingNodes.SETTINGS);
        system = nodes.start();
        processes = new WorkingNodes(system, directory);
        processes.start();
    }

    @AfterEach
    void stopNodes() {
        processes.downEnded();
        nodes.close();
        processes.close();
    }

    private Member startStruck(Fault fault, String settings) {
        return processes.start(settings, "-Xmx64m", "-Dstruck.by=" + fault, "-Dstruck.after=" + STRUCK_AFTER);
    }

    private List<NodeJob> runWhileStruck(Member struck, Runnable meanwhile) throws Exception {
        try (TrialPool pool = new TrialPool(system, processes::diaries, settings -> settings)) {
            pool.awaitWorking(2);
            List<NodeJob> jobs = jobs(900, Kind.TAKE, 10);
            Batch<String> batch = pool.pool().submitAll(jobs);
            awaitBegun(jobs, struck.diary(), STRUCK_AFTER);
            long atMs = System.currentTimeMillis();
            meanwhile.run();
            pool.checkAllSucceeded(jobs, get(batch.result()));
            pool.checkRunAgain("struck", jobs, struck.diary(), 1, atMs);
            return jobs;
        }
    }

    /** As a job does that is larger than the heap. */
    @Test
    void oneThatCanDoSoLeavesTheCluster() throws Exception {
        Member struck = startStruck(Fault.TOO_LARGE, "workpool.close-timeout = 1h");
        runWhileStruck(struck, () -> {});
        assertThat(struck.jvm().awaitExit()).isEqualTo(AKKAS_STATUS);
        await().atMost(LONG).until(() -> Cluster.get(system).state().members().size() == 2);
    }

    @Test
    void oneWithoutAnyMemoryIsHalted() throws Exception {
        Member struck = startStruck(Fault.NO_MEMORY, "workpool.close-timeout = 5s");
        runWhileStruck(struck, () -> {});
        assertThat(struck.jvm().awaitExit()).isEqualTo(AKKAS_STATUS);
    }

    @Test
    void oneWhosePoolsStandStillEndsBySigterm() throws Exception {
        Member struck = startStruck(Fault.STANDS_STILL, STANDS_STILL);
        runWhileStruck(struck, () -> struck.jvm().terminate());
        assertThat(struck.jvm().awaitExit()).isEqualTo(128 + SIGTERM);
    }
}
