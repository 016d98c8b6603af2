package dev.workpool.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import akka.japi.Pair;
import akka.stream.Materializer;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.testkit.TestPublisher;
import akka.stream.testkit.TestSubscriber;
import akka.stream.testkit.javadsl.TestSink;
import akka.stream.testkit.javadsl.TestSource;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.HaltPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How the ends of either side of a flow, and of its pool, reach the other. */
class PoolFlowEndingsTest extends PoolTest {
    private static final String WITH_CONTEXT = "dev.workpool.support.PoolKind#withContext";

    /** Blocking jobs that end when they are let go, or told to stop. */
    private static final class Gate {
        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger ended = new AtomicInteger();
        final CountDownLatch open = new CountDownLatch(1);

        int pass(int job) throws InterruptedException {
            begun.incrementAndGet();
            try {
                open.await();
                return job;
            } finally {
                ended.incrementAndGet();
            }
        }

        void awaitNothingRunsOf(int jobs) {
            await().atMost(LONG).untilAsserted(() -> assertThat(ended).hasValue(jobs));
            assertThat(begun).hasValue(jobs);
        }
    }

    private <J, O> List<O> run(List<J> jobs, Flow<J, O, ?> flow) throws Exception {
        return get(Source.from(jobs).via(flow).runWith(Sink.seq(), system));
    }

    private static int failing(int job) {
        if (job % 10 == 7) {
            throw new IllegalArgumentException("job " + job);
        }
        return job;
    }

    private void awaitNothingIsOpen(WorkerPool<?, ?> pool) {
        await().atMost(LONG).untilAsserted(() -> {
            assertThat(get(pool.stats()).queued()).isZero();
            assertThat(get(pool.stats()).running()).isZero();
        });
    }

    @ParameterizedTest
    @MethodSource(WITH_CONTEXT)
    void whoCancelsDownstreamCancelsTheJobsAndUpstream(PoolKind kind) throws Exception {
        Gate gate = new Gate();
        try (WorkerPool<Integer, Integer> pool =
                kind.start(system, settings(2), (job, context) -> job < 0 ? job : gate.pass(job))) {
            Pair<TestPublisher.Probe<Integer>, TestSubscriber.Probe<Outcome<Integer>>> run = TestSource.<Integer>create(
                            system)
                    .viaMat(PoolFlow.ordered(pool), Keep.left())
                    .toMat(TestSink.create(system), Keep.both())
                    .run(system);
            run.second().request(1);
            for (int job = 0; job < 10; job++) {
                run.first().sendNext(job);
            }
            await().atMost(LONG).untilAsserted(() -> assertThat(gate.begun).hasValue(2));
            List<Integer> others = new ArrayList<>(jobs(500));
            others.replaceAll(job -> -1 - job);
            CompletionStage<List<Integer>> other = Source.from(others)
                    .via(PoolFlow.<Integer, Integer>ordered(pool))
                    .via(PoolFlow.values())
                    .runWith(Sink.seq(), system);
            run.second().cancel();
            run.first().expectCancellation();
            gate.awaitNothingRunsOf(2);
            assertThat(get(other)).isEqualTo(others);
            awaitNothingIsOpen(pool);
        }
    }

