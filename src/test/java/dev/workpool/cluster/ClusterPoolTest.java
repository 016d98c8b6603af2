package dev.workpool.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorSystem;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.codec.JobCodec;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobHandler;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A pool over nodes that are all well. */
@SuppressWarnings("try") // resources are for their ends
class ClusterPoolTest {
    private static final Nodes NODES = new Nodes();
    private static ActorSystem<Void> submitting;
    private static ActorSystem<Void> one;
    private static ActorSystem<Void> other;

    @BeforeAll
    static void startNodes() {
        submitting = NODES.start();
        one = NODES.start();
        other = NODES.start();
    }

    @AfterAll
    static void stopNodes() {
        NODES.close();
    }

    static WorkerPoolSettings settings(ActorSystem<?> system, String name, int workers) {
        return WorkerPoolSettings.create(system, name).withWorkers(workers);
    }

    static <T> T get(java.util.concurrent.CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(PoolTest.LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void jobsRunOnAllNodesAndTheirResultsComeBackInOrder() throws Exception {
        ConcurrentHashMap<String, Integer> ran = new ConcurrentHashMap<>();
        try (ClusterWorkers first = ClusterWorkers.start(
                        one, settings(one, "words", 2), JobCodec.strings(), JobCodec.strings(), job -> {
                            ran.merge("one", 1, Integer::sum);
                            return "<" + job + ">";
                        });
                ClusterWorkers second = ClusterWorkers.start(
                        other, settings(other, "words", 2), JobCodec.strings(), JobCodec.strings(), job -> {
                            ran.merge("other", 1, Integer::sum);
                            return "<" + job + ">";
                        });
                WorkerPool<String, String> pool =
                        ClusterPool.start(submitting, "words", JobCodec.strings(), JobCodec.strings())) {
            await().atMost(PoolTest.LONG)
                    .until(() -> ClusterPool.nodes(pool).stream()
                                    .filter(node -> node.state() == ClusterNode.State.WORKING)
                                    .count()
                            == 2);
            List<String> jobs =
                    IntStream.range(0, 50_000).mapToObj(i -> "job " + i).toList();
            Batch<String> batch = pool.submitAll(jobs);
            BatchResult<String> result = get(batch.result());
            assertThat(result.values())
                    .isEqualTo(jobs.stream().map(job -> "<" + job + ">").toList());
            assertThat(ran.get("one") + ran.get("other")).isEqualTo(50_000);
            assertThat(ran).containsOnlyKeys("one", "other");
            assertThat(first.snapshot().succeeded() + second.snapshot().succeeded())
                    .isEqualTo(50_000);
        }
    }

    @Test
    void workersThatHaveClosedLeaveTheirName() {
        for (int i = 0; i < 200; i++) {
            ClusterWorkers.start(
                            one, settings(one, "again", 1), JobCodec.strings(), JobCodec.strings(), (String job) -> job)
                    .close();
        }
    }

    /** A codec is users' code. */
    @Test
    void aNodeWhoseCodecCannotSayWhatItDecodesRefuses() throws Exception {
        JobCodec<String> hostile = new JobCodec<>() {
            @Override
            public String name() {
                return "hostile";
            }

            @Override
            public int version() {
                return 1;
            }

            @Override
            public boolean decodes(String name, int version) {
                throw new StackOverflowError("no");
            }

            @Override
            public byte[] encode(String value) {
                return new byte[0];
            }

            @Override
            public String decode(int version, byte[] bytes) {
                return "";
            }
        };
        try (ClusterWorkers workers = ClusterWorkers.start(
                        one, settings(one, "hostile", 1), hostile, JobCodec.strings(), (String job) -> job);
                WorkerPool<String, String> pool =
                        ClusterPool.start(submitting, "hostile", JobCodec.strings(), JobCodec.strings())) {
            await().atMost(PoolTest.LONG)
                    .until(() -> ClusterPool.nodes(pool).stream()
                            .anyMatch(node -> node.state() == ClusterNode.State.REFUSING
                                    && node.reason()
                                            .equals("the codec of jobs is string 1 at the pool, and hostile 1 at the"
                                                    + " workers")));
            assertThat(workers.snapshot().workers()).isEqualTo(1);
        }
    }

    @Test
    void aJobByItself() throws Exception {
        try (ClusterWorkers workers = ClusterWorkers.start(
                        one, settings(one, "single", 1), JobCodec.strings(), JobCodec.strings(), String::toUpperCase);
                WorkerPool<String, String> pool =
                        ClusterPool.start(submitting, "single", JobCodec.strings(), JobCodec.strings())) {
            assertThat(get(pool.submit("a"))).isEqualTo("A");
            assertThat(get(pool.submit("b"))).isEqualTo("B");
        }
    }

    @Test
    void anErrorArrivesAsOneOfItsClass() throws Exception {
        try (ClusterWorkers workers = ClusterWorkers.start(
                        one, settings(one, "errors", 1), JobCodec.strings(), JobCodec.strings(), job -> {
                            throw new IllegalStateException(job, new java.io.IOException("disk"));
                        });
                WorkerPool<String, String> pool =
                        ClusterPool.start(submitting, "errors", JobCodec.strings(), JobCodec.strings())) {
            assertThatThrownBy(() -> get(pool.submit("broken")))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("broken")
                    .hasCauseInstanceOf(java.io.IOException.class);
        }
    }

    @Test
    void cancellingStopsJobsThatRunAndThoseThatWait() throws Exception {
        CountDownLatch began = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(2);
        try (ClusterWorkers workers = ClusterWorkers.start(
                        one, settings(one, "cancelled", 2), JobCodec.strings(), JobCodec.strings(), job -> {
                            began.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                interrupted.countDown();
                                throw e;
                            }
                            return job;
                        });
                WorkerPool<String, String> pool =
                        ClusterPool.start(submitting, "cancelled", JobCodec.strings(), JobCodec.strings())) {
            Batch<String> batch = pool.submitAll(
                    IntStream.range(0, 1_000).mapToObj(i -> "job " + i).toList());
            assertThat(began.await(30, TimeUnit.SECONDS)).isTrue();
            batch.cancel();
            BatchResult<String> result = get(batch.result());
            assertThat(result.outcomes()).allMatch(outcome -> outcome instanceof Outcome.Cancelled);
            assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aNodeThatSubmitsMayWorkAndKeepsWhatIsSmall() throws Exception {
        CountDownLatch far = new CountDownLatch(1);
        try (ClusterWorkers near = ClusterWorkers.start(
                        submitting,
                        settings(submitting, "both", 1),
                        JobCodec.strings(),
                        JobCodec.strings(),
                        job -> "near");
                ClusterWorkers other = ClusterWorkers.start(
                        one, settings(one, "both", 1), JobCodec.strings(), JobCodec.strings(), job -> {
                            far.countDown();
                            return "far";
                        });
                WorkerPool<String, String> pool =
                        ClusterPool.start(submitting, "both", JobCodec.strings(), JobCodec.strings())) {
            await().atMost(PoolTest.LONG)
                    .until(() -> ClusterPool.nodes(pool).stream()
                                    .filter(node -> node.state() == ClusterNode.State.WORKING)
                                    .count()
                            == 2);
            assertThat(get(pool.submit("first"))).isIn("near", "far"); // nobody knows yet what a job costs
            for (int i = 0; i < 20; i++) {
                assertThat(get(pool.submit("job"))).isEqualTo("near");
            }
            List<String> many =
                    IntStream.range(0, 200_000).mapToObj(i -> "job " + i).toList();
            assertThat(get(pool.submitAll(many).result()).values()).contains("near", "far");
        }
        assertThat(far.getCount()).isZero();
    }

    @Test
    void aHandlerWhoseTimeIsOverCountsAsLongAsItRuns() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        JobHandler.Simple<String, String> handler = job -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            while (!Thread.interrupted()) { // which is how it learns that its time is over
                LockSupport.parkNanos(1_000_000);
            }
            Handlers.computeFor(Duration.ofMillis(40)); // and it runs on all the same
            running.decrementAndGet();
            return job;
        };
        try (ClusterWorkers first = ClusterWorkers.start(
                        one, settings(one, "limited", 2), JobCodec.strings(), JobCodec.strings(), handler);
                ClusterWorkers second = ClusterWorkers.start(
                        other, settings(other, "limited", 2), JobCodec.strings(), JobCodec.strings(), handler);
                WorkerPool<String, String> pool = ClusterPool.start(
                        submitting,
                        WorkerPoolSettings.create(submitting, "limited"),
                        ClusterSettings.create(submitting, "limited").withWorkers(1),
                        JobCodec.strings(),
                        JobCodec.strings())) {
            List<String> jobs = IntStream.range(0, 8).mapToObj(i -> "job " + i).toList();
            BatchResult<String> result =
                    get(pool.submitAll(jobs, BatchOptions.defaults().withJobTimeout(Duration.ofMillis(20)))
                            .result());
            assertThat(result.outcomes()).allMatch(outcome -> outcome instanceof Outcome.TimedOut);
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void workersOfASystemThatHasEndedAreClosedAllTheSame() throws Exception {
        try (Nodes nodes = new Nodes()) {
            ActorSystem<Void> ended = nodes.start();
            ClusterWorkers workers = ClusterWorkers.start(
                    ended, settings(ended, "ended", 1), JobCodec.strings(), JobCodec.strings(), job -> job);
            ended.terminate();
            get(ended.getWhenTerminated());
            workers.close();
            get(workers.leave());
            assertThatThrownBy(() -> ClusterWorkers.start(
                            ended, settings(ended, "late", 1), JobCodec.strings(), JobCodec.strings(), job -> job))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("workers 'late' cannot be started: their actor system 'nodes' has ended");
        }
    }
}
