package dev.workpool.cluster;

import static dev.workpool.support.PoolTest.LONG;
import static dev.workpool.support.PoolTest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.codec.JobCodec;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.CapturedLog;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Much, and large, and of the wrong kind: what nodes bear that are well. */
@SuppressWarnings("try") // resources are for their ends
class ClusterLoadTest {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterLoadTest.class);
    private static final int RESULT_BYTES = 200_000;
    private static final int MIB = 1024 * 1024;
    private static final Nodes NODES = new Nodes();
    private static ActorSystem<Void> submitting;
    private static ActorSystem<Void> working;

    @BeforeAll
    static void startNodes() {
        submitting = NODES.start();
        working = NODES.start();
    }

    @AfterAll
    static void stopNodes() {
        NODES.close();
    }

    private static WorkerPoolSettings workers(String name) {
        return WorkerPoolSettings.create(working, name).withWorkers(2);
    }

    private static <R> WorkerPool<String, R> pool(
            String name, String workers, JobCodec<R> results, UnaryOperator<ClusterSettings> changes) {
        return ClusterPool.start(
                submitting,
                WorkerPoolSettings.create(submitting, name),
                changes.apply(ClusterSettings.create(submitting, workers)),
                JobCodec.strings(),
                results);
    }

    /** Strings, in a codec of another name, or version, or slower. */
    private record StringsBut(String name, int version, Runnable onDecode) implements JobCodec<String> {
        @Override
        public byte[] encode(String text) throws Exception {
            return JobCodec.strings().encode(text);
        }

        @Override
        public String decode(int encodedBy, byte[] bytes) throws Exception {
            onDecode.run();
            return JobCodec.strings().decode(JobCodec.strings().version(), bytes);
        }
    }

    @Test
    void poolsOfTheSameWorkersGetTurnsByWeight() throws Exception {
        Map<String, AtomicInteger> begun = new ConcurrentHashMap<>();
        try (ClusterWorkers workers = ClusterWorkers.start(
                        working, workers("shared"), JobCodec.strings(), JobCodec.strings(), job -> {
                            begun.computeIfAbsent(job, each -> new AtomicInteger())
                                    .incrementAndGet();
                            new CountDownLatch(1).await(2, TimeUnit.MILLISECONDS);
                            return job;
                        });
                WorkerPool<String, String> light = pool("light", "shared", JobCodec.strings(), each -> each);
                WorkerPool<String, String> heavy = pool("heavy", "shared", JobCodec.strings(), each -> each);
                WorkerPool<String, String> other = pool("other", "shared", JobCodec.strings(), each -> each)) {
            Batch<String> first = light.submitAll(Collections.nCopies(20_000, "light"));
            Batch<String> second = heavy.submitAll(
                    Collections.nCopies(20_000, "heavy"),
                    BatchOptions.defaults().withWeight(3));
            Batch<String> third = other.submitAll(Collections.nCopies(20_000, "other"));
            await().atMost(LONG)
                    .until(() -> begun.size() == 3 && begun.get("other").get() > 50);
            begun.values().forEach(count -> count.set(0));
            await().atMost(LONG)
                    .until(() ->
                            begun.values().stream().mapToInt(AtomicInteger::get).sum() > 2_000);
            LOG.warn("turns: {}", begun);
            double lightly = begun.get("light").get();
            assertThat(begun.get("heavy").get() / lightly).isBetween(2.0, 4.0);
            assertThat(begun.get("other").get() / lightly).isBetween(0.6, 1.6);
            List.of(first, second, third).forEach(Batch::cancel);
        }
    }

    @Test
    void aNodeWithOtherCodecsGetsNoJobsAndIsNamed() throws Exception {
        try (CapturedLog log = CapturedLog.of("dev.workpool.cluster.internal.fleet");
                ClusterWorkers jobs = ClusterWorkers.start(
                        working,
                        workers("odd-jobs"),
                        new StringsBut("odd", 1, () -> {}),
                        JobCodec.strings(),
                        job -> job);
                ClusterWorkers results = ClusterWorkers.start(
                        working,
                        workers("odd-results"),
                        JobCodec.strings(),
                        new StringsBut("odd", 1, () -> {}),
                        job -> job);
                ClusterWorkers newer = ClusterWorkers.start(
                        working,
                        workers("newer"),
                        JobCodec.strings(),
                        new StringsBut(
                                JobCodec.strings().name(), JobCodec.strings().version() + 1, () -> {}),
                        job -> job);
                WorkerPool<String, String> one = pool("one", "odd-jobs", JobCodec.strings(), each -> each);
                WorkerPool<String, String> two = pool("two", "odd-results", JobCodec.strings(), each -> each);
                WorkerPool<String, String> three = pool("three", "newer", JobCodec.strings(), each -> each)) {
            for (WorkerPool<?, ?> pool : List.of(one, two, three)) {
                await().atMost(LONG)
                        .until(() -> ClusterPool.nodes(pool).stream()
                                .anyMatch(node -> node.state() == ClusterNode.State.REFUSING));
                ClusterNode node = ClusterPool.nodes(pool).get(0);
                assertThat(node.reason()).contains("codec");
                await().atMost(LONG)
                        .until(() -> log.messages().stream()
                                .anyMatch(line -> line.contains("'" + pool.name() + "'")
                                        && line.contains(node.address())
                                        && line.contains(node.reason())));
            }
            Batch<String> waiting = one.submitAll(List.of("a", "b"));
            assertThat(waiting.progress().done()).isZero();
            waiting.cancel();
            assertThat(get(waiting.result()).cancelled()).isEqualTo(2);
        }
    }

    @Test
    void nodesWaitForASubmitterThatIsSlowToTakeLargeResultsAndStillHearItsCancel() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch holding = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(1);
        String large = "x".repeat(RESULT_BYTES);
        JobCodec<String> slow = new StringsBut(
                JobCodec.strings().name(), JobCodec.strings().version(), () -> awaitUninterruptedly(taken));
        try (ClusterWorkers workers =
                        ClusterWorkers.start(working, workers("large"), JobCodec.strings(), JobCodec.strings(), job -> {
                            if (job.equals("hold")) {
                                holding.countDown();
                                try {
                                    new CountDownLatch(1).await();
                                } catch (InterruptedException e) {
                                    interrupted.countDown();
                                    throw e;
                                }
                            }
                            begun.incrementAndGet();
                            LockSupport.parkNanos(200_000);
                            return large;
                        });
                WorkerPool<String, String> pool = pool("large", "large", slow, each -> each);
                AutoCloseable takes = taken::countDown) {
            Batch<String> held = pool.submitAll(List.of("hold"));
            assertThat(holding.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Batch<String> batch = pool.submitAll(Collections.nCopies(500, "large"));
            // until the one worker that is left has nothing to do.
            AtomicInteger before = new AtomicInteger(-1);
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> begun.get() > 0 && begun.get() == before.getAndSet(begun.get()));
            LOG.warn("slow: {} results of 200 KB were made that nobody took", begun);
            assertThat(begun.get()).isLessThan(200);
            held.cancel();
            assertThat(interrupted.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            taken.countDown();
            BatchResult<String> result = get(batch.result());
            assertThat(result.values()).containsOnly(large).hasSize(500);
            assertThat(get(held.result()).cancelled()).isEqualTo(1);
        }
    }

    private static void awaitUninterruptedly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatIsTooLargeFailsAloneAndWhatIsLargeTravelsInParts() throws Exception {
        try (ClusterWorkers workers =
                        ClusterWorkers.start(working, workers("sizes"), JobCodec.strings(), JobCodec.strings(), job -> {
                            int colon = job.indexOf(':');
                            return "y".repeat(Integer.parseInt(job.substring(0, colon)));
                        });
                WorkerPool<String, String> pool =
                        pool("sizes", "sizes", JobCodec.strings(), each -> each.withMaxJobBytes(6 * MIB))) {
            List<String> jobs = List.of(
                    "1:" + "x".repeat(5 * MIB),
                    5 * MIB + ":",
                    "2:" + "x".repeat(7 * MIB),
                    17 * MIB + ":",
                    "3:",
                    "4:" + "x".repeat(5 * MIB));
            BatchResult<String> result = get(pool.submitAll(jobs).result());
            List<Outcome<String>> outcomes = result.outcomes();
            assertThat(length(outcomes.get(0))).isEqualTo(1);
            assertThat(length(outcomes.get(1))).isEqualTo(5 * MIB);
            assertThat(outcomes.get(2))
                    .isInstanceOfSatisfying(
                            Outcome.Rejected.class,
                            rejected -> assertThat(rejected.reason())
                                    .contains("max-job-bytes")
                                    .contains(String.valueOf(6 * MIB)));
            assertThat(outcomes.get(3))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.error()).hasMessageContaining("max-result-bytes"));
            assertThat(length(outcomes.get(4))).isEqualTo(3);
            assertThat(length(outcomes.get(5))).isEqualTo(4);
        }
    }

    private static int length(Outcome<String> outcome) {
        return ((Outcome.Succeeded<String>) outcome).value().length();
    }
}
