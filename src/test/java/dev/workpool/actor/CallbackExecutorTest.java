package dev.workpool.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
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
}
