package dev.workpool.internal.worker;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A future of a pool that throws an {@link IllegalStateException} when a handler of that pool waits for it, instead of
 * a deadlock, as long as it is not complete. The same holds for every future derived from it, since it cannot be seen
 * what that still waits for. Thread-safe.
 *
 * @param <T> type of the result
 */
public abstract class GuardedFuture<T> extends CompletableFuture<T> {
    final PoolGuard guard;

    /**
     * A future that is not complete.
     *
     * @param guard the pool's
     */
    protected GuardedFuture(PoolGuard guard) {
        this.guard = guard;
    }

    /**
     * Called before a thread waits for this.
     *
     * @param timeoutNs how long
     * @return whether that time is over already
     * @throws IllegalStateException on a thread that runs a handler of the pool
     */
    protected final boolean aboutToWait(long timeoutNs) {
        return guard.aboutToWait(this, timeoutNs);
    }

    private static final class Derived<T> extends GuardedFuture<T> {
        Derived(PoolGuard guard) {
            super(guard);
        }
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        if (!isDone()) {
            aboutToWait(Long.MAX_VALUE);
        }
        return super.get();
    }

    /** With no time to wait it is only looked at, which harms nobody. */
    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        boolean isOver = timeout > 0 && !isDone() && aboutToWait(unit.toNanos(timeout));
        return super.get(isOver ? 0 : timeout, unit);
    }

    @Override
    public T join() {
        if (!isDone()) {
            aboutToWait(Long.MAX_VALUE);
        }
        return super.join();
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new Derived<>(guard);
    }

    @Override
    public CompletionStage<T> minimalCompletionStage() {
        Stage<T> stage = new Stage<>(guard);
        relayTo(stage);
        return stage;
    }

    /** The result of this will be that of another; errors are wrapped as in any dependent of the JDK's. */
    final void relayTo(GuardedFuture<T> other) {
        super.whenComplete((value, error) -> {
            if (error == null) {
                other.settle(value);
            } else {
                other.settleExceptionally(
                        error instanceof CompletionException ? error : new CompletionException(error));
            }
        });
    }

    void settle(T value) {
        super.complete(value);
    }

    void settleExceptionally(Throwable error) {
        super.completeExceptionally(error);
    }

    /**
     * A stage that its users cannot complete, nor what they make of it; as {@link
     * CompletableFuture#minimalCompletionStage}, whose class is the JDK's own.
     *
     * @param <T> type of the result
     */
    public static final class Stage<T> extends GuardedFuture<T> {
        /**
         * A stage that is not complete.
         *
         * @param guard the pool's
         */
        public Stage(PoolGuard guard) {
            super(guard);
        }

        /**
         * Completes it; for the pool.
         *
         * @param value the result
         */
        @Override
        public void settle(T value) {
            super.settle(value);
        }

        /**
         * Completes it or fails; for the pool.
         *
         * @param value the result
         * @param problem with which it fails, if there is one
         */
        public void settle(T value, Optional<Throwable> problem) {
            if (problem.isPresent()) { // not with a lambda, which takes a stack to be made
                settleExceptionally(problem.get());
            } else {
                settle(value);
            }
        }

        /** One of its own for everybody who asks. */
        @Override
        public CompletableFuture<T> toCompletableFuture() {
            Derived<T> copy = new Derived<>(guard);
            relayTo(copy);
            return copy;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new Stage<>(guard);
        }

        @Override
        public boolean complete(T value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean completeExceptionally(Throwable error) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void obtrudeValue(T value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void obtrudeException(Throwable error) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }
    }
}