    @Test
    void aFailureOfUpstreamFailsAtOnceAndCancelsTheJobs() throws Exception {
        Gate gate = new Gate();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), gate::pass)) {
            Pair<Pair<TestPublisher.Probe<Integer>, Processing>, TestSubscriber.Probe<Outcome<Integer>>> run =
                    TestSource.<Integer>create(system)
                            .viaMat(PoolFlow.ordered(pool), Keep.both())
                            .toMat(TestSink.create(system), Keep.both())
                            .run(system);
            for (int job = 0; job < 10; job++) {
                run.first().first().sendNext(job);
            }
            await().atMost(LONG).untilAsserted(() -> assertThat(gate.begun).hasValue(2));
            IllegalStateException failure = new IllegalStateException("upstream");
            run.first().first().sendError(failure);
            run.second().ensureSubscription();
            run.second().expectError(failure);
            gate.awaitNothingRunsOf(2);
            assertThatThrownBy(() -> get(run.first().second().result())).cause().isSameAs(failure);
            awaitNothingIsOpen(pool);
        }
    }

    @Test
    void aKeyThatCannotBeHadFailsTheStream() {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> job)) {
            assertThatThrownBy(() -> run(jobs(1_000), PoolFlow.<Integer, Integer>keyed(pool, job -> {
                        if (job == 500) {
                            throw new IllegalStateException("no key for " + job);
                        }
                        return job;
                    })))
                    .cause()
                    .hasMessage("no key for 500");
            assertThatThrownBy(() -> run(jobs(1), PoolFlow.<Integer, Integer>keyed(pool, job -> null)))
                    .cause()
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("key");
            awaitNothingIsOpen(pool);
        }
    }

    @Test
    void cancellingTheHandleCompletesTheStreamWithTheOutcomesOfAllItHasTaken() throws Exception {
        Gate gate = new Gate();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), gate::pass)) {
            Pair<Processing, CompletionStage<List<Outcome<Integer>>>> run = Source.repeat(1)
                    .viaMat(PoolFlow.of(pool, StreamOptions.<Integer>ordered().withWindow(100)), Keep.right())
                    .toMat(Sink.seq(), Keep.both())
                    .run(system);
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(gate.begun).hasValue(2);
                assertThat(run.first().progress().total()).isEqualTo(100);
            });
            run.first().cancel();
            assertThat(get(run.second()))
                    .hasSize(100)
                    .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Cancelled.class));
            assertThat(get(run.first().result()).cancelled()).isEqualTo(100);
        }
    }

    @Test
    void aClosedPoolFailsTheStreamAfterTheOutcomesOfAllItHasTaken() throws Exception {
        Gate gate = new Gate();
        WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), gate::pass);
        TestSubscriber.Probe<Outcome<Integer>> out = Source.repeat(1)
                .via(PoolFlow.of(pool, StreamOptions.<Integer>ordered().withWindow(50)))
                .runWith(TestSink.create(system), system);
        await().atMost(LONG).untilAsserted(() -> assertThat(gate.begun).hasValue(2));
        CompletionStage<?> drained = pool.drain();
        gate.open.countDown();
        out.request(1_000);
        long taken = 0;
        Object next = out.expectEvent();
        while (!(next instanceof TestSubscriber.OnError)) {
            taken += next instanceof TestSubscriber.OnNext ? 1 : 0;
            next = out.expectEvent();
        }
        assertThat(((TestSubscriber.OnError) next).cause())
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining(pool.name())
                .hasMessageContaining("closed");
        assertThat(taken).isEqualTo(gate.begun.get()).isBetween(2L, 50L);
        get(drained);
        // Nobody takes part in a pool that has ended.
        assertThatThrownBy(() -> run(jobs(1), PoolFlow.ordered(pool)))
                .cause()
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining(pool.name());
    }

    @Test
    void aStreamThatHasNoMoreTimeFailsAfterWhatItHasTaken() {
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1), (Integer job) -> Handlers.hang())) {
            AtomicInteger out = new AtomicInteger();
            assertThatThrownBy(() -> get(Source.from(jobs(3))
                            .concat(Source.maybe())
                            .via(PoolFlow.of(
                                    pool,
                                    StreamOptions.<Integer>ordered()
                                            .withBatch(BatchOptions.defaults().withTimeout(Duration.ofMillis(50)))))
                            .runWith(Sink.foreach(outcome -> out.incrementAndGet()), system)))
                    .cause()
                    .isInstanceOf(TimeoutException.class);
            assertThat(out).hasValue(3);
        }
    }

    @Test
    void aHaltedStreamCompletes() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), PoolFlowEndingsTest::failing)) {
            List<Outcome<Integer>> outcomes = get(Source.fromIterator(
                            () -> IntStream.iterate(0, i -> i + 1).boxed().iterator())
                    .via(PoolFlow.of(
                            pool,
                            StreamOptions.<Integer>asCompleted()
                                    .withBatch(BatchOptions.defaults()
                                            .withHalt(HaltPolicy.soon().failed(1)))))
                    .runWith(Sink.seq(), system));
            assertThat(outcomes).anyMatch(outcome -> outcome instanceof Outcome.Failed);
        }
    }

    @Test
    void outcomesWaitUntilTheyAreAskedForAndUpstreamWithThem() {
        AtomicInteger taken = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> job)) {
            TestSubscriber.Probe<Outcome<Integer>> out = Source.<Integer>repeat(1)
                    .map(job -> {
                        taken.incrementAndGet();
                        return job;
                    })
                    .via(PoolFlow.of(pool, StreamOptions.<Integer>asCompleted().withWindow(64)))
                    .runWith(TestSink.create(system), system);
            out.ensureSubscription();
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(taken).hasValue(64);
                assertThat(get(pool.stats()).succeeded()).isEqualTo(64);
            });
            out.request(64);
            out.expectNextN(64);
            // A part of what has become free is filled again at once; all of it in the end.
            await().atMost(LONG).untilAsserted(() -> assertThat(taken).hasValue(128));
            out.cancel();
            awaitNothingIsOpen(pool);
        }
    }

    @Test
    void aMaterializerThatIsShutDownCancelsTheJobs() throws Exception {
        Gate gate = new Gate();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), gate::pass)) {
            Materializer materializer = Materializer.createMaterializer(system);
            Processing processing = Source.repeat(1)
                    .viaMat(PoolFlow.ordered(pool), Keep.right())
                    .to(Sink.ignore())
                    .run(materializer);
            await().atMost(LONG).untilAsserted(() -> assertThat(gate.begun).hasValue(2));
            materializer.shutdown();
            gate.awaitNothingRunsOf(2);
            awaitNothingIsOpen(pool);
            BatchProgress counts = get(processing.result());
            assertThat(counts.cancelled()).isEqualTo(counts.total());
        }
    }
}
