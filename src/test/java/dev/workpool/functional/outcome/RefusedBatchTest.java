package dev.workpool.functional.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestProbe;
import dev.workpool.Batch;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.PoolKind;
import dev.workpool.support.PoolTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A batch that the pool does not take: its consumer is called all the same, once for each job, before its result completes. */
class RefusedBatchTest extends PoolTest {
    private static final String ALL = "dev.workpool.support.PoolKind#all";
    private static final int JOBS = 5;

    /** What a consumer has been told, and where. */
    private static final class Told implements OutcomeConsumer<Integer, Integer> {
        final List<Integer> jobs = new ArrayList<>();
        final List<Outcome<Integer>> outcomes = new ArrayList<>();
        final List<String> threads = new ArrayList<>();

        @Override
        public void accept(Integer job, Outcome<Integer> outcome) {
            jobs.add(job);
            outcomes.add(outcome);
            threads.add(Thread.currentThread().getName());
        }

        /** When the result completes, and not some time later. */
        BatchResult<Integer> awaitResult(CompletionStage<BatchResult<Integer>> result) throws Exception {
            List<Outcome<Integer>> before = get(result.thenApply(now -> List.copyOf(outcomes)));
            assertThat(before).isEqualTo(get(result).outcomes());
            assertThat(jobs).isEqualTo(IntStream.range(0, before.size()).boxed().toList());
            assertThat(threads).allMatch(name -> name.contains("callback"));
            return get(result);
        }

        /** And that this is known as soon as the batch is submitted. */
        void assertRejectedAtOnce(Batch<Integer> batch, String reason) throws Exception {
            assertThat(batch.isRejected()).isTrue();
            assertThat(batch.progress().rejected()).isEqualTo(batch.progress().total());
            assertRejected(batch, reason);
        }

        void assertRejected(Batch<Integer> batch, String reason) throws Exception {
            BatchResult<Integer> result = awaitResult(batch.result());
            assertThat(batch.isRejected()).isTrue();
            assertThat(batch.progress()).isEqualTo(result.counts());
            assertThat(result.rejected()).isEqualTo(result.size());
            assertThat(result.outcomes().get(0).toString()).contains(reason);
        }
    }

    /** A pool whose only worker is busy and whose queue of two places is full. */
    private final class Full implements AutoCloseable {
        final CountDownLatch running = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);
        final WorkerPool<Integer, Integer> pool;

        Full(PoolKind kind, WhenFull whenFull) throws InterruptedException {
            pool = kind.start(system, settings(1).withQueueCapacity(2, whenFull), (Integer job, JobContext context) -> {
                running.countDown();
                release.await();
                return job;
            });
            pool.submit(-1);
            assertThat(running.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            pool.submitAll(List.of(-2, -3));
        }

        @Override
        public void close() {
            release.countDown();
            pool.close();
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whereTheQueueIsFull(PoolKind kind) throws Exception {
        try (Full full = new Full(kind, WhenFull.REJECT)) {
            Told told = new Told();
            told.assertRejectedAtOnce(full.pool.submitAll(List.of(0, 1), BatchOptions.defaults(), told), "is full");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WhenFull.class,
            names = {"REJECT", "BLOCK", "DROP_OLDEST"})
    void whereItIsLargerThanTheQueue(WhenFull whenFull) throws Exception {
        try (Full full = new Full(PoolKind.SIMPLE, whenFull)) {
            Told told = new Told();
            told.assertRejected(
                    full.pool.submitAll(jobs(JOBS), BatchOptions.defaults(), told), "larger than the queue");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whereThePoolDrains(PoolKind kind) throws Exception {
        try (Full full = new Full(kind, WhenFull.BLOCK)) {
            full.pool.drain();
            Told told = new Told();
            told.assertRejectedAtOnce(full.pool.submitAll(jobs(2), BatchOptions.defaults(), told), "is closed");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whereThePoolIsGone(PoolKind kind) throws Exception {
        WorkerPool<Integer, Integer> pool = kind.start(system, settings(1), (job, context) -> job);
        pool.close();
        Told told = new Told();
        told.assertRejectedAtOnce(pool.submitAll(jobs(JOBS), BatchOptions.defaults(), told), "is closed");
    }

    @Test
    void whereItsSubmitterIsInterrupted() throws Exception {
        try (Full full = new Full(PoolKind.SIMPLE, WhenFull.BLOCK)) {
            Told told = new Told();
            CompletableFuture<Batch<Integer>> submitted = new CompletableFuture<>();
            Thread submitter = new Thread(() -> {
                Thread.currentThread().interrupt();
                submitted.complete(full.pool.submitAll(jobs(2), BatchOptions.defaults(), told));
            });
            submitter.start();
            told.assertRejectedAtOnce(get(submitted), "was interrupted");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whereItCameFromAnActor(PoolKind kind) throws Exception {
        try (Full full = new Full(kind, WhenFull.REJECT)) {
            for (int jobs = 2; jobs <= 3; jobs++) { // the queue is full, or is too small in any case
                Told told = new Told();
                TestProbe<BatchResult<Integer>> probe = kit.createTestProbe();
                full.pool
                        .ref()
                        .tell(new PoolCommand.SubmitAll<>(jobs(jobs), BatchOptions.defaults(), probe.ref())
                                .withConsumer(told));
                BatchResult<Integer> result = probe.receiveMessage(LONG);
                assertThat(result.rejected()).isEqualTo(jobs);
                assertThat(told.awaitResult(CompletableFuture.completedStage(result)))
                        .isSameAs(result);
            }
        }
    }

    /** The pool ends while a submitter runs its batch itself. */
    @ParameterizedTest
    @MethodSource(ALL)
    void whereItsSubmitterHasRunSomeOfIt(PoolKind kind) throws Exception {
        CompletableFuture<WorkerPool<Integer, Integer>> itself = new CompletableFuture<>();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        WorkerPoolSettings settings = settings(1).withQueueCapacity(2, WhenFull.CALLER_RUNS);
        try (WorkerPool<Integer, Integer> pool = kind.start(system, settings, (Integer job, JobContext context) -> {
            if (job < 0) {
                running.countDown();
                release.await();
            } else if (job == JOBS - 1) {
                itself.join().drain();
            }
            return job;
        })) {
            itself.complete(pool);
            pool.submit(-1);
            assertThat(running.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Told told = new Told();
            BatchResult<Integer> result = told.awaitResult(
                    pool.submitAll(jobs(JOBS), BatchOptions.defaults(), told).result());
            release.countDown();
            assertThat(result.rejected()).isBetween(2L, JOBS - 1L);
            assertThat(result.succeeded()).isEqualTo(JOBS - result.rejected());
            assertThat(result.outcomes().get(JOBS - 1)).isEqualTo(new Outcome.Succeeded<>(JOBS - 1, 1));
        }
    }

    @Test
    void oneThatIsAcceptedIsNot() throws Exception {
        try (Full full = new Full(PoolKind.SIMPLE, WhenFull.DROP_OLDEST)) {
            Batch<Integer> batch = full.pool.submitAll(jobs(2));
            assertThat(batch.isRejected()).isFalse();
            full.release.countDown();
            assertThat(get(batch.result()).succeeded()).isEqualTo(2);
            batch.cancel();
            assertThat(batch.isRejected()).isFalse();
        }
    }
}
