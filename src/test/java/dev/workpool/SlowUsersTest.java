package dev.workpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.support.CapturedLog;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Users' code that takes long where the pool has to call it: it holds up its own job, and nobody else. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowUsersTest extends PoolTest {

    static void awaitUninterruptibly(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                done = false;
            }
        }
    }

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
                awaitUninterruptibly(closing);
            } finally {
                end(completed);
            }
        }

        @Override
        protected void implCloseChannel() {
            closing.countDown();
            awaitUninterruptibly(released);
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
        try (CapturedLog log = CapturedLog.of("dev.workpool.actor.Abandonments", () -> {
                    writing.countDown();
                    awaitUninterruptibly(released);
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
}
