package dev.workpool.functional.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchProgress;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolStats;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.Deliveries;
import dev.workpool.support.Handlers;
import dev.workpool.support.Jobs;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams beside other streams and batches, over every kind of pool. */
class ProcessSharingTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";

    private static StreamOptions<Integer> ordered() {
        return StreamOptions.ordered();
    }

    private static StreamOptions<Integer> byTens() {
        return StreamOptions.keyed(job -> job / 10);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aStreamMayBeginInAHandlerAndInAConsumer(PoolKind kind) throws Exception {
        CompletableFuture<WorkerPool<Integer, Integer>> itself = new CompletableFuture<>();
        Deliveries<Integer, Integer> fromHandler = new Deliveries<>();
        Deliveries<Integer, Integer> fromConsumer = new Deliveries<>();
        CompletableFuture<Processing> ofHandler = new CompletableFuture<>();
        CompletableFuture<Processing> ofConsumer = new CompletableFuture<>();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            if (job == -1) {
                ofHandler.complete(itself.get().process(PoolTest.jobs(10).iterator(), ordered(), fromHandler));
            }
            return job;
        })) {
            itself.complete(pool);
            Deliveries<Integer, Integer> deliveries = new Deliveries<>() {
                @Override
                protected void onOutcome(Integer job, Outcome<Integer> outcome) {
                    ofConsumer.complete(pool.process(PoolTest.jobs(10).iterator(), byTens(), fromConsumer));
                }
            };
            deliveries.awaitSuccess(pool.process(List.of(-1).iterator(), ordered(), deliveries));
            fromHandler.awaitSuccess(get(ofHandler));
            fromConsumer.awaitSuccess(get(ofConsumer));
            assertThat(fromConsumer.jobs()).isEqualTo(PoolTest.jobs(10));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void streamsAndBatchesShareThePool(PoolKind kind) throws Exception {
        AtomicInteger ofBatch = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> {
            ofBatch.addAndGet(job == -1 ? 1 : 0);
            return 2 * job;
        })) {
            // Two streams without end, which nobody may have to wait for.
            Deliveries<Integer, Integer> first = new Deliveries<>();
            Deliveries<Integer, Integer> second = new Deliveries<>();
            Processing one = pool.process(new Jobs(Integer.MAX_VALUE), ordered(), first);
            Processing two = pool.process(new Jobs(Integer.MAX_VALUE), byTens().withWindow(64), second);
            Batch<Integer> batch = pool.submitAll(Collections.nCopies(2_000, -1));
            assertThat(get(batch.result()).succeeded()).isEqualTo(2_000);
            assertThat(get(pool.submit(21))).isEqualTo(42);
            int seen = first.count();
            int seenOfSecond = second.count();
            while (first.count() < seen + 100 || second.count() < seenOfSecond + 100) {
                Thread.onSpinWait();
            }
            one.cancel();
            two.cancel();
            first.awaitSuccess(one);
            second.awaitSuccess(two);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void twoStreamsTakeTurns(PoolKind kind) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger ofFirst = new AtomicInteger();
        AtomicInteger ofSecond = new AtomicInteger();
        AtomicInteger ofSecondAtTheEnd = new AtomicInteger(-1);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(1).withChunkMaxJobs(1), (job, context) -> {
            if (job == -1) {
                release.await();
            } else if (job >= 1_000_000) {
                ofSecond.incrementAndGet();
            } else if (ofFirst.incrementAndGet() == 300) {
                ofSecondAtTheEnd.set(ofSecond.get());
            }
            return job;
        })) {
            CompletableFuture<Integer> held = pool.submit(-1);
            Deliveries<Integer, Integer> first = new Deliveries<>();
            Deliveries<Integer, Integer> second = new Deliveries<>();
            Processing one = pool.process(new Jobs(300), ordered(), first);
            Processing two = pool.process(
                    new Jobs(300) {
                        @Override
                        protected Integer job(int index) {
                            return 1_000_000 + index;
                        }
                    },
                    ordered(),
                    second);
            while (one.progress().total() < 300 || two.progress().total() < 300) {
                Thread.onSpinWait();
            }
            release.countDown();
            first.awaitSuccess(one);
            second.awaitSuccess(two);
            assertThat(get(held)).isEqualTo(-1);
            assertThat(ofSecondAtTheEnd.get())
                    .as("of the second at the first's end")
                    .isBetween(150, 300);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whatIsCancelledIsNotNoticedByOthers(PoolKind kind) throws Exception {
        AtomicInteger hanging = new AtomicInteger();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> {
            if (job < 0) {
                hanging.incrementAndGet();
                try {
                    return Handlers.hang();
                } finally {
                    hanging.decrementAndGet();
                }
            }
            return job;
        })) {
            for (StreamOptions<Integer> options : List.of(ordered(), byTens())) {
                Jobs source = new Jobs(Integer.MAX_VALUE) {
                    @Override
                    protected Integer job(int index) {
                        return -1 - index;
                    }
                };
                Deliveries<Integer, Integer> cancelled = new Deliveries<>();
                Processing toBeCancelled = pool.process(source, options.withWindow(200), cancelled);
                while (hanging.get() == 0) {
                    Thread.onSpinWait();
                }
                Deliveries<Integer, Integer> deliveries = new Deliveries<>();
                Processing other = pool.process(jobs(500).iterator(), options.withWindow(50), deliveries);
                Batch<Integer> batch = pool.submitAll(jobs(500));
                toBeCancelled.cancel();
                BatchProgress counts = cancelled.awaitSuccess(toBeCancelled);
                assertThat(counts.cancelled()).isEqualTo(counts.total()).isPositive();
                assertThat(hanging).as("nothing of it runs").hasValue(0);
                assertThat(deliveries.awaitSuccess(other).succeeded()).isEqualTo(500);
                assertThat(get(batch.result()).values()).isEqualTo(jobs(500));
                PoolStats stats = get(pool.stats());
                assertThat(stats.queued()).isZero();
                assertThat(stats.running()).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aStreamTakesNoPlaceInTheQueueOfThePool(PoolKind kind) throws Exception {
        Semaphore permits = new Semaphore(0);
        WorkerPoolSettings settings = settings(1).withQueueCapacity(10, WhenFull.REJECT);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (job, context) -> {
            permits.acquire();
            if (job == 7) {
                throw new IllegalStateException("seven");
            }
            return job;
        })) {
            RetryPolicy twice = RetryPolicy.attempts(2).withFixedBackoff(Duration.ofMillis(1));
            for (StreamOptions<Integer> options : List.of(ordered(), byTens())) {
                Deliveries<Integer, Integer> deliveries = new Deliveries<>();
                Processing stream = pool.process(
                        jobs(100).iterator(),
                        options.withBatch(BatchOptions.defaults().withRetry(twice)),
                        deliveries);
                while (stream.progress().total() < 100) {
                    Thread.onSpinWait();
                }
                List<CompletableFuture<Integer>> singles = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    singles.add(pool.submit(1_000 + i));
                }
                permits.release(1_000);
                deliveries.awaitSuccess(stream);
                for (int i = 0; i < 10; i++) {
                    assertThat(get(singles.get(i))).isEqualTo(1_000 + i);
                }
                permits.drainPermits();
            }
            // Had a stream left anything behind, or taken out more than it brought, there would be room for fewer or
            // more.
            pool.pause();
            List<CompletableFuture<Integer>> singles = new ArrayList<>();
            for (int i = 0; i < 11; i++) {
                singles.add(pool.submit(1_000 + i));
            }
            Throwable refused = get(singles.get(10).handle((value, error) -> error));
            assertThat(refused).isInstanceOf(RejectedExecutionException.class);
            permits.release(1_000);
            pool.resume();
            assertThat(get(singles.get(9))).isEqualTo(1_009);
        }
    }

    /** A source that hands out a job only when the one before has its outcome, beside cheap jobs that keep all workers busy. */
    @Test
    void jobsThatComeAloneGetTheirTurnBesideABatch() throws Exception {
        int alone = 4;
        int many = 3_000_000;
        Semaphore delivered = new Semaphore(1);
        Iterator<Integer> jobs = IntStream.range(0, alone)
                .peek(job -> delivered.acquireUninterruptibly())
                .iterator();
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(2), (Integer job) -> {
            long until = System.nanoTime() + 2_000;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            return job;
        })) {
            get(pool.submitAll(jobs(10_000)).result()); // from here on it is known what a job costs
            Batch<Integer> batch = pool.submitAll(jobs(many));
            Processing processing =
                    pool.process(jobs, StreamOptions.asCompleted(), (job, outcome) -> delivered.release());
            assertThat(get(processing.result()).succeeded()).isEqualTo(alone);
            assertThat(batch.progress().done()).isLessThan(many);
            batch.cancel();
        }
    }

    /** Cheap jobs are granted many at a time, but not kept back for that when nobody has anything to do. */
    @ParameterizedTest
    @MethodSource("dev.workpool.support.PoolKind#all")
    void jobsThatComeAloneAfterManyAreNotKeptWaiting(PoolKind kind) throws Exception {
        int many = 20_000;
        int alone = 300;
        Semaphore delivered = new Semaphore(0);
        Iterator<Integer> jobs = IntStream.range(0, many + alone)
                .peek(job -> {
                    if (job >= many) {
                        delivered.acquireUninterruptibly(job == many ? many : 1);
                    }
                })
                .iterator();
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings(2), (job, context) -> job)) {
            Processing processing =
                    pool.process(jobs, StreamOptions.asCompleted(), (job, outcome) -> delivered.release());
            assertThat(get(processing.result()).succeeded()).isEqualTo(many + alone);
        }
    }
}
