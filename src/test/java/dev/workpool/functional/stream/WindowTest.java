package dev.workpool.functional.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.Deliveries;
import dev.workpool.support.Jobs;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream never holds more than its window: of what was taken from the source, and not delivered. */
class WindowTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    private static void awaitThat(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(LONG)
                .until(condition);
    }

    /** A source and a consumer that know how many jobs are between them. */
    private static final class Held {
        final AtomicInteger held = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final Jobs source;
        final Deliveries<Integer, Integer> deliveries;
        volatile int spinsOfConsumer;

        Held(int jobs) {
            source = new Jobs(jobs) {
                @Override
                protected Integer job(int index) {
                    most.accumulateAndGet(held.incrementAndGet(), Math::max);
                    return index;
                }
            };
            deliveries = new Deliveries<>() {
                @Override
                protected void onOutcome(Integer job, Outcome<Integer> outcome) {
                    for (int i = spinsOfConsumer; i > 0; i--) {
                        Thread.onSpinWait();
                    }
                    held.decrementAndGet();
                }
            };
        }
    }

    static Stream<StreamOptions<Integer>> everyOrderAndWindow() {
        return Stream.of(1, 2, 7, 64, 1_000)
                .flatMap(window -> Stream.of(
                                StreamOptions.<Integer>ordered(),
                                StreamOptions.<Integer>asCompleted(),
                                StreamOptions.<Integer>keyed(job -> job % 3))
                        .map(options -> options.withWindow(window)));
    }

    @ParameterizedTest
    @MethodSource("everyOrderAndWindow")
    void itIsNeverExceededWhateverIsSlow(StreamOptions<Integer> options) throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(3), (Integer job) -> {
            for (int i = job % 211 == 0 ? 30_000 : 0; i > 0; i--) {
                Thread.onSpinWait();
            }
            return job;
        })) {
            for (int spins : List.of(0, 300)) {
                Held held = new Held(1_500);
                held.spinsOfConsumer = spins;
                held.deliveries.awaitSuccess(pool.process(held.source, options, held.deliveries));
                assertThat(held.most.get()).isBetween(1, options.window());
                assertThat(held.held).hasValue(0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void allOfItIsUsedBehindASlowHead(PoolKind kind) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job == 0) {
                release.await();
            }
            done.incrementAndGet();
            return job;
        })) {
            Held held = new Held(5_000);
            Processing stream =
                    pool.process(held.source, StreamOptions.<Integer>ordered().withWindow(500), held.deliveries);
            awaitThat(() -> held.source.taken() == 500 && done.get() == 499);
            assertThat(held.deliveries.count()).isZero();
            release.countDown();
            held.deliveries.awaitSuccess(stream);
            assertThat(held.most).hasValue(500);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void allOfItIsUsedBeforeASlowConsumer(PoolKind kind) throws Exception {
        AtomicInteger done = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool =
                kind.start(system, settings(2), (job, context) -> done.incrementAndGet())) {
            for (StreamOptions<Integer> options :
                    List.of(StreamOptions.<Integer>ordered(), StreamOptions.<Integer>keyed(job -> job % 3))) {
                CountDownLatch release = new CountDownLatch(1);
                done.set(0);
                Jobs source = new Jobs(1_000);
                Deliveries<Integer, Integer> deliveries = new Deliveries<>() {
                    @Override
                    protected void onOutcome(Integer job, Outcome<Integer> outcome) throws InterruptedException {
                        release.await();
                    }
                };
                Processing stream = pool.process(source, options.withWindow(100), deliveries);
                awaitThat(() -> stream.progress().succeeded() == 100); // not only begun, or the cancel would reach it
                assertThat(done.get()).isEqualTo(100);
                assertThat(source.taken()).isEqualTo(100);
                stream.cancel();
                awaitThat(() -> source.closed() == 1); // before there is room for more
                release.countDown();
                BatchProgress counts = deliveries.awaitSuccess(stream);
                assertThat(counts.total()).as("those that were taken were done").isEqualTo(100);
                assertThat(counts.succeeded()).isEqualTo(100);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aSlowKeyLeavesWhatItDoesNotFillToOthers(PoolKind kind) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job == 0) {
                release.await();
            }
            return job;
        })) {
            // Sixty of the slow key, and four places for the others.
            Held held = new Held(260);
            StreamOptions<Integer> options =
                    StreamOptions.<Integer>keyed(job -> job < 60 ? -1 : job % 3).withWindow(64);
            Processing stream = pool.process(held.source, options, held.deliveries);
            awaitThat(() -> held.deliveries.count() == 200 && held.held.get() == 60);
            release.countDown();
            held.deliveries.awaitSuccess(stream);
            assertThat(held.deliveries.jobs().subList(0, 200)).allMatch(job -> job >= 60);
            assertThat(held.deliveries.jobs().subList(200, 260)).isEqualTo(jobs(60));
            assertThat(held.most).hasValue(64);
        }
    }

    @Test
    void aPublisherIsNeverAskedForMore() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(3), (Integer job) -> job)) {
            for (int window : List.of(1, 7, 64)) {
                AtomicLong delivered = new AtomicLong();
                AtomicLong most = new AtomicLong();
                Flow.Publisher<Integer> publisher = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
                    private int next;
                    private long requested;

                    @Override
                    public void request(long more) {
                        requested += more;
                        most.accumulateAndGet(requested - delivered.get(), Math::max);
                        while (next < requested && next < 1_000) {
                            subscriber.onNext(next++);
                        }
                        if (next == 1_000) {
                            subscriber.onComplete();
                        }
                    }

                    @Override
                    public void cancel() {
                        next = Integer.MAX_VALUE;
                    }
                });
                Deliveries<Integer, Integer> deliveries = new Deliveries<>() {
                    @Override
                    protected void onOutcome(Integer job, Outcome<Integer> outcome) {
                        delivered.incrementAndGet();
                    }
                };
                deliveries.awaitSuccess(
                        pool.process(publisher, StreamOptions.<Integer>ordered().withWindow(window), deliveries));
                assertThat(deliveries.jobs()).isEqualTo(jobs(1_000));
                assertThat(most.get()).isBetween(1L, (long) window);
            }
        }
    }
}
