package dev.workpool.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.codec.JobCodec;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.JobHandler;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolObserver;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.stream.PoolFlow;
import dev.workpool.support.Deliveries;
import dev.workpool.support.ExecutorTest;
import dev.workpool.support.PoolTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The policies of pools, their streams and their observers, where jobs run on two other nodes. */
class ClusterPoliciesTest {
    private static final Nodes NODES = new Nodes();
    private static ActorSystem<Void> submitting;
    private static ActorSystem<Void> one;
    private static ActorSystem<Void> other;

    private final List<ClusterWorkers> workers = new ArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);

    /** The jobs whose handlers were called, in order. */
    private final ConcurrentLinkedQueue<String> begun = new ConcurrentLinkedQueue<>();

    private String name;
    private WorkerPool<String, String> pool;

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

    @BeforeEach
    void name(TestInfo test) {
        name = test.getTestMethod().orElseThrow().getName();
    }

    @AfterEach
    void stop() throws Exception {
        released.countDown();
        if (pool != null) {
            get(pool.abort());
        }
        workers.forEach(ClusterWorkers::close);
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return PoolTest.get(stage);
    }

    private void work(ActorSystem<?> system, JobHandler<String, String> handler) {
        workers.add(ClusterWorkers.start(
                system,
                WorkerPoolSettings.create(system, name).withWorkers(1).withChunkMaxJobs(1),
                JobCodec.strings(),
                JobCodec.strings(),
                (String job, JobContext context) -> {
                    begun.add(job);
                    return handler.handle(job, context);
                }));
    }

    /** One worker on each of two nodes. */
    private void start(UnaryOperator<WorkerPoolSettings> settings, JobHandler<String, String> handler) {
        work(one, handler);
        work(other, handler);
        submit(settings);
        awaitNodes(2);
    }

    private void submit(UnaryOperator<WorkerPoolSettings> settings) {
        pool = ClusterPool.start(
                submitting,
                settings.apply(WorkerPoolSettings.create(submitting, name)),
                ClusterSettings.create(submitting, name),
                JobCodec.strings(),
                JobCodec.strings());
    }

    private void awaitNodes(int count) {
        await().atMost(PoolTest.LONG)
                .until(() -> ClusterPool.nodes(pool).stream()
                                .filter(node -> node.state() == ClusterNode.State.WORKING)
                                .count()
                        == count);
    }

    private static List<String> jobs(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    private String hold(String job) throws InterruptedException {
        released.await();
        return job;
    }

    @Test
    void aRateLimitHoldsOverAllNodes() throws Exception {
        start(settings -> settings.withRateLimit(new RateLimit(0.001, 3)), (job, context) -> job);
        Batch<String> batch = pool.submitAll(jobs("", 20));
        await().atMost(PoolTest.LONG).until(() -> pool.snapshot().succeeded() == 3);
        assertThat(begun).hasSize(3);
        pool.setRateLimit(Optional.empty());
        assertThat(get(batch.result()).counts().succeeded()).isEqualTo(20);
    }

    @Test
    void whilePausedNoNodeBeginsAJob() throws Exception {
        start(settings -> settings, (job, context) -> job);
        pool.pause();
        Batch<String> batch = pool.submitAll(jobs("", 20));
        await().atMost(PoolTest.LONG)
                .until(() -> pool.snapshot().paused() && pool.snapshot().queued() == 20);
        assertThat(begun).isEmpty();
        pool.resume();
        assertThat(get(batch.result()).counts().succeeded()).isEqualTo(20);
    }

    @Test
    void resizedItRunsNoMoreJobsAtATimeOnAllNodesTogether() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        start(settings -> settings, (job, context) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.onSpinWait();
            running.decrementAndGet();
            return job;
        });
        get(pool.submitAll(jobs("", 20)).result());
        pool.resize(1);
        await().atMost(PoolTest.LONG)
                .until(() ->
                        pool.snapshot().mostWorkers() == 1 && pool.snapshot().running() == 0);
        get(pool.submit("once it is so"));
        most.set(0);
        get(pool.submitAll(jobs("", 200)).result());
        assertThat(most).hasValue(1);
    }

    @Test
    void theFirstFailureHaltsABatch() throws Exception {
        start(settings -> settings, (job, context) -> {
            if (job.equals("0")) {
                throw new IOException("the first");
            }
            return hold(job);
        });
        BatchResult<String> result = get(pool.submitAll(
                        jobs("", 50),
                        BatchOptions.defaults().withHalt(HaltPolicy.now().failed(1)))
                .result());
        assertThat(result.outcomes().get(0)).isInstanceOf(Outcome.Failed.class);
        assertThat(result.outcomes().subList(1, 50)).allMatch(outcome -> outcome instanceof Outcome.Cancelled);
        assertThat(begun).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void errorsOfAClassAreTriedAgain() throws Exception {
        start(settings -> settings, (job, context) -> {
            if (context.attempt() < 3) {
                throw job.equals("io") ? new IOException("again") : new IllegalStateException("never again");
            }
            return "attempt " + context.attempt();
        });
        RetryPolicy policy =
                RetryPolicy.attempts(5).withFixedBackoff(Duration.ZERO).retryOn(IOException.class);
        List<Outcome<String>> outcomes = get(pool.submitAll(
                                List.of("io", "state"), BatchOptions.defaults().withRetry(policy))
                        .result())
                .outcomes();
        assertThat(outcomes.get(0)).isEqualTo(new Outcome.Succeeded<>("attempt 3", 3));
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Failed.class);
        assertThat(outcomes.get(1).attempts()).isEqualTo(1);
    }

    @Test
    void aConditionDecidesOnTheSubmittingNodeWhatIsTriedAgain() throws Exception {
        start(settings -> settings, (job, context) -> {
            throw new IOException(job);
        });
        List<String> asked = new CopyOnWriteArrayList<>();
        RetryPolicy policy = RetryPolicy.attempts(5)
                .withFixedBackoff(Duration.ZERO)
                .retryIf((error, attempt) -> {
                    asked.add(error.getMessage() + attempt);
                    return error.getMessage().equals("again") && attempt < 3;
                });
        List<Outcome<String>> outcomes = get(pool.submitAll(
                                List.of("again", "never"),
                                BatchOptions.defaults().withRetry(policy))
                        .result())
                .outcomes();
        assertThat(outcomes.stream().map(Outcome::attempts)).containsExactly(3, 1);
        assertThat(asked).containsExactlyInAnyOrder("again1", "again2", "again3", "never1");
    }

    @Test
    void aJobThatTakesTooLongIsStoppedOnItsNode() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        start(settings -> settings, (job, context) -> {
            if (job.equals("long")) {
                try {
                    hold(job);
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
            }
            return job;
        });
        Duration limit = Duration.ofMillis(200);
        List<Outcome<String>> outcomes = get(pool.submitAll(
                                List.of("long", "short"),
                                BatchOptions.defaults().withJobTimeout(limit))
                        .result())
                .outcomes();
        assertThat(outcomes).containsExactly(new Outcome.TimedOut<>(limit, 1), new Outcome.Succeeded<>("short", 1));
        ExecutorTest.awaitLatch(interrupted);
    }

    @Test
    void aBatchThatTakesTooLongEndsWithAllItsJobs() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(2);
        start(settings -> settings, (job, context) -> {
            try {
                return hold(job);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        Batch<String> batch =
                pool.submitAll(jobs("", 50), BatchOptions.defaults().withTimeout(Duration.ofSeconds(1)));
        assertThat(get(batch.result()).outcomes()).allMatch(outcome -> outcome instanceof Outcome.TimedOut);
        ExecutorTest.awaitLatch(interrupted);
    }

    @Test
    void whatIsMoreUrgentBeginsBeforeWhatWaits() throws Exception {
        start(settings -> settings, (job, context) -> job.startsWith("hold") ? hold(job) : job);
        Batch<String> held = pool.submitAll(jobs("hold", 2));
        await().atMost(PoolTest.LONG).until(() -> begun.size() == 2);
        Batch<String> low =
                pool.submitAll(jobs("low", 40), BatchOptions.defaults().withPriority(1));
        Batch<String> high =
                pool.submitAll(jobs("high", 40), BatchOptions.defaults().withPriority(9));
        get(pool.stats()); // both are accepted
        released.countDown();
        get(held.result());
        get(low.result());
        get(high.result());
        List<String> order = new ArrayList<>(begun).subList(2, 82);
        // Single jobs may be late, with a worker that waits for a processor, or a node that had others already.
        assertThat(meanPlace(order, "high")).as("%s", order).isLessThan(meanPlace(order, "low"));
    }

    private static double meanPlace(List<String> order, String kind) {
        return IntStream.range(0, order.size())
                .filter(i -> order.get(i).startsWith(kind))
                .average()
                .orElseThrow();
    }

    @Test
    void aJobThatAsksToSlowDownStopsTheOthersOfItsPool() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        PoolObserver observer = new PoolObserver() {
            @Override
            public void onSlowedDown(String pool, Duration duration) {
                told.countDown();
            }
        };
        start(settings -> settings.withObserver(observer).withMaxSlowDown(Duration.ofHours(2)), (job, context) -> {
            context.slowDown(Duration.ofSeconds(50));
            return job;
        });
        get(pool.submit("asks"));
        ExecutorTest.awaitLatch(told);
        await().atMost(PoolTest.LONG)
                .until(() -> pool.snapshot().slowedDownFor().compareTo(Duration.ZERO) > 0);
        pool.submitAll(jobs("waits", 20));
        await().atMost(PoolTest.LONG).until(() -> pool.snapshot().queued() == 20);
        assertThat(begun).containsExactly("asks");
    }

    @Test
    void anOrderedStreamDeliversInTheOrderOfItsJobs() throws Exception {
        start(settings -> settings, (job, context) -> job);
        Deliveries<String, String> deliveries = new Deliveries<>();
        deliveries.awaitSuccess(pool.process(
                jobs("", 2_000).iterator(), StreamOptions.<String>ordered().withWindow(100), deliveries));
        assertThat(deliveries.jobs()).isEqualTo(jobs("", 2_000));
    }

    @Test
    void aStreamAsCompletedDeliversEachJobOnce() throws Exception {
        start(settings -> settings, (job, context) -> job);
        Deliveries<String, String> deliveries = new Deliveries<>();
        deliveries.awaitSuccess(pool.process(
                jobs("", 2_000).iterator(), StreamOptions.<String>asCompleted().withWindow(100), deliveries));
        assertThat(deliveries.jobs()).containsExactlyInAnyOrderElementsOf(jobs("", 2_000));
    }

    @Test
    void anAkkaStreamRunsThroughNodes() throws Exception {
        start(settings -> settings, (job, context) -> "<" + job + ">");
        Source<String, NotUsed> source = Source.from(jobs("", 500));
        List<String> values =
                get(source.via(PoolFlow.ordered(pool)).via(PoolFlow.values()).runWith(Sink.seq(), submitting));
        assertThat(values)
                .isEqualTo(jobs("", 500).stream().map(job -> "<" + job + ">").toList());
    }

    @Test
    void jobsOfOneKeyRunOneAfterAnotherAlsoWhenANodeLeavesAndAnotherJoins() throws Exception {
        Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
        List<String> crowds = new CopyOnWriteArrayList<>();
        JobHandler<String, String> handler = (job, context) -> {
            AtomicInteger ofKey = running.computeIfAbsent(keyOf(job), key -> new AtomicInteger());
            if (ofKey.incrementAndGet() > 1) {
                crowds.add(job);
            }
            Thread.onSpinWait();
            ofKey.decrementAndGet();
            return job;
        };
        start(settings -> settings, handler);
        Deliveries<String, String> deliveries = new Deliveries<>() {
            @Override
            protected void onOutcome(String job, Outcome<String> outcome) {
                if (count() == 500) {
                    workers.get(0).leave();
                } else if (count() == 1_000) {
                    work(submitting, handler);
                }
            }
        };
        deliveries.awaitSuccess(pool.process(
                jobs("", 3_000).iterator(),
                StreamOptions.keyed(ClusterPoliciesTest::keyOf).withWindow(200),
                deliveries));
        assertThat(crowds).isEmpty();
        assertThat(ofKeys(begun)).isEqualTo(ofKeys(jobs("", 3_000)));
        assertThat(ofKeys(deliveries.jobs())).isEqualTo(ofKeys(jobs("", 3_000)));
    }

    /** The jobs of each key, in order. */
    private static Map<String, List<String>> ofKeys(Iterable<String> jobs) {
        List<String> all = new ArrayList<>();
        jobs.forEach(all::add);
        return all.stream().collect(Collectors.groupingBy(ClusterPoliciesTest::keyOf));
    }

    private static String keyOf(String job) {
        return job.substring(job.length() - 1);
    }

    @Test
    void anObserverIsToldOfNodes() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        PoolObserver observer = new PoolObserver() {
            @Override
            public void onNode(String pool, String node, NodeChange change, String reason, long jobs) {
                seen.add(change + " " + jobs + (reason.isEmpty() ? "" : ": " + reason));
            }
        };
        work(one, (job, context) -> hold(job));
        submit(settings -> settings.withObserver(observer));
        await().atMost(PoolTest.LONG).until(() -> seen.equals(List.of("JOINED 0")));
        Batch<String> batch = pool.submitAll(jobs("", 3));
        await().atMost(PoolTest.LONG).until(() -> begun.size() == 1);

        workers.add(ClusterWorkers.start(
                other,
                WorkerPoolSettings.create(other, name),
                JobCodec.bytes(),
                JobCodec.bytes(),
                (byte[] job) -> job));
        await().atMost(PoolTest.LONG).until(() -> seen.size() == 2);
        assertThat(seen.get(1)).startsWith("REFUSED 0: ");

        workers.get(0).leave();
        await().atMost(PoolTest.LONG).until(() -> seen.contains("LEAVING 0"));
        released.countDown();
        await().atMost(PoolTest.LONG).until(() -> seen.stream().anyMatch(event -> event.startsWith("GONE 0")));
        batch.cancel();
    }
}
