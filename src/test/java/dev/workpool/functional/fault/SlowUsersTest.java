package dev.workpool.functional.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.Processing;
import dev.workpool.WorkerPool;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobContext;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.StreamOptions;
import dev.workpool.support.CapturedLog;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolActors;
import dev.workpool.support.PoolTest;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Users' code that takes long where the pool has to call it: it holds up its own job, and nobody else. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowUsersTest extends PoolTest {

    /** A channel on which a thread is blocked until it is closed, which takes as long as the test likes. */
    private static final class SlowChannel extends AbstractInterruptibleChannel {
        private final CountDownLatch blocked = new CountDownLatch(1);
        private final CountDownLatch closing = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        void block() throws AsynchronousCloseException {
            boolean completed = false;
            try {
                begin();
                blocked.countDown();
                Handlers.ignoreInterruptsUntil(closing);
            } finally {
                end(completed);
            }
        }

        @Override
        protected void implCloseChannel() {
            closing.countDown();
            Handlers.ignoreInterruptsUntil(released);
        }
    }

    @Test
    void aChannelThatIsSlowToCloseHoldsUpNobodyElse() throws Exception {
        List<SlowChannel> channels = List.of(new SlowChannel(), new SlowChannel());
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(4), (Integer job) -> {
                    if (job < 2) {
                        channels.get(job).block();
                    } else if (job == 2) {
                        running.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            interrupted.countDown();
                            throw e;
                        }
                    }
                    return job;
                });
                WorkerPool<Integer, Integer> other = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            List<Batch<Integer>> slow =
                    List.of(pool.submitAll(List.of(0)), pool.submitAll(List.of(1)), pool.submitAll(List.of(2)));
            for (SlowChannel channel : channels) {
                channel.blocked.await();
            }
            running.await();
            slow.forEach(Batch::cancel);
            for (SlowChannel channel : channels) {
                channel.closing.await();
            }
            assertThat(get(other.submit(7))).as("another pool").isEqualTo(7);
            assertThat(get(pool.submit(8))).as("the same pool").isEqualTo(8);
            interrupted.await();
            assertThat(get(slow.get(2).result()).cancelled())
                    .as("its other jobs")
                    .isEqualTo(1);
            assertThat(get(pool.stats()).abandoned()).isZero();
            CompletableFuture<BatchResult<Integer>> first = slow.get(0).result().toCompletableFuture();
            assertThat(first).as("its thread has not been left alone yet").isNotDone();
            channels.forEach(channel -> channel.released.countDown());
            for (Batch<Integer> batch : slow) {
                assertThat(get(batch.result()).cancelled()).isEqualTo(1);
            }
            assertThat(get(pool.submitAll(jobs(100).subList(3, 100)).result()).isSuccess())
                    .isTrue();
        }
    }

    @Test
    void aLogThatBlocksHoldsUpNobody() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(30);
        try (CapturedLog log = CapturedLog.of("dev.workpool.internal.router.Abandonments", () -> {
                    writing.countDown();
                    Handlers.ignoreInterruptsUntil(released);
                });
                WorkerPool<Integer, Integer> pool =
                        WorkerPool.start(system, settings(30).withCancelGrace(Duration.ofMillis(20)), (Integer job) -> {
                            running.countDown();
                            Handlers.ignoreInterruptsUntil(released);
                            return job;
                        });
                WorkerPool<Integer, Integer> other = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            try {
                List<Batch<Integer>> batches = IntStream.range(0, 30)
                        .mapToObj(i -> pool.submitAll(List.of(i)))
                        .toList();
                running.await();
                for (Batch<Integer> batch : batches) {
                    batch.cancel();
                    assertThat(get(batch.result()).cancelled()).isEqualTo(1);
                }
                writing.await();
                assertThat(get(other.submit(7))).isEqualTo(7);
                assertThat(get(pool.stats()).abandoned()).isEqualTo(30);
                assertThat(log.messages()).as("nothing piles up").hasSize(1);
            } finally {
                released.countDown();
            }
        }
    }

    @Test
    void aSourceOnAChannelThatIsSlowToCloseHoldsUpNobodyElse() throws Exception {
        SlowChannel channel = new SlowChannel();
        Iterator<Integer> jobs = new Iterator<>() {
            @Override
            public boolean hasNext() {
                try {
                    channel.block();
                } catch (AsynchronousCloseException e) {
                    return false;
                }
                return true;
            }

            @Override
            public Integer next() {
                throw new NoSuchElementException();
            }
        };
        try (WorkerPool<Integer, Integer> pool = WorkerPool.start(system, settings(1), (Integer job) -> job);
                WorkerPool<Integer, Integer> other = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            try {
                Processing processing = pool.process(jobs, StreamOptions.asCompleted(), (job, outcome) -> {});
                channel.blocked.await();
                processing.cancel();
                channel.closing.await();
                assertThat(get(other.submit(7))).isEqualTo(7);
                assertThat(get(pool.submit(8))).isEqualTo(8);
            } finally {
                channel.released.countDown();
            }
        }
    }

    // Errors

    private static final RetryPolicy TWICE =
            RetryPolicy.attempts(2).retryOn(Throwable.class).withFixedBackoff(Duration.ZERO);

    /** One whose cause takes as long to find as the test likes. */
    private static final class SlowCause extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient CountDownLatch asked;
        private final transient CountDownLatch released;

        SlowCause(CountDownLatch asked, CountDownLatch released) {
            this.asked = asked;
            this.released = released;
        }

        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as users may
        public Throwable getCause() {
            asked.countDown();
            Handlers.ignoreInterruptsUntil(released);
            return null;
        }
    }

    @Test
    void anErrorWhoseCauseTakesLongToFindKeepsItsOwnJobAndNoOther() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> pool = failing(() -> new SlowCause(asked, released));
                WorkerPool<Integer, Integer> other = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            try {
                CompletableFuture<Integer> slow = pool.submit(0);
                CompletionStage<BatchResult<Integer>> batch =
                        pool.submitAll(List.of(0, 1, 1)).result();
                asked.await();
                assertThat(get(other.submit(7))).as("another pool").isEqualTo(7);
                assertThatThrownBy(() -> get(pool.submit(1)))
                        .as("the same pool")
                        .hasRootCauseMessage("2");
                await().atMost(LONG)
                        .untilAsserted(
                                () -> assertThat(get(pool.stats()).failed()).isEqualTo(3));
                assertThat(slow).isNotDone();
                assertThat(get(pool.stats()).accepted()).isEqualTo(5);
                assertThat(get(pool.stats()).running() + get(pool.stats()).queued())
                        .as("those that have no outcome")
                        .isEqualTo(2);
                released.countDown();
                assertThatThrownBy(() -> get(slow)).hasCauseInstanceOf(SlowCause.class);
                assertThat(get(batch).failed()).isEqualTo(3);
            } finally {
                released.countDown();
            }
        }
    }

    @Test
    void anErrorThatSomebodyHasLockedKeepsItsOwnJobAndNoOther() throws Exception {
        Exception locked = new Exception("locked");
        CountDownLatch attempts = new CountDownLatch(2);
        try (WorkerPool<Integer, Integer> pool = failing(() -> {
                    attempts.countDown();
                    return locked;
                });
                WorkerPool<Integer, Integer> other = WorkerPool.start(system, settings(1), (Integer job) -> job)) {
            CompletableFuture<Integer> slow;
            synchronized (locked) {
                slow = pool.submit(0);
                attempts.await();
                for (int i = 0; i < 10; i++) {
                    assertThat(get(other.submit(i))).isEqualTo(i);
                    assertThatThrownBy(() -> get(pool.submit(1))).hasRootCauseMessage("2");
                }
            }
            assertThatThrownBy(() -> get(slow)).hasCause(locked);
        }
    }

    /** However it ends: drained it waits, but not for ever. */
    @Test
    void aPoolEndsThoughItsErrorsAreBeingAsked() throws Exception {
        for (boolean abort : List.of(true, false)) {
            CountDownLatch asked = new CountDownLatch(3);
            CountDownLatch released = new CountDownLatch(1);
            WorkerPool<Integer, Integer> pool = failing(() -> new SlowCause(asked, released));
            try {
                CompletableFuture<Integer> single = pool.submit(0);
                CompletionStage<BatchResult<Integer>> batch =
                        pool.submitAll(List.of(0, 0)).result();
                asked.await();
                get(abort ? pool.abort() : pool.drain());
                assertThatThrownBy(() -> get(single))
                        .as("not cancelled: it had failed")
                        .hasCauseInstanceOf(SlowCause.class);
                assertThat(get(batch).failed()).isEqualTo(2);
                assertThat(get(pool.stats()).failed()).isEqualTo(3);
            } finally {
                released.countDown();
            }
        }
    }

    @Test
    void aPoolThatFailsSettlesJobsWhoseErrorsAreBeingAskedAsTheyEnded() throws Exception {
        CountDownLatch asked = new CountDownLatch(3);
        CountDownLatch released = new CountDownLatch(1);
        WorkerPool<Integer, Integer> pool = failing(() -> new SlowCause(asked, released));
        try {
            CompletableFuture<Integer> single = pool.submit(0);
            CompletionStage<BatchResult<Integer>> batch =
                    pool.submitAll(List.of(0, 0)).result();
            asked.await();
            PoolActors.poison(system, pool, "");
            assertThatThrownBy(() -> get(single)).hasCauseInstanceOf(SlowCause.class);
            assertThat(get(batch).failed()).isEqualTo(2);
            assertThat(get(pool.stats()).failed()).isEqualTo(3);
        } finally {
            released.countDown();
        }
    }

    /** A pool whose job 0 fails with these errors, twice, and others with their attempt for a message. */
    private WorkerPool<Integer, Integer> failing(Supplier<Exception> errors) {
        return WorkerPool.start(system, settings(4).withRetry(TWICE), (Integer job, JobContext context) -> {
            throw job == 0 ? errors.get() : new Exception(String.valueOf(context.attempt()));
        });
    }
}
