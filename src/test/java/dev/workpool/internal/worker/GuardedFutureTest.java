package dev.workpool.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.internal.akka.TestHarness;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GuardedFutureTest {
    private final Object pool = new Object();
    private final PoolGuard guard = new PoolGuard(pool, "p", TestHarness.NONE);
    private PoolThread before;
    private boolean entered;

    private final GuardedFuture<String> future = new GuardedFuture<>(guard) {};

    private void beHandlerOf(Object of, PoolThread.Role role) {
        before = new PoolThread(of, role).enter();
        entered = true;
    }

    @AfterEach
    void leave() {
        if (entered) {
            PoolThread.leave(before);
        }
    }

    private static void assertGuarded(ThrowingCallable wait) {
        assertThatThrownBy(wait)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("a handler of pool 'p' would wait for its own pool");
    }

    @Test
    void aHandlerDoesNotWaitForItsOwnPool() {
        beHandlerOf(pool, PoolThread.Role.HANDLER);
        assertGuarded(future::join);
        assertGuarded(future::get);
        assertGuarded(() -> future.get(1, TimeUnit.SECONDS));
        assertThatThrownBy(() -> future.get(0, TimeUnit.SECONDS))
                .as("only looks")
                .isInstanceOf(TimeoutException.class);
    }

    @Test
    void norForWhatIsMadeOfIt() {
        GuardedFuture.Stage<String> stage = new GuardedFuture.Stage<>(guard);
        beHandlerOf(pool, PoolThread.Role.ASYNC_HANDLER);
        for (CompletableFuture<?> derived : List.of(
                future.thenApply(String::length),
                future.handle((value, error) -> value).thenCompose(CompletableFuture::completedFuture),
                future.copy(),
                future.minimalCompletionStage().toCompletableFuture(),
                stage.toCompletableFuture(),
                stage.thenApply(String::length))) {
            assertGuarded(derived::join);
        }
    }

    @Test
    void whatIsCompleteNeedsNoWaiting() throws Exception {
        beHandlerOf(pool, PoolThread.Role.HANDLER);
        future.complete("x");
        assertThat(future.join()).isEqualTo("x");
        assertThat(future.get()).isEqualTo("x");
        assertThat(future.get(1, TimeUnit.SECONDS)).isEqualTo("x");
    }

    @Test
    void othersMayWait() throws InterruptedException {
        Thread other = new Thread(future::join);
        other.start();
        beHandlerOf(new Object(), PoolThread.Role.HANDLER);
        Thread completes = new Thread(() -> future.complete("x"));
        completes.start();
        assertThat(future.join()).as("a handler of another pool").isEqualTo("x");
        completes.join();
        other.join();
    }

    @Test
    void theEndIsNotAwaitedByWhoeverItWaitsFor() {
        guard.aboutToAwaitEnd("close()", "drain()");
        beHandlerOf(pool, PoolThread.Role.SOURCE);
        assertThatThrownBy(() -> guard.aboutToAwaitEnd("close()", "drain()"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "close() was called by the source of a stream of pool 'p' and would wait for itself; call drain()");
    }

    @Test
    void aStageIsNotCompletedByItsUsers() {
        GuardedFuture.Stage<String> stage = new GuardedFuture.Stage<>(guard);
        GuardedFuture.Stage<Integer> derived = (GuardedFuture.Stage<Integer>) stage.thenApply(String::length);
        for (ThrowingCallable each : List.<ThrowingCallable>of(
                () -> stage.complete("x"),
                () -> stage.completeExceptionally(new Exception()),
                () -> stage.cancel(true),
                () -> stage.obtrudeValue("x"),
                () -> stage.obtrudeException(new Exception()),
                () -> stage.completeAsync(() -> "x"),
                () -> stage.completeAsync(() -> "x", Runnable::run),
                () -> stage.orTimeout(1, TimeUnit.SECONDS),
                () -> stage.completeOnTimeout("x", 1, TimeUnit.SECONDS),
                () -> derived.complete(1))) {
            assertThatThrownBy(each).isInstanceOf(UnsupportedOperationException.class);
        }
        assertThat(stage.isDone()).isFalse();
    }

    @Test
    void whatAUserCompletesIsACopy() {
        GuardedFuture.Stage<String> stage = new GuardedFuture.Stage<>(guard);
        CompletableFuture<String> copy = stage.toCompletableFuture();
        assertThat(copy.complete("mine")).isTrue();
        stage.settle("the pool's");
        assertThat(stage.join()).isEqualTo("the pool's");
        assertThat(stage.toCompletableFuture().join()).isEqualTo("the pool's");
        assertThat(copy.join()).isEqualTo("mine");
    }

    @Test
    void aStageCompletesOrFailsAsThePoolSays() {
        GuardedFuture.Stage<String> good = new GuardedFuture.Stage<>(guard);
        good.settle("x", Optional.empty());
        assertThat(good.join()).isEqualTo("x");
        Exception problem = new Exception("on purpose");
        GuardedFuture.Stage<String> bad = new GuardedFuture.Stage<>(guard);
        bad.settle("x", Optional.of(problem));
        assertThatThrownBy(bad::get).isInstanceOf(ExecutionException.class).hasCause(problem);
        assertThatThrownBy(() -> bad.toCompletableFuture().join())
                .as("as any dependent of the JDK's")
                .isInstanceOf(CompletionException.class)
                .hasCause(problem);
    }
}
