package dev.workpool.cluster;

import static dev.workpool.cluster.TrialPool.jobs;
import static dev.workpool.support.PoolTest.get;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import dev.workpool.cluster.NodeJob.Kind;
import dev.workpool.job.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs and results that the settings allow, and that are too large for the 256 MB of a working node: they fail by name, and the nodes live on. */
class LargeJobsTest {
    private static final String ALLOWED =
            "workpool.cluster { max-job-bytes = 536870912, max-result-bytes = 536870912 }\n";

    /** A node that collects garbage on a busy machine for some seconds is not to lose its lease for that. */
    private static final Duration LEASE = Duration.ofMinutes(1);

    /** Much less than the heap of a node, which would have them several times. */
    private static final int LARGE_JOB = 90_000_000;

    private static final int LARGE_RESULT = 45_000_000;

    @TempDir
    private static Path directory;

    private static Nodes nodes;
    private static ActorSystem<Void> system;
    private static WorkingNodes processes;

    @BeforeAll
    static void startNodes() {
        nodes = new Nodes(WorkingNodes.SETTINGS + ALLOWED);
        system = nodes.start();
        processes = new WorkingNodes(system, directory);
        processes.start(ALLOWED);
        processes.start(ALLOWED);
    }

    @AfterAll
    static void stopNodes() {
        nodes.close();
        processes.close();
    }

    private static TrialPool pool() {
        TrialPool pool = new TrialPool(system, processes::diaries, settings -> settings.withLease(LEASE));
        pool.awaitWorking(2);
        return pool;
    }

    private static void checkThatNodesGoOn(TrialPool pool) throws Exception {
        List<NodeJob> more = jobs(50, Kind.TAKE, 1);
        assertThat(get(pool.pool().submitAll(more).result()).isSuccess()).isTrue();
        assertThat(processes.alive()).as("working nodes").hasSize(2);
        assertThat(processes.lines()).noneMatch(line -> line.contains("OutOfMemoryError"));
    }

    @Test
    void aJobThatIsTooLargeForANodeIsRejectedByName() throws Exception {
        try (TrialPool pool = pool()) {
            NodeJob large = new NodeJob(1, Kind.TAKE, 0, "x".repeat(LARGE_JOB));
            Outcome<String> outcome = get(pool.pool().submitAll(List.of(large)).result())
                    .outcomes()
                    .get(0);
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Rejected.class,
                            rejected -> assertThat(rejected.reason())
                                    .contains("has 900000")
                                    .contains("max-job-bytes")
                                    .contains("heap")
                                    .contains(": up to "));
            checkThatNodesGoOn(pool);
        }
    }

    @Test
    void aResultThatIsTooLargeFailsAtOnceByName() throws Exception {
        try (TrialPool pool = pool()) {
            List<NodeJob> large = jobs(1, Kind.LARGE, LARGE_RESULT);
            Outcome<String> outcome =
                    get(pool.pool().submitAll(large).result()).outcomes().get(0);
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.error())
                                    .isInstanceOf(IllegalArgumentException.class)
                                    .hasMessageContaining("a result has 45000000 bytes")
                                    .hasMessageContaining("heap")
                                    .hasMessageContaining("max-result-bytes"));
            assertThat(pool.entries(large, "begin")).as("runs").hasSize(1);
            checkThatNodesGoOn(pool);
        }
    }
}
