package dev.workpool.functional.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.Deliveries;
import dev.workpool.support.Handlers;
import dev.workpool.support.Jobs;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the jobs of a stream come from, and what becomes of that, over every kind of pool. */
class ProcessSourceTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    private static StreamOptions<Integer> ordered() {
        return StreamOptions.ordered();
    }

    private WorkerPool<Integer, Integer> start(PoolKind kind) {
        return kind.start(system, settings(2), (job, context) -> 2 * job);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aPublisherIsTakenFrom(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(kind)) {
            SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>(Runnable::run, 8);
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            Processing stream = pool.process(publisher, ordered().withWindow(20), deliveries);
            while (publisher.getNumberOfSubscribers() == 0) {
                Thread.onSpinWait();
            }
            jobs(500).forEach(publisher::submit);
            publisher.close(); // its end
            deliveries.awaitSuccess(stream);
            assertThat(deliveries.jobs()).isEqualTo(jobs(500));
            assertThat(deliveries.outcomes().get(7)).isEqualTo(new Outcome.Succeeded<>(14, 1));
        }
    }

    @Test
    void whatIsNullIsRefusedAtOnce() {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            OutcomeConsumer<Integer, Integer> consumer = (job, outcome) -> {};
            Iterator<Integer> iterator = IntStream.range(0, 1).iterator();
            assertThatThrownBy(() -> pool.process((Iterator<Integer>) null, ordered(), consumer))
                    .hasMessageContaining("jobs: the source is null");
            assertThatThrownBy(() -> pool.process((Stream<Integer>) null, ordered(), consumer))
                    .hasMessageContaining("jobs: the source is null");
            assertThatThrownBy(() -> pool.process((Flow.Publisher<Integer>) null, ordered(), consumer))
                    .hasMessageContaining("jobs: the source is null");
            assertThatThrownBy(() -> pool.process(iterator, null, consumer)).hasMessageContaining("options");
            assertThatThrownBy(() -> pool.process(iterator, ordered(), null)).hasMessageContaining("consumer");
            assertThat(iterator.hasNext()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void itIsUsedByOneThreadOfThePoolAndClosedOnce(PoolKind kind) throws Exception {
        WorkerPool<Integer, Integer> pool = start(kind);
        try (pool) {
            Jobs source = new Jobs(1_000);
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            deliveries.awaitSuccess(pool.process(source, ordered().withWindow(10), deliveries));
            assertThat(source.closed()).isOne();
            assertThat(source.wrong()).isNull();
            assertThat(source.thread().getName()).startsWith(pool.name() + "-source-");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whatItThrowsEndsTheInputAndLosesNothing(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(kind)) {
            for (StreamOptions<Integer> options : List.of(
                    ordered(),
                    StreamOptions.<Integer>keyed(job -> job % 3),
                    ordered().withWindow(1))) {
                Jobs source = new Jobs(1_000) {
                    @Override
                    protected Integer job(int index) {
                        if (index == 500) {
                            throw new IllegalStateException("the disk is gone");
                        }
                        return index;
                    }
                };
                Deliveries<Integer, Integer> deliveries = new Deliveries<>();
                Processing stream = pool.process(source, options, deliveries);
                assertThat(deliveries.await(stream))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("the disk is gone");
                assertThat(deliveries.jobs()).containsExactlyInAnyOrderElementsOf(jobs(500));
                assertThat(stream.progress()).isEqualTo(new BatchProgress(500, 500, 0, 0, 0, 0));
                assertThat(source.closed()).isOne();
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whatHasNextThrowsEndsTheInput(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(kind)) {
            Jobs source = new Jobs(1_000) {
                @Override
                public boolean hasNext() {
                    if (taken() == 3) {
                        throw new LinkageError("no more classes");
                    }
                    return super.hasNext();
                }
            };
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            assertThat(deliveries.await(pool.process(source, ordered(), deliveries)))
                    .isInstanceOf(LinkageError.class);
            assertThat(deliveries.jobs()).containsExactly(0, 1, 2);
            assertThat(source.closed()).isOne();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aNullEndsTheInputAndSaysWhereItIs(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(kind)) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            Processing stream = pool.process(Arrays.asList(0, 1, 2, null, 4).iterator(), ordered(), deliveries);
            assertThat(deliveries.await(stream))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("job at index 3 of the source is null");
            assertThat(deliveries.jobs()).containsExactly(0, 1, 2);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aKeyFunctionThatThrowsOrGivesNoneEndsTheInput(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(kind)) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            StreamOptions<Integer> throwing = StreamOptions.keyed(job -> 1 / (5 - job));
            assertThat(deliveries.await(pool.process(jobs(10).iterator(), throwing, deliveries)))
                    .isInstanceOf(ArithmeticException.class);
            assertThat(deliveries.jobs()).containsExactlyInAnyOrder(0, 1, 2, 3, 4);

            Deliveries<Integer, Integer> others = new Deliveries<>();
            StreamOptions<Integer> without = StreamOptions.keyed(job -> job == 5 ? null : "key");
            assertThat(others.await(pool.process(jobs(10).iterator(), without, others)))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageContaining("key of a job is null");
            assertThat(others.jobs()).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void keysMayCompareBadly(PoolKind kind) throws Exception {
        record Hostile(int job) {
            @Override
            public int hashCode() {
                if (job == 5) {
                    throw new IllegalStateException("no hash");
                }
                return job;
            }
        }
        try (WorkerPool<Integer, Integer> pool = start(kind)) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            StreamOptions<Integer> options = StreamOptions.keyed(Hostile::new);
            assertThat(deliveries.await(pool.process(jobs(10).iterator(), options, deliveries)))
                    .hasMessage("no hash");
            assertThat(deliveries.jobs()).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aStreamThatWasUsedBeforeFailsAtOnce(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(kind)) {
            for (int i = 0; i < 20; i++) { // the source's thread may be faster than this one
                AtomicInteger closed = new AtomicInteger();
                Stream<Integer> used = Stream.of(1, 2, 3).onClose(closed::incrementAndGet);
                assertThat(used.count()).isEqualTo(3);
                Deliveries<Integer, Integer> deliveries = new Deliveries<>();
                assertThat(deliveries.await(pool.process(used, ordered(), deliveries)))
                        .isInstanceOf(IllegalStateException.class);
                assertThat(closed).hasValue(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aStreamOfTheJdkIsClosedOnce(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(kind)) {
            AtomicInteger closed = new AtomicInteger();
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            Stream<Integer> endless = Stream.iterate(0, job -> job + 1).onClose(closed::incrementAndGet);
            deliveries.awaitSuccess(pool.process(endless.limit(1_000), ordered(), deliveries));
            assertThat(closed).hasValue(1);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whatClosingThrowsIsToldUnlessThereIsWorse(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(kind)) {
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            Stream<Integer> closesBadly = jobs(10).stream().onClose(() -> {
                throw new IllegalStateException("not closed");
            });
            assertThat(deliveries.await(pool.process(closesBadly, ordered(), deliveries)))
                    .hasMessage("not closed");
            assertThat(deliveries.jobs()).isEqualTo(jobs(10));

            Deliveries<Integer, Integer> others = new Deliveries<>();
            Stream<Integer> both = Stream.<Integer>generate(() -> {
                        throw new IllegalStateException("not read");
                    })
                    .onClose(() -> {
                        throw new IllegalStateException("not closed");
                    });
            Throwable problem = others.await(pool.process(both, ordered(), others));
            assertThat(problem).hasMessage("not read");
            assertThat(problem.getSuppressed())
                    .singleElement()
                    .satisfies(suppressed -> assertThat(suppressed).hasMessage("not closed"));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aSourceThatBlocksIsInterruptedByCancelling(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(kind)) {
            CountDownLatch blocked = new CountDownLatch(1);
            AtomicInteger interrupted = new AtomicInteger();
            CountDownLatch closed = new CountDownLatch(1);
            Jobs source = new Jobs(Integer.MAX_VALUE) {
                @Override
                protected Integer job(int index) {
                    if (index == 10) {
                        blocked.countDown();
                        try {
                            Handlers.hang();
                        } catch (InterruptedException e) {
                            interrupted.incrementAndGet();
                            throw new IllegalStateException(e);
                        }
                    }
                    return index;
                }

                @Override
                public void close() {
                    super.close();
                    interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 100 : 0);
                    closed.countDown();
                }
            };
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            Processing stream = pool.process(source, ordered(), deliveries);
            blocked.await();
            while (stream.progress().succeeded() < 10) {
                Thread.onSpinWait(); // though the source is stuck
            }
            stream.cancel();
            BatchProgress counts = deliveries.awaitSuccess(stream);
            assertThat(counts).isEqualTo(new BatchProgress(10, 10, 0, 0, 0, 0));
            closed.await();
            assertThat(interrupted).as("once, and not while it is closed").hasValue(1);
            source.thread().join();
            assertThat(source.closed()).isOne();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aSourceThatIgnoresItsInterruptHoldsUpNobody(PoolKind kind) throws Exception {
        try (WorkerPool<Integer, Integer> pool = start(kind)) {
            CountDownLatch blocked = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            Jobs source = new Jobs(Integer.MAX_VALUE) {
                @Override
                protected Integer job(int index) {
                    if (index == 10) {
                        blocked.countDown();
                        Handlers.ignoreInterruptsUntil(release);
                    }
                    return index;
                }
            };
            Deliveries<Integer, Integer> deliveries = new Deliveries<>();
            Processing stream = pool.process(source, ordered(), deliveries);
            blocked.await();
            stream.cancel();
            deliveries.awaitSuccess(stream);
            assertThat(deliveries.jobs()).isEqualTo(jobs(10));
            release.countDown();
            source.thread().join();
            assertThat(source.taken())
                    .as("the job that it handed over then is dropped")
                    .isEqualTo(11);
            assertThat(source.closed()).isOne();
            assertThat(stream.progress().total()).isEqualTo(10);
        }
    }
}
