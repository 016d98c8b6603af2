package dev.workpool.functional.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** How batches and streams are called. */
class NamesOfBatchesTest extends PoolTest {

    @Test
    void aBatchHasAnIdOfItsOwnAndTheNameItWasGiven() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> job);
                WorkerPool<Integer, Integer> other = WorkerPool.start(system, settings(1), job -> job)) {
            Batch<Integer> first =
                    pool.submitAll(jobs(3), BatchOptions.named("nightly").withPriority(3));
            Batch<Integer> second = other.submitAll(List.of());
            Batch<Integer> third = pool.submitAll(jobs(3), BatchOptions.named("nightly"));
            assertThat(first.id()).isPositive();
            assertThat(second.id()).isGreaterThan(first.id());
            assertThat(third.id()).isGreaterThan(second.id());
            assertThat(first.name()).isEqualTo("nightly").isEqualTo(third.name());
            assertThat(second.name()).isEmpty();
            get(first.result());
            assertThat(first)
                    .hasToString("Batch(" + first.id() + " 'nightly' of pool '" + pool.name()
                            + "', 3 of 3 jobs ended: 3 succeeded)");
            assertThat(second)
                    .hasToString("Batch(" + second.id() + " of pool '" + other.name() + "', 0 of 0 jobs ended)");
        }
    }

    @Test
    void aBatchIsFoundByItsIdAsLongAsItRuns() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> {
            release.await();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(2));
            assertThat(pool.batch(batch.id())).containsSame(batch);
            assertThat(pool.batch(batch.id() + 1)).isEmpty();
            assertThat(pool.batch(pool.submitAll(List.of()).id())).isEmpty();
            release.countDown();
            get(batch.result());
            assertThat(pool.batch(batch.id())).isEmpty();
            get(pool.abort());
            Batch<Integer> late = pool.submitAll(jobs(2));
            get(late.result());
            assertThat(pool.batch(late.id())).isEmpty();
            assertThat(late.toString()).endsWith("', 2 of 2 jobs ended: 2 rejected)");
        }
    }

    @Test
    void aBatchSaysHowItsJobsHaveEnded() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool =
                WorkerPool.start(system, settings(1).withChunkMaxJobs(1), job -> {
                    if (job == 0) {
                        throw new IllegalStateException("on purpose");
                    }
                    begun.countDown();
                    return Handlers.hang();
                })) {
            Batch<Integer> batch = pool.submitAll(jobs(3));
            begun.await();
            batch.cancel();
            get(batch.result());
            assertThat(batch.toString()).endsWith("', 3 of 3 jobs ended: 1 failed, 2 cancelled)");
        }
    }

    @Test
    void aBatchThatRunsTellsHowFarItIs() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> {
            release.await();
            return job;
        })) {
            Batch<Integer> batch = pool.submitAll(jobs(2));
            assertThat(batch.toString()).endsWith("', 0 of 2 jobs ended)");
            release.countDown();
        }
    }

    @Test
    void aStreamIsCalledByItsIdAndName() throws Exception {
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), job -> job)) {
            StreamOptions<Integer> options = StreamOptions.<Integer>ordered().withBatch(BatchOptions.named("lines"));
            Processing stream = pool.process(jobs(5).iterator(), options, (job, outcome) -> {});
            get(stream.result());
            assertThat(stream.toString())
                    .matches("Processing\\(stream \\d+ 'lines', 5 of 5 jobs ended: 5 succeeded\\)");
        }
    }
}
