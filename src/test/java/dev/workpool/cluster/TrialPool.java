package dev.workpool.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.NodeDiary.Entry;
import dev.workpool.cluster.NodeJob.Kind;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.codec.JobCodec;
import dev.workpool.job.BatchResult;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pool over nodes that are about to fail, and what has become of its jobs by what these nodes have written down. Thread-safe. */
final class TrialPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrialPool.class);
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final AtomicLong IDS = new AtomicLong();

    private final WorkerPool<NodeJob, String> pool;
    private final Supplier<List<NodeDiary>> diaries;

    TrialPool(ActorSystem<?> system, Supplier<List<NodeDiary>> diaries, UnaryOperator<ClusterSettings> changes) {
        this.diaries = diaries;
        this.pool = ClusterPool.start(
                system,
                WorkerPoolSettings.create(system, "trial-" + IDS.incrementAndGet()),
                changes.apply(settings(system)),
                NodeJob.CODEC,
                JobCodec.strings());
    }

    /** Of a pool that soon notices what is lost. */
    static ClusterSettings settings(ActorSystem<?> system) {
        return ClusterSettings.create(system, WorkingNode.POOL)
                .withRenewal(Duration.ofMillis(100))
                .withLease(LEASE);
    }

    static List<NodeJob> jobs(int count, Kind kind, int amount) {
        return LongStream.range(0, count)
                .mapToObj(i -> NodeJob.of(IDS.incrementAndGet(), kind, amount))
                .toList();
    }

    WorkerPool<NodeJob, String> pool() {
        return pool;
    }

    void awaitWorking(int count) {
        await().atMost(PoolTest.LONG)
                .until(() -> ClusterPool.nodes(pool).stream()
                                .filter(node -> node.state() == ClusterNode.State.WORKING)
                                .count()
                        >= count);
    }

    ClusterNode node(String address) {
        return ClusterPool.nodes(pool).stream()
                .filter(node -> node.address().equals(address))
                .findFirst()
                .orElseThrow();
    }

    private static List<Entry> entries(List<NodeJob> jobs, NodeDiary node, String what) {
        Set<Long> ids = jobs.stream().map(NodeJob::id).collect(Collectors.toSet());
        return node.entries(what).stream()
                .filter(entry -> ids.contains(entry.job()))
                .toList();
    }

    List<Entry> entries(List<NodeJob> jobs, String what) {
        return diaries.get().stream()
                .flatMap(each -> entries(jobs, each, what).stream())
                .sorted(Comparator.comparingLong(Entry::atMs))
                .toList();
    }

    /** Jobs that have begun at a node. */
    static List<Entry> begun(List<NodeJob> jobs, NodeDiary node) {
        return entries(jobs, node, "begin");
    }

    /** Waits until so many of the jobs have begun at a node. */
    static void awaitBegun(List<NodeJob> jobs, NodeDiary node, int count) {
        await().atMost(PoolTest.LONG).until(() -> begun(jobs, node).size() >= count);
    }

    /** Where and when each of the jobs has begun, in order of time. */
    Map<Long, List<Entry>> begins(List<NodeJob> jobs) {
        return entries(jobs, "begin").stream().collect(Collectors.groupingBy(Entry::job));
    }

    /** The jobs that have begun more than once. */
    Set<Long> ranAgain(List<NodeJob> jobs) {
        Map<Long, List<Entry>> begins = begins(jobs);
        return begins.keySet().stream()
                .filter(job -> begins.get(job).size() > 1)
                .collect(Collectors.toSet());
    }

    /** All jobs have their right outcomes, and there are no others. */
    void checkAllSucceeded(List<NodeJob> jobs, BatchResult<String> result) {
        assertThat(result.values())
                .isEqualTo(jobs.stream().map(NodeJob::expected).toList());
        checkCounts(jobs.size());
    }

    /** So many jobs have been counted, each of them once. */
    void checkCounts(int jobs) {
        await().atMost(PoolTest.LONG).untilAsserted(() -> {
            PoolSnapshot counts = pool.snapshot();
            assertThat(counts.done()).as("%s", counts).isEqualTo(jobs);
            assertThat(counts.accepted()).as("%s", counts).isEqualTo(jobs);
        });
    }

    /** Only jobs that one node had begun have run again, and no more often than it was lost; says when. */
    void checkRunAgain(String what, List<NodeJob> jobs, NodeDiary lost, int losses, long atMs) {
        List<Long> later = new ArrayList<>();
        begins(jobs).forEach((job, begins) -> {
            assertThat(begins).as("runs of job %s", job).hasSizeLessThanOrEqualTo(1 + losses);
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

    @Override
    public void close() {
        pool.close();
    }
}
