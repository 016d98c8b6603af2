package dev.workpool.internal.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
    private final Queue<Runnable> submitted = new ArrayDeque<>();
    private final SerialExecutor executor = new SerialExecutor(submitted::add);
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsTasksInOrderInOneGo() {
        executor.execute(() -> ran.add("a"));
        executor.execute(() -> ran.add("b"));
        assertThat(ran).isEmpty();
        assertThat(submitted).hasSize(1);
        submitted.remove().run();
        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void startsAgainAfterItHasRunDry() {
        executor.execute(() -> ran.add("a"));
        submitted.remove().run();
        executor.execute(() -> ran.add("b"));
        assertThat(submitted).hasSize(1);
        submitted.remove().run();
        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void runsWhatATaskSubmitsAfterIt() {
        executor.execute(() -> {
            executor.execute(() -> ran.add("inner"));
            ran.add("outer");
        });
        executor.execute(() -> ran.add("next"));
        submitted.remove().run();
        assertThat(ran).containsExactly("outer", "next", "inner");
        assertThat(submitted).isEmpty();
    }

    @Test
    void runsWhatComesAfterATaskThatThrows() {
        executor.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        executor.execute(() -> ran.add("next"));
        submitted.remove().run();
        assertThat(ran).containsExactly("next");
        executor.execute(() -> ran.add("later"));
        submitted.remove().run();
        assertThat(ran).containsExactly("next", "later");
    }

    @Test
    void noTaskSeesAnInterruptThatAnotherLeftBehind() {
        List<Boolean> seen = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            executor.execute(() -> {
                seen.add(Thread.currentThread().isInterrupted());
                Thread.currentThread().interrupt();
            });
        }
        submitted.remove().run();
        assertThat(Thread.interrupted()).isFalse();
        assertThat(seen).containsExactly(false, false, false);
    }

    @Test
    void runsOneTaskAtATimeEachSeeingWhatThoseBeforeItDid() throws Exception {
        int threads = 4;
        int tasks = 20_000;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            SerialExecutor serial = new SerialExecutor(pool);
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger together = new AtomicInteger();
            int[] unguarded = new int[1];
            CountDownLatch done = new CountDownLatch(threads * tasks);
            for (int t = 0; t < threads; t++) {
                new Thread(() -> {
                            for (int i = 0; i < tasks; i++) {
                                serial.execute(() -> {
                                    together.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                    unguarded[0]++;
                                    inside.decrementAndGet();
                                    done.countDown();
                                });
                            }
                        })
                        .start();
            }
            await().until(() -> done.getCount() == 0);
            assertThat(together).hasValue(1);
            assertThat(unguarded[0]).isEqualTo(threads * tasks);
        } finally {
            pool.shutdownNow();
        }
    }
}
