package dev.workpool;

import dev.workpool.job.Outcome;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/**
 * Completes the futures of an executor's tasks that are dropped, cancelled by the end of the actor system, or timed
 * out, so that nobody waits for them for ever. Thread-safe. Futures complete on the callback executor, since completing
 * one runs users' code.
 */
final class UnfinishedTasks {
    private final Executor callbacks;
    private volatile boolean leftToRun;

    UnfinishedTasks(Executor callbacks) {
        this.callbacks = callbacks;
    }

    /**
     * From now on tasks that run are cancelled because somebody stopped the executor, and so complete their futures
     * themselves.
     */
    void leaveRunning() {
        leftToRun = true;
    }

    /** A task that never began will not. */
    void endUnstarted(Runnable command, PoolFuture<?> inner, Outcome<Void> outcome) {
        if (command instanceof Future<?> future) {
            callbacks.execute(() -> {
                if (inner != null) {
                    end(inner, outcome); // first: the outer one says that the inner is done
                }
                end(future, outcome);
            });
        } else if (outcome instanceof Outcome.Failed<Void> failed) {
            callbacks.execute(() -> uncaught(failed.error()));
        }
    }

    /** A task that began may run on, but not for whoever waits for it. */
    void endStarted(Runnable command, PoolFuture<?> inner, Outcome<Void> outcome) {
        if (!(leftToRun && outcome instanceof Outcome.Cancelled)) {
            endUnstarted(command, inner, outcome);
        }
    }

    private static void end(Future<?> future, Outcome<Void> outcome) {
        if (!(future instanceof PoolFuture<?> own) || outcome instanceof Outcome.Cancelled) {
            future.cancel(false);
        } else if (outcome instanceof Outcome.Rejected<Void> rejected) {
            own.fail(new RejectedExecutionException(rejected.reason()));
        } else if (outcome instanceof Outcome.TimedOut<Void> timedOut) {
            own.fail(PoolFuture.timedOut(timedOut.timeout()));
        } else if (outcome instanceof Outcome.Failed<Void> failed) {
            own.fail(failed.error());
        }
    }

    /** As if the calling thread had ended by an error, though it lives on. */
    static void uncaught(Throwable error) {
        Thread thread = Thread.currentThread();
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
        } catch (Throwable ignored) {
            // as the JVM ignores it
        }
    }
}
