package dev.workpool.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import dev.workpool.Processing;
import dev.workpool.durable.DurableBatch;
import dev.workpool.durable.DurableQueue;
import dev.workpool.durable.JobStore;
import dev.workpool.durable.QueueWork;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.Deliveries;
import dev.workpool.support.PoolTest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Durable jobs, and those of a stream with keys, run on other nodes, of which one is killed in the middle. */
class ClusterDurableTest {
    private static final int JOBS = 400;
    private static final int PROCESSES = 3;

    @TempDir
    private static Path directory;

    private static Nodes nodes;
    private static ActorSystem<Void> submitting;
    private static WorkingNodes processes;

    @BeforeAll
    static void startNodes() {
        nodes = new Nodes(WorkingNodes.SETTINGS);
        submitting = nodes.start();
        processes = new WorkingNodes(submitting, directory);
        for (int i = 0; i < PROCESSES; i++) {
            processes.start();
        }
    }

    @AfterAll
    static void stopNodes() {
        nodes.close();
        processes.close();
    }

    private static TrialPool pool() {
        TrialPool pool = new TrialPool(submitting, processes::diaries, settings -> settings);
        pool.awaitWorking(2);
        return pool;
    }

    private static void killOneThatHasBegun(int count, List<NodeJob> jobs) {
        Set<Long> ids = jobs.stream().map(NodeJob::id).collect(Collectors.toSet());
        await().atMost(PoolTest.LONG).until(() -> busy(ids).count() >= count);
        processes.alive().stream()
                .filter(each -> each.entries("begin").stream().anyMatch(entry -> ids.contains(entry.job())))
                .findFirst()
                .orElseThrow()
                .jvm()
                .kill();
        processes.downEnded();
    }

    private static Stream<NodeDiary.Entry> busy(Set<Long> ids) {
        return processes.entries("begin").stream().filter(entry -> ids.contains(entry.job()));
    }

    @Test
    void durableJobsAreAcknowledgedOnceEachHasRun() throws Exception {
        List<NodeJob> jobs = TrialPool.jobs(JOBS, NodeJob.Kind.TAKE, 5);
        try (TrialPool trial = pool();
                JobStore store = JobStore.sqlite(directory.resolve("jobs.db"))) {
            DurableQueue<NodeJob> queue = DurableQueue.open(submitting, store, "durable", NodeJob.CODEC);
            DurableBatch batch = PoolTest.get(queue.enqueueAll(jobs));
            try (QueueWork work = queue.workOn(trial.pool())) {
                killOneThatHasBegun(20, jobs);
                assertThat(PoolTest.get(batch.ended()).succeeded()).isEqualTo(JOBS);
                await().atMost(PoolTest.LONG).until(() -> work.stats().succeeded() == JOBS);
                assertThat(PoolTest.get(queue.stats()).claimed()).isZero();
            }
        }
        assertThat(ends().map(NodeDiary.Entry::job).toList())
                .containsAll(jobs.stream().map(NodeJob::id).toList());
    }

    private static Stream<NodeDiary.Entry> ends() {
        return processes.entries("end").stream();
    }

    @Test
    void jobsOfOneKeyRunInOrderAndNoTwoAtATime() throws Exception {
        List<NodeJob> jobs = TrialPool.jobs(JOBS, NodeJob.Kind.TAKE, 5);
        Deliveries<NodeJob, String> deliveries = new Deliveries<>();
        try (TrialPool trial = pool()) {
            Processing stream = trial.pool()
                    .process(
                            jobs.iterator(),
                            StreamOptions.<NodeJob>keyed(job -> keyOf(job.id())).withWindow(100),
                            deliveries);
            killOneThatHasBegun(20, jobs);
            deliveries.awaitSuccess(stream);
        }
        assertThat(deliveries.outcomes()).allMatch(Outcome::isSuccess);
        Map<Long, List<Long>> ofKeys =
                jobs.stream().map(NodeJob::id).collect(Collectors.groupingBy(ClusterDurableTest::keyOf));
        assertThat(deliveries.jobs().stream()
                        .map(NodeJob::id)
                        .collect(Collectors.groupingBy(ClusterDurableTest::keyOf)))
                .isEqualTo(ofKeys);
        Map<Long, Long> ended = ends().collect(Collectors.toMap(
                NodeDiary.Entry::job, NodeDiary.Entry::atMs, Math::min)); // it may have run twice
        for (NodeDiary.Entry begin : processes.entries("begin")) {
            List<Long> ofKey = ofKeys.getOrDefault(keyOf(begin.job()), List.of());
            assertThat(ofKey.subList(0, Math.max(0, ofKey.indexOf(begin.job()))))
                    .as("those before job %d", begin.job())
                    .allMatch(before -> ended.get(before) <= begin.atMs());
        }
    }

    private static long keyOf(long id) {
        return id % 10;
    }
}
