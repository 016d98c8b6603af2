package dev.workpool.testkit;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The stage of a handler that is called later, or never if it is cancelled before. For one thread at a time. */
final class LaterStage<R> extends CompletableFuture<R> {
    /** What the handler has returned; null until then. */
    private CompletionStage<R> begun;

    /** Calls the handler, unless it is too late. */
    void begin(Callable<CompletionStage<R>> handler) {
        if (isDone()) {
            return;
        }
        try {
            begun = handler.call();
            begun.whenComplete((value, error) -> {
                if (error == null) {
                    complete(value);
                } else {
                    completeExceptionally(error);
                }
            });
        } catch (Throwable t) {
            completeExceptionally(t);
        }
    }

    /** A handler that was called may take its time to end, or not listen. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (begun == null) {
            return super.cancel(mayInterruptIfRunning);
        } else if (begun instanceof CompletableFuture<R> future) {
            try {
                future.cancel(mayInterruptIfRunning);
            } catch (UnsupportedOperationException e) {
                return false; // a stage that cannot be cancelled
            }
        }
        return isCancelled();
    }
}
