package dev.workpool.internal.akka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallbackExecutorTest {

    @Test
    void runsTasksOnTheExecutorItWasGiven() {
        List<Runnable> submitted = new ArrayList<>();
        List<String> ran = new ArrayList<>();
        new CallbackExecutor(submitted::add).execute(() -> ran.add("task"));
        assertThat(ran).isEmpty();
        submitted.get(0).run();
        assertThat(ran).containsExactly("task");
    }

    @Test
    void tellsForHowLongNoneOfThoseThatWaitHasBegun() {
        AtomicLong now = new AtomicLong(-7);
        Queue<Runnable> submitted = new ArrayDeque<>();
        CallbackExecutor executor = new CallbackExecutor(submitted::add, Runnable::run, now::get, "p");
        now.addAndGet(100);
        assertThat(executor.waited()).as("nothing waits").isZero();
        executor.execute(() -> {});
        now.addAndGet(30);
        executor.executeUnawaited(() -> now.addAndGet(5));
        assertThat(executor.waited()).isEqualTo(Duration.ofNanos(30));
        submitted.remove().run();
        now.addAndGet(20);
        assertThat(executor.waited()).as("since one has begun").isEqualTo(Duration.ofNanos(20));
        submitted.remove().run();
        assertThat(executor.waited()).isZero();
    }

    @Test
    void letsNothingOutThatATaskThrows() {
        CallbackExecutor executor = new CallbackExecutor(Runnable::run);
        assertThatCode(() -> executor.execute(() -> {
                    throw new AssertionError("on purpose");
                }))
                .doesNotThrowAnyException();
    }

    @Test
    void clearsAnInterruptThatATaskLeavesBehindButNotOneThatItsThreadCameWith() {
        CallbackExecutor executor = new CallbackExecutor(Runnable::run);
        executor.execute(() -> Thread.currentThread().interrupt());
        assertThat(Thread.interrupted()).isFalse();
        List<Boolean> seen = new ArrayList<>();
        Thread.currentThread().interrupt();
        executor.execute(() -> seen.add(Thread.currentThread().isInterrupted()));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(seen).containsExactly(true);
    }

    @Test
    void runsTasksOnADaemonThreadOfTheirOwnOnceTheExecutorRefuses() throws Exception {
        CompletableFuture<Thread> ranOn = new CompletableFuture<>();
        new CallbackExecutor(task -> {
                    throw new RejectedExecutionException("on purpose");
                })
                .execute(() -> ranOn.complete(Thread.currentThread()));
        Thread thread = ranOn.get(30, TimeUnit.SECONDS);
        assertThat(thread).isNotSameAs(Thread.currentThread());
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getName()).isEqualTo("workpool-late-callback");
    }

    @Test
    void runsTasksAfterTheExecutorHasBeenShutDown() throws Exception {
        ExecutorService gone = Executors.newSingleThreadExecutor();
        gone.shutdown();
        CompletableFuture<Thread> ranOn = new CompletableFuture<>();
        new CallbackExecutor(gone).execute(() -> ranOn.complete(Thread.currentThread()));
        assertThat(ranOn.get(30, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
    }

    // Where there can be no more threads

    /** An executor that can have no thread, and says so before or after it has queued what it is given. */
    private static final class WithoutThreads implements Executor {
        final List<Runnable> queued = new ArrayList<>();
        int failures = Integer.MAX_VALUE;
        boolean queues;

        @Override
        public void execute(Runnable task) {
            if (failures > 0) {
                failures--;
                if (queues) {
                    queued.add(task);
                }
                throw new OutOfMemoryError("unable to create native thread: by the test");
            }
            queued.add(task);
        }

        void runAll() {
            while (!queued.isEmpty()) {
                queued.remove(0).run();
            }
        }
    }

    private final WithoutThreads limited = new WithoutThreads();
    private final Queue<Runnable> later = new ArrayDeque<>();
    private final List<Integer> ran = new ArrayList<>();

    @Test
    void triesAgainLaterWhatFoundNoThread() {
        CallbackExecutor executor = new CallbackExecutor(limited, later::add, System::nanoTime, "p");
        for (int i = 0; i < 5; i++) {
            int number = i;
            executor.execute(() -> ran.add(number));
        }
        assertThat(later).as("one look for all").hasSize(1);
        later.remove().run();
        assertThat(later).as("and another, since there is none still").hasSize(1);
        limited.failures = 0;
        later.remove().run();
        limited.runAll();
        assertThat(ran).containsExactly(0, 1, 2, 3, 4);
        assertThat(later).isEmpty();
    }

    @Test
    void runsOnceWhatWasQueuedBeforeTheThreadWasMissed() {
        CallbackExecutor executor = new CallbackExecutor(limited, later::add, System::nanoTime, "p");
        limited.queues = true;
        limited.failures = 1;
        executor.execute(() -> ran.add(0));
        later.remove().run();
        limited.runAll();
        assertThat(ran).containsExactly(0);
    }

    @Test
    void runsOnAThreadOfItsOwnWhatNobodyElseCanAnyMore() {
        List<Thread> on = new CopyOnWriteArrayList<>();
        new CallbackExecutor(
                        limited,
                        task -> {
                            throw new IllegalStateException("gone, by the test");
                        },
                        System::nanoTime,
                        "p")
                .execute(() -> on.add(Thread.currentThread()));
        await().atMost(Duration.ofSeconds(60)).until(() -> on.size() == 1);
        assertThat(on.get(0).getName()).isEqualTo("workpool-late-callback");
    }
}
