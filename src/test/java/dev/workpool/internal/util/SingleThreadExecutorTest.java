package dev.workpool.internal.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SingleThreadExecutorTest {
    private static final int SCALE = Integer.getInteger("stress.scale", 1);

    private final List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    private final SingleThreadExecutor executor = new SingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "single");
        thread.setUncaughtExceptionHandler((failed, error) -> uncaught.add(error));
        return thread;
    });

    @AfterEach
    void shutDown() throws InterruptedException {
        executor.shutdown();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.isTerminated()).isTrue();
    }

    /** Runs all that was submitted before. */
    private void await() throws Exception {
        executor.submit(() -> {}).get(30, TimeUnit.SECONDS);
    }

    @Test
    void runsTasksOnOneThreadInTheOrderInWhichTheyCome() throws Exception {
        List<Integer> ran = new ArrayList<>(); // of that thread alone
        for (int i = 0; i < 1_000; i++) {
            int number = i;
            executor.execute(() -> {
                assertThat(Thread.currentThread().getName()).isEqualTo("single");
                ran.add(number);
            });
        }
        await();
        assertThat(ran).hasSize(1_000).isSorted();
    }

    /** A ForkJoinPool of one thread fails here: what its thread submits goes first, for ever. */
    @Test
    void tasksThatGoOnAndOnKeepNobodyOut() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch goesOn = new CountDownLatch(10);
        executor.execute(new Runnable() {
            @Override
            public void run() {
                goesOn.countDown();
                if (!over.get()) {
                    executor.execute(this);
                }
            }
        });
        goesOn.await();
        await();
        over.set(true);
    }

    @Test
    void whatOthersAndTheThreadItselfSubmitTakesTurns() throws Exception {
        List<String> ran = new ArrayList<>();
        executor.submit(() -> {
                    for (int i = 0; i < 3; i++) {
                        CompletableFuture.runAsync(() -> executor.execute(() -> ran.add("other's")))
                                .join();
                        executor.execute(() -> ran.add("own"));
                    }
                })
                .get(30, TimeUnit.SECONDS);
        await();
        await();
        assertThat(ran).hasSize(6);
        for (int i = 0; i < 6; i += 2) {
            assertThat(ran.subList(i, i + 2)).containsExactlyInAnyOrder("own", "other's");
        }
    }

    @Test
    void aTaskThatThrowsIsReportedAndTheNextIsRun() throws Exception {
        Error error = new StackOverflowError();
        executor.execute(() -> {
            throw error;
        });
        await();
        assertThat(uncaught).containsExactly(error);
    }

    @Test
    void aHandlerOfUncaughtExceptionsThatThrowsEndsNothing() throws Exception {
        SingleThreadExecutor reporting = new SingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "reporting");
            thread.setUncaughtExceptionHandler((failed, error) -> {
                throw new IllegalStateException(error);
            });
            return thread;
        });
        reporting.execute(() -> {
            throw new OutOfMemoryError("a test's");
        });
        assertThat(reporting.submit(() -> 1).get(30, TimeUnit.SECONDS)).isEqualTo(1);
        reporting.shutdown();
        assertThat(reporting.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aFatalErrorGoesToWhoeverWantsIt() throws Exception {
        List<Throwable> fatal = new CopyOnWriteArrayList<>();
        List<Error> errors = List.of(new OutOfMemoryError("a test's"), new NoClassDefFoundError("a test's"));
        executor.onFatalError((thread, error) -> {
            assertThat(thread.getName()).isEqualTo("single");
            fatal.add(error);
        });
        errors.forEach(error -> executor.execute(() -> {
            throw error;
        }));
        RuntimeException other = new IllegalStateException();
        executor.execute(() -> {
            throw other;
        });
        await();
        assertThat(fatal).containsExactlyElementsOf(errors);
        assertThat(uncaught).containsExactly(other);
        assertThat(SingleThreadExecutor.tellFatal(other))
                .as("on another thread")
                .isFalse();
    }

    @Test
    void anInterruptEndsWithItsTask() throws Exception {
        executor.execute(() -> Thread.currentThread().interrupt());
        assertThat(executor.submit(Thread::interrupted).get(30, TimeUnit.SECONDS))
                .isFalse();
    }

    @Test
    void runsWhatItHasWhenItIsShutDownAndTakesNoMore() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        CountDownLatch begin = new CountDownLatch(1);
        CompletableFuture<Throwable> rejected = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                begin.await();
                executor.execute(ran::incrementAndGet);
            } catch (InterruptedException | RejectedExecutionException e) {
                rejected.complete(e);
            }
        });
        executor.execute(ran::incrementAndGet);
        executor.shutdown();
        assertThat(executor.isShutdown()).isTrue();
        assertThatThrownBy(() -> executor.execute(ran::incrementAndGet)).isInstanceOf(RejectedExecutionException.class);
        begin.countDown();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(rejected.join()).isInstanceOf(RejectedExecutionException.class);
        assertThat(ran).hasValue(1);
    }

    @Test
    void aTaskRunsAfterItsTimeOnTheSameThreadAndTheSoonerOneFirst() throws Exception {
        List<String> ran = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(2);
        executor.execute(() -> {
            executor.runAfter(4_000_000, () -> {
                ran.add("later on " + Thread.currentThread().getName());
                all.countDown();
            });
            executor.runAfter(2_000_000, () -> {
                ran.add("sooner on " + Thread.currentThread().getName());
                all.countDown();
            });
        });
        all.await();
        assertThat(ran).containsExactly("sooner on single", "later on single");
    }

    @Test
    void aTaskThatHasItsTimeRunsThoughOthersComeWithoutEnd() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        AtomicBoolean over = new AtomicBoolean();
        executor.execute(new Runnable() {
            @Override
            public void run() {
                if (!over.get()) {
                    executor.execute(this);
                }
            }
        });
        executor.execute(() -> executor.runAfter(1_000_000, ran::countDown));
        ran.await();
        over.set(true);
    }

    @Test
    void whatIsCancelledBeforeItsTimeDoesNotRun() throws Exception {
        List<String> ran = new CopyOnWriteArrayList<>();
        CountDownLatch later = new CountDownLatch(1);
        executor.execute(() -> {
            TimerQueue.Entry<Runnable> timer = executor.runAfter(1_000_000, () -> ran.add("cancelled"));
            executor.runAfter(2_000_000, later::countDown);
            executor.cancel(timer);
            executor.cancel(timer);
        });
        later.await();
        assertThat(ran).isEmpty();
    }

    @Test
    void aThreadThatWaitsForATimeRunsWhatComesMeanwhile() throws Exception {
        executor.submit(() -> executor.runAfter(TimeUnit.DAYS.toNanos(1), () -> {}))
                .get(30, TimeUnit.SECONDS);
        await();
    }

    @Test
    void onlyItsOwnThreadKnowsAnExecutor() throws Exception {
        assertThat(SingleThreadExecutor.current()).isNull();
        SingleThreadExecutor.lookOut(); // of no effect
        assertThat(executor.submit(SingleThreadExecutor::current).get(30, TimeUnit.SECONDS))
                .isSameAs(executor);
    }

    /** What it looks out for comes at once, late, or never. */
    @Test
    void noTaskIsMissedByAThreadThatLooksOut() throws Exception {
        for (int i = 0; i < 1_000 * SCALE; i++) {
            executor.submit(SingleThreadExecutor::lookOut).get(30, TimeUnit.SECONDS);
            long untilNs = System.nanoTime() + i % 40 * 1_000L;
            while (System.nanoTime() < untilNs) {
                Thread.onSpinWait();
            }
        }
    }

    /** Each task waits for the one before, so that the thread is about to park whenever one comes. */
    @Test
    void noTaskIsMissedByAThreadThatIsAboutToPark() throws Exception {
        for (int i = 0; i < 20_000 * SCALE; i++) {
            await();
        }
    }

    @Test
    void tasksThatRaceEachOtherAndTheEndAreRunOnceOrRejected() throws Exception {
        for (int round = 0; round < 50 * SCALE; round++) {
            SingleThreadExecutor racing = new SingleThreadExecutor(Thread::new);
            AtomicInteger ran = new AtomicInteger();
            AtomicInteger accepted = new AtomicInteger();
            List<Thread> submitters = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                submitters.add(new Thread(() -> {
                    try {
                        while (true) {
                            racing.execute(() -> {
                                ran.incrementAndGet();
                                if (ran.get() % 3 == 0 && !racing.isShutdown()) {
                                    submitAgain(racing, ran, accepted);
                                }
                            });
                            accepted.incrementAndGet();
                        }
                    } catch (RejectedExecutionException e) {
                        // the end
                    }
                }));
            }
            submitters.forEach(Thread::start);
            while (accepted.get() < 1_000) {
                Thread.onSpinWait();
            }
            racing.shutdown();
            for (Thread submitter : submitters) {
                submitter.join();
            }
            assertThat(racing.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            assertThat(ran.get()).isEqualTo(accepted.get());
        }
    }

    private static void submitAgain(SingleThreadExecutor executor, AtomicInteger ran, AtomicInteger accepted) {
        try {
            executor.execute(ran::incrementAndGet);
            accepted.incrementAndGet();
        } catch (RejectedExecutionException e) {
            // the end
        }
    }
}
