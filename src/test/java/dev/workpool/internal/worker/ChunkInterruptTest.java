package dev.workpool.internal.worker;

import static dev.workpool.internal.worker.ChunkTest.chunk;
import static dev.workpool.internal.worker.ChunkTest.run;
import static dev.workpool.internal.worker.ChunkTest.stopped;
import static dev.workpool.internal.worker.ChunkTest.stoppedChunk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.job.Outcome;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a job that was stopped is interrupted, and left: each order of the steps of the three threads that take part. */
class ChunkInterruptTest {
    private final ExecutorService worker = Executors.newSingleThreadExecutor();

    @AfterEach
    void stopWorker() {
        worker.shutdownNow();
        Thread.interrupted();
    }

    @Test
    void interruptsNothingThatWasNotStopped() {
        Chunk<Integer, String> chunk = chunk(1);
        assertThat(chunk.interrupt(0, () -> fail("has not begun"))).isFalse();
        assertThat(chunk.claim()).isZero();
        assertThat(chunk.interrupt(0, () -> fail("was not stopped"))).isFalse();
    }

    @Test
    void interruptsNothingButTheJobThatWasStopped() {
        Chunk<Integer, String> chunk = chunk(2);
        run(chunk, 0);
        assertThat(chunk.claim()).isEqualTo(1);
        assertThat(chunk.stop(1, stopped())).isTrue();
        assertThat(chunk.interrupt(0, () -> fail("another job"))).isFalse();
        assertThat(chunk.interrupt(2, () -> fail("no job"))).isFalse();
        assertThat(chunk.interrupt(1, () -> {})).isTrue();
    }

    /** Decided, not begun, left: it is never delivered. */
    @Test
    void withdrawsAnInterruptThatHasNotBegunWhenItsJobIsLeft() {
        Chunk<Integer, String> chunk = stoppedChunk();
        chunk.succeed(0, "result " + 0);
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.interrupt(0, () -> fail("was left"))).isFalse();
        assertThat(chunk.outcomes()).containsExactly(stopped());
    }

    /** What the worker finds then is not the pool's, and is for whoever runs the handler to clear. */
    @Test
    void clearsNoInterruptThatItDidNotDeliver() {
        Chunk<Integer, String> chunk = stoppedChunk();
        Thread.currentThread().interrupt();
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(Thread.interrupted()).isTrue();
    }

    /** Decided, begun, delivered, left. */
    @Test
    void clearsTheInterruptBeforeItsThreadGoesOn() {
        Chunk<Integer, String> chunk = stoppedChunk();
        assertThat(chunk.interrupt(0, Thread.currentThread()::interrupt)).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(chunk.isStopped(0)).isTrue();
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(chunk.interrupt(0, () -> fail("was left"))).isFalse();
        assertThat(chunk.running()).isEqualTo(-1);
    }

    /** Delivered, delivered once more, left. */
    @Test
    void interruptsAgainAsLongAsTheJobRuns() {
        Chunk<Integer, String> chunk = stoppedChunk();
        for (int i = 0; i < 3; i++) {
            assertThat(chunk.interrupt(0, Thread.currentThread()::interrupt)).isTrue();
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(chunk.interrupt(0, Thread.currentThread()::interrupt)).isTrue();
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(chunk.outcomes()).containsExactly(stopped());
    }

    @Test
    void interruptsOnceAtATime() {
        Chunk<Integer, String> chunk = stoppedChunk();
        assertThat(chunk.interrupt(
                        0,
                        () -> assertThat(chunk.interrupt(0, () -> fail("in the midst of one")))
                                .isFalse()))
                .isTrue();
    }

    /** Decided, begun, then left while it is being delivered: the worker waits for the end of it. */
    @Test
    void letsNoWorkerGoOnWhileItIsBeingInterrupted() throws Exception {
        Chunk<Integer, String> chunk = chunk(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread[] thread = new Thread[1];
        assertThat(worker.submit(() -> {
                            thread[0] = Thread.currentThread();
                            return chunk.claim();
                        })
                        .get())
                .isZero();
        assertThat(chunk.stop(0, stopped())).isTrue();
        Future<Boolean> left = worker.submit(() -> {
            awaitUninterruptibly(leave);
            chunk.succeed(0, "result " + 0);
            assertThat(chunk.claim()).isEqualTo(-1);
            assertThat(interrupted)
                    .as("claim waited for the interruption to end")
                    .isTrue();
            return Thread.interrupted();
        });
        chunk.interrupt(0, () -> {
            thread[0].interrupt();
            leave.countDown();
            await().until(() -> chunk.running() == -1); // the worker is in the claim that ends the stopped job
            assertThat(chunk.isLeaving()).isTrue();
            assertThat(chunk.recall(0)).as("the router goes on").isEqualTo(1);
            assertThat(chunk.stop(0, new Outcome.Cancelled<>(7))).isFalse();
            assertThat(chunk.harvest()).containsExactly(stopped());
            // Long enough for the worker to have given up looking at once, with a flag that would keep it from waiting.
            await().until(() -> thread[0].getState() == Thread.State.TIMED_WAITING);
            assertThat(left).isNotDone();
            interrupted.set(true);
            thread[0].interrupt();
        });
        assertThat(left.get()).as("an interrupt is left").isFalse();
        assertThat(chunk.isLeaving()).isFalse();
        assertThat(chunk.outcomes()).containsExactly(stopped());
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void letsTheWorkerGoOnWhenTheInterruptionFails() {
        Chunk<Integer, String> chunk = stoppedChunk();
        assertThatThrownBy(() -> chunk.interrupt(0, () -> {
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        assertThat(chunk.claim()).isEqualTo(-1);
        assertThat(chunk.harvest()).containsExactly(stopped());
    }

    private static void fail(String why) {
        throw new AssertionError(why);
    }
}
