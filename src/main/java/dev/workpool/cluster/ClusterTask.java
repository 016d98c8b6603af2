package dev.workpool.cluster;

import dev.workpool.cluster.job.NodeLostException;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.pool.RunningPool;
import dev.workpool.internal.util.StackGuard;
import dev.workpool.internal.worker.GuardedFuture;
import dev.workpool.job.Outcome;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The future of a task that runs on another node. Thread-safe.
 *
 * @param <T> type of the result
 */
final class ClusterTask<T> extends GuardedFuture<T> implements RunnableFuture<T> {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterExecutor.class);

    private final RunningPool<EncodedTask, Object> pool;
    private final Set<ClusterTask<?>> open;
    private final EncodedTask.Kind kind;
    private final T value;
    private final Single<EncodedTask, Object> request;
    private final AtomicBoolean sent = new AtomicBoolean();

    /**
     * A task that is not sent yet.
     *
     * @param pool runs it
     * @param open has it from when it is sent until it is complete. Thread-safe.
     * @param task what to run
     * @param value what a task without a result completes this with
     */
    ClusterTask(RunningPool<EncodedTask, Object> pool, Set<ClusterTask<?>> open, EncodedTask task, T value) {
        super(pool.guard());
        this.pool = pool;
        this.open = open;
        this.kind = task.kind();
        this.value = value;
        this.request = new Single<>(pool.carrier().pack(task)) {
            @Override
            protected void settle(Outcome<Object> outcome) {
                try {
                    end(outcome, task.name());
                } finally {
                    open.remove(ClusterTask.this);
                }
            }
        };
    }

    /**
     * Hands it to the pool, once.
     *
     * @throws RejectedExecutionException if the pool is closed or full
     */
    void send() {
        if (sent.compareAndSet(false, true)) {
            open.add(this);
            try {
                pool.jobSubmitter().enter(request);
            } catch (Throwable refused) {
                open.remove(this);
                throw refused;
            }
        }
    }

    /**
     * Waits until it is complete.
     *
     * @param ns how long at most
     * @return whether it is
     * @throws InterruptedException if the calling thread is interrupted
     */
    boolean awaitDone(long ns) throws InterruptedException {
        try {
            get(Math.max(0, ns), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException | TimeoutException e) {
            return isDone();
        }
        return true;
    }

    /** Only a pool can run it. */
    @Override
    public void run() {
        throw new UnsupportedOperationException("a task of " + pool.settings().name() + " runs on another node");
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        StackGuard.check(); // for the pool hears of it afterwards
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            pool.requestQueue().offer(new Single.Cancel<>(request));
        }
        return cancelled;
    }

    @SuppressWarnings("unchecked") // what the task of a T returns
    private void end(Outcome<Object> outcome, String name) {
        if (outcome instanceof Outcome.Succeeded<Object> succeeded) {
            complete(kind == EncodedTask.Kind.CALL ? (T) succeeded.value() : value);
            return;
        }
        Throwable problem = outcome.problem().orElseThrow();
        completeExceptionally(problem);
        if (kind == EncodedTask.Kind.EXECUTE && isOnlyKnownHere(outcome)) {
            LOG.error(
                    "task {} of executor '{}' has not run to its end: {}",
                    name,
                    pool.settings().name(),
                    problem);
        }
    }

    /** Its own error is in the log of the node that ran it. */
    private static boolean isOnlyKnownHere(Outcome<?> outcome) {
        return outcome instanceof Outcome.Failed<?> failed
                ? failed.error() instanceof NodeLostException
                : !(outcome instanceof Outcome.Cancelled);
    }
}
