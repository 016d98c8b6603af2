package dev.workpool.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pools as flows: what comes out, and how the ends of either side reach the other. */
class PoolFlowTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final String WITH_CONTEXT = "dev.workpool.support.PoolKind#withContext";

    private static int twice(int job) {
        if (job % 10 == 7) {
            throw new IllegalArgumentException("job " + job);
        }
        return 2 * job;
    }

    private <J, O> List<O> run(List<J> jobs, Flow<J, O, ?> flow) throws Exception {
        return get(Source.from(jobs).via(flow).runWith(Sink.seq(), system));
    }

    private static Outcome<Integer> expected(int job) {
        return job % 10 == 7 ? null : new Outcome.Succeeded<>(2 * job, 1);
    }

    private static void assertIsOf(Outcome<Integer> outcome, int job) {
        if (expected(job) == null) {
            assertThat(outcome.problem().orElseThrow()).hasMessage("job " + job);
        } else {
            assertThat(outcome).isEqualTo(expected(job));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void outcomesComeInTheOrderOfTheJobs(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(3), (job, context) -> twice(job))) {
            List<Outcome<Integer>> outcomes = run(jobs(10_000), PoolFlow.ordered(pool));
            assertThat(outcomes).hasSize(10_000);
            for (int job = 0; job < outcomes.size(); job++) {
                assertIsOf(outcomes.get(job), job);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void outcomesComeAsJobsComplete(PoolKind kind) throws Exception {
        CountDownLatch othersAreOut = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job == 0) {
                othersAreOut.await();
            }
            return job;
        })) {
            List<Integer> values = run(
                    jobs(1_000),
                    PoolFlow.asCompleted(pool).via(PoolFlow.values()).map(value -> {
                        if (value == 999) {
                            othersAreOut.countDown();
                        }
                        return value;
                    }));
            assertThat(values)
                    .containsExactlyInAnyOrderElementsOf(jobs(1_000))
                    .last()
                    .isEqualTo(0);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void jobsOfAKeyRunOneAfterAnother(PoolKind kind) throws Exception {
        List<AtomicInteger> running = new ArrayList<>();
        List<ConcurrentLinkedQueue<Integer>> ran = new ArrayList<>();
        for (int key = 0; key < 5; key++) {
            running.add(new AtomicInteger());
            ran.add(new ConcurrentLinkedQueue<>());
        }
        AtomicInteger together = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(4), (job, context) -> {
            if (running.get(job % 5).getAndIncrement() != 0) {
                together.incrementAndGet();
            }
            ran.get(job % 5).add(job);
            running.get(job % 5).decrementAndGet();
            return job;
        })) {
            List<Integer> values = run(
                    jobs(2_000),
                    PoolFlow.<Integer, Integer>keyed(pool, job -> job % 5).via(PoolFlow.values()));
            assertThat(values).containsExactlyInAnyOrderElementsOf(jobs(2_000));
            for (int key = 0; key < 5; key++) {
                int it = key;
                assertThat(new ArrayList<>(ran.get(key))).isSorted();
                assertThat(values).filteredOn(value -> value % 5 == it).isSorted();
            }
            assertThat(together).hasValue(0);
        }
    }

    @Test
    void anEmptyStreamIsComplete() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), PoolFlowTest::twice)) {
            Pair<Processing, CompletionStage<List<Outcome<Integer>>>> run = Source.<Integer>empty()
                    .viaMat(PoolFlow.ordered(pool), Keep.right())
                    .toMat(Sink.seq(), Keep.both())
                    .run(system);
            assertThat(get(run.second())).isEmpty();
            assertThat(get(run.first().result())).isEqualTo(new BatchProgress(0, 0, 0, 0, 0, 0));
        }
    }

    @Test
    void theSameFlowRunsAnyNumberOfTimes() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> job)) {
            Flow<Integer, Integer, Processing> flow = PoolFlow.ordered(pool).via(PoolFlow.values());
            List<CompletionStage<List<Integer>>> runs = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                runs.add(Source.from(jobs(1_000)).via(flow).runWith(Sink.seq(), system));
            }
            for (CompletionStage<List<Integer>> run : runs) {
                assertThat(get(run)).isEqualTo(jobs(1_000));
            }
        }
    }

    @Test
    void countsAndProgressAreTheMaterializedValue() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), PoolFlowTest::twice)) {
            Processing processing = Source.from(jobs(100))
                    .viaMat(PoolFlow.asCompleted(pool), Keep.right())
                    .to(Sink.ignore())
                    .run(system);
            BatchProgress counts = get(processing.result());
            assertThat(counts).isEqualTo(new BatchProgress(100, 90, 10, 0, 0, 0));
            assertThat(processing.progress()).isEqualTo(counts);
        }
    }

    @Test
    void valuesFailAtTheFirstJobThatDoesNotSucceedAndItsStreamIsCancelled() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), PoolFlowTest::twice)) {
            Pair<Processing, CompletionStage<List<Integer>>> run = Source.repeat(7)
                    .viaMat(PoolFlow.ordered(pool), Keep.right())
                    .via(PoolFlow.values())
                    .toMat(Sink.seq(), Keep.both())
                    .run(system);
            assertThatThrownBy(() -> get(run.second()))
                    .cause()
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("job 7");
            BatchProgress counts = get(run.first().result());
            assertThat(counts.failed()).isPositive();
            assertThat(counts.done()).isEqualTo(counts.total());
        }
    }

    @Test
    void anErrorFailsTheStreamAndNotItsActor() {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> {
            throw new NoClassDefFoundError("none");
        })) {
            assertThatThrownBy(() -> run(
                            jobs(1), PoolFlow.<Integer, Integer>ordered(pool).via(PoolFlow.values())))
                    .hasRootCauseInstanceOf(NoClassDefFoundError.class); // Scala boxes it
        }
    }

    @Test
    void aNullIsAnOutcomeButNoValue() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> null)) {
            assertThat(run(jobs(1), PoolFlow.<Integer, Integer>ordered(pool)))
                    .containsExactly(new Outcome.Succeeded<>(null, 1));
            assertThatThrownBy(() -> run(
                            jobs(1), PoolFlow.<Integer, Integer>ordered(pool).via(PoolFlow.values())))
                    .cause()
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("has returned null")
                    .hasMessageContaining("PoolFlow.values()");
        }
    }

    @Test
    void badArgumentsAreNamed() {
        assertThatThrownBy(() -> PoolFlow.ordered(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("pool");
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), PoolFlowTest::twice)) {
            assertThatThrownBy(() -> PoolFlow.of(pool, null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("options");
            assertThatThrownBy(() -> PoolFlow.keyed(pool, null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("keyOf");
        }
    }

    @Test
    void aStreamThatNeverRunsTakesNothing() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), PoolFlowTest::twice)) {
            Flow<Integer, Outcome<Integer>, Processing> flow = PoolFlow.ordered(pool);
            Source<Outcome<Integer>, NotUsed> source = Source.from(jobs(10)).via(flow);
            assertThat(source).isNotNull();
            assertThat(get(pool.stats()).accepted()).isZero();
        }
    }

    @Test
    void aSlowHeadStopsUpstreamWhenTheWindowIsFull() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch head = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> {
            if (job == 0) {
                head.await();
            }
            return job;
        })) {
            CompletionStage<List<Integer>> values = Source.from(jobs(1_000))
                    .map(job -> {
                        taken.incrementAndGet();
                        return job;
                    })
                    .via(PoolFlow.of(pool, StreamOptions.<Integer>ordered().withWindow(32)))
                    .via(PoolFlow.values())
                    .runWith(Sink.seq(), system);
            await().atMost(LONG)
                    .untilAsserted(
                            () -> assertThat(get(pool.stats()).succeeded()).isEqualTo(31));
            assertThat(taken).hasValue(32);
            head.countDown();
            assertThat(get(values)).isEqualTo(jobs(1_000));
        }
    }
}
