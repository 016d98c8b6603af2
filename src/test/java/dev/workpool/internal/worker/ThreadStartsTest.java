package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadStartsTest {
    private final OutOfMemoryError limit = new OutOfMemoryError("on purpose: unable to create native thread");
    private boolean full;
    private int tries;
    private final ThreadStarts starts = new ThreadStarts(new WorkerThreads("p", task -> {
        tries++;
        if (full) {
            throw limit;
        }
        return new Thread(task);
    }));

    @Test
    void aThreadRunsWhatItIsStartedFor() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        Thread thread = starts.start(7, ran::countDown);
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        thread.join();
    }

    /** A thousand workers may be handed something at once, and each failing try costs time. */
    @Test
    void afterAThreadThatCouldNotBeStartedNoOtherIsTriedForAMoment() {
        full = true;
        assertThatThrownBy(() -> starts.start(7, () -> {}))
                .isInstanceOf(ThreadStarts.NoThread.class)
                .hasCause(limit);
        long begunNs = System.nanoTime();
        int before = tries;
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> starts.start(7, () -> {}))
                    .isInstanceOf(ThreadStarts.NoThread.class)
                    .hasCause(limit);
        }
        long moments = (System.nanoTime() - begunNs) / 100_000_000 + 1; // on a busy machine more than one passes
        assertThat((long) tries - before).isLessThanOrEqualTo(moments);
    }

    @Test
    void onceThereIsRoomThreadsAreStartedAgain() throws InterruptedException {
        full = true;
        assertThatThrownBy(() -> starts.start(7, () -> {})).isInstanceOf(ThreadStarts.NoThread.class);
        full = false;
        Thread thread = null;
        while (thread == null) {
            try {
                thread = starts.start(7, () -> {});
            } catch (ThreadStarts.NoThread e) {
                Thread.onSpinWait(); // the moment is not over
            }
        }
        thread.join();
        starts.start(7, () -> {}).join();
    }
}
