package dev.workpool.functional.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever is shown a stream's outcomes before it is their turn. */
class StreamObserverTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    private static int orFail(int job) {
        if (job % 7 == 3) {
            throw new IllegalArgumentException("job " + job);
        }
        return job;
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void outcomesAreShownThatASlowJobHoldsUp(PoolKind kind) throws Exception {
        CountDownLatch othersWereShown = new CountDownLatch(499);
        List<Integer> delivered = new ArrayList<>();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job == 0) {
                othersWereShown.await();
            }
            return job;
        })) {
            StreamOptions<Integer> options =
                    StreamOptions.<Integer>ordered().withObserver((job, outcome) -> othersWereShown.countDown());
            get(pool.process(jobs(500).iterator(), options, (job, outcome) -> delivered.add(job))
                    .result());
        }
        assertThat(delivered).isEqualTo(jobs(500));
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void eachOutcomeIsShownOnceWithItsJobBeforeItIsDelivered(PoolKind kind) throws Exception {
        List<StreamOptions<Integer>> orders =
                List.of(StreamOptions.ordered(), StreamOptions.asCompleted(), StreamOptions.keyed(job -> job % 5));
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(3), (job, context) -> orFail(job))) {
            for (StreamOptions<Integer> order : orders) {
                Set<Integer> shown = ConcurrentHashMap.newKeySet();
                AtomicInteger wrong = new AtomicInteger();
                Set<Integer> delivered = new HashSet<>();
                StreamOptions<Integer> options = order.withWindow(100).withObserver((job, outcome) -> {
                    boolean right =
                            outcome.isSuccess() ? outcome.equals(new Outcome.Succeeded<Object>(job, 1)) : job % 7 == 3;
                    if (!right || !shown.add(job)) {
                        wrong.incrementAndGet();
                    }
                });
                BatchProgress counts = get(pool.process(jobs(3_000).iterator(), options, (job, outcome) -> {
                            if (!shown.contains(job) || !delivered.add(job)) {
                                wrong.incrementAndGet();
                            }
                        })
                        .result());
                assertThat(wrong).hasValue(0);
                assertThat(shown).containsExactlyInAnyOrderElementsOf(jobs(3_000));
                assertThat(delivered).hasSize(3_000);
                assertThat(counts.done()).isEqualTo(3_000);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aSlowOneSlowsDownTheSource(PoolKind kind) throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger taken = new AtomicInteger();
        Iterator<Integer> source =
                jobs(1_000).stream().peek(job -> taken.incrementAndGet()).iterator();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job)) {
            StreamOptions<Integer> options = StreamOptions.<Integer>asCompleted()
                    .withWindow(20)
                    .withObserver((job, outcome) -> released.await());
            Processing processing = pool.process(source, options, (job, outcome) -> {});
            await().atMost(LONG).until(() -> processing.progress().done() == 20);
            assertThat(taken).hasValue(20);
            released.countDown();
            assertThat(get(processing.result()).succeeded()).isEqualTo(1_000);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void oneThatThrowsEndsTheStreamAndIsCalledNoMore(PoolKind kind) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        AtomicInteger delivered = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job)) {
            StreamOptions<Integer> options = StreamOptions.<Integer>asCompleted()
                    .withWindow(50)
                    .withObserver((job, outcome) -> {
                        calls.incrementAndGet();
                        throw new IllegalStateException("enough");
                    });
            Iterator<Integer> endless = Stream.iterate(0, job -> job + 1).iterator();
            Processing processing = pool.process(endless, options, (job, outcome) -> delivered.incrementAndGet());
            assertThatThrownBy(() -> get(processing.result()))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("enough");
            assertThat(calls).hasValue(1);
            assertThat(processing.progress().pending()).isZero();
            assertThat(delivered.get()).isEqualTo(processing.progress().total());
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void itMayCancelTheStreamOnAConditionOfItsOwn(PoolKind kind) throws Exception {
        CompletableFuture<Processing> handle = new CompletableFuture<>();
        AtomicInteger failures = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job == 0) {
                return Handlers.hang();
            }
            throw new IllegalArgumentException("job " + job);
        })) {
            StreamOptions<Integer> options = StreamOptions.<Integer>ordered().withObserver((job, outcome) -> {
                if (outcome instanceof Outcome.Failed && failures.incrementAndGet() == 10) {
                    handle.thenAccept(Processing::cancel);
                }
            });
            Processing processing = pool.process(jobs(100_000).iterator(), options, (job, outcome) -> {});
            handle.complete(processing);
            BatchProgress counts = get(processing.result());
            assertThat(counts.failed()).isBetween(10L, 99_999L);
            assertThat(counts.cancelled()).isPositive();
            assertThat(counts.pending()).isZero();
        }
    }
}
