package dev.workpool;

import dev.workpool.internal.batch.Single;
import dev.workpool.internal.request.RequestQueue;
import dev.workpool.internal.util.StackGuard;
import dev.workpool.internal.worker.GuardedFuture;
import dev.workpool.internal.worker.PoolGuard;
import dev.workpool.job.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * The future of a job that was submitted by itself. Cancelling it cancels the job. Cancelling a stage derived from it
 * does not, as with any other future.
 *
 * <p>If a thread waits for it and nothing else depends on it, that thread is handed the outcome and completes it. So no
 * thread of the callback executor is woken only to wake the waiting one. A compare-and-set of {@code waiting} decides
 * who completes it: null, then the waiting thread, then either null again because that gave up, or the outcome, which
 * that thread must take.
 */
final class SubmittedJob<J, R> extends GuardedFuture<R> {
    private static final VarHandle WAITING;

    static {
        try {
            WAITING = MethodHandles.lookup().findVarHandle(SubmittedJob.class, "waiting", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RequestQueue<J, R> requestQueue;
    private final Single<J, R> request;

    private volatile Object waiting;

    SubmittedJob(J job, RequestQueue<J, R> requestQueue, PoolGuard guard) {
        super(guard);
        this.requestQueue = requestQueue;
        this.request = new Single<>(job) {
            @Override
            protected void settle(Outcome<R> outcome) {
                completeWith(outcome);
            }

            @Override
            protected boolean isAwaited() {
                return waiting != null;
            }

            @Override
            protected boolean handOver(Outcome<R> outcome) {
                return handToWaiting(outcome);
            }
        };
    }

    Single<J, R> request() {
        return request;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        StackGuard.check(); // for the pool hears of it afterwards
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            requestQueue.offer(new Single.Cancel<>(request));
        }
        return cancelled;
    }

    @Override
    public R get() throws InterruptedException, ExecutionException {
        awaitHandOver(Long.MAX_VALUE);
        return super.get();
    }

    @Override
    public R get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (timeout <= 0) {
            return super.get(timeout, unit);
        }
        long begunNs = System.nanoTime();
        long timeoutNs = unit.toNanos(timeout);
        boolean isOver = awaitHandOver(timeoutNs);
        return super.get(isOver ? 0 : timeoutNs - (System.nanoTime() - begunNs), TimeUnit.NANOSECONDS);
    }

    @Override
    public R join() {
        awaitHandOver(Long.MAX_VALUE);
        return super.join();
    }

    /**
     * Waits until this is complete, for some time, or until the thread is interrupted; what then is left to do is the
     * caller's. Does not wait where it is of no use: for the thread of a fork-join pool, which the pool would replace
     * meanwhile, and if others depend on this.
     *
     * @return whether the time is over for sure
     */
    private boolean awaitHandOver(long timeoutNs) {
        Thread self = Thread.currentThread();
        if (isDone() || self instanceof ForkJoinWorkerThread) {
            return false;
        }
        if (aboutToWait(timeoutNs)) {
            return true;
        }
        if (getNumberOfDependents() > 0 || !WAITING.compareAndSet(this, null, self)) {
            return false;
        }
        try {
            whenComplete((value, error) -> LockSupport.unpark(self)); // whoever else completes it
            long begunNs = System.nanoTime();
            long leftNs = timeoutNs;
            while (!isDone() && waiting == self && leftNs > 0 && !self.isInterrupted()) {
                LockSupport.parkNanos(this, leftNs);
                leftNs = timeoutNs - (System.nanoTime() - begunNs);
            }
        } finally { // a stack that is too deep for this must not keep the outcome from others
            if (!WAITING.compareAndSet(this, self, null)) {
                @SuppressWarnings("unchecked") // see handToWaiting, which alone replaces a thread
                Outcome<R> outcome = (Outcome<R>) waiting;
                completeWith(outcome);
            }
        }
        return false;
    }

    /** Only the thread's own way of being woken may depend on this: callbacks have their executor. */
    private boolean handToWaiting(Outcome<R> outcome) {
        if (waiting instanceof Thread thread
                && getNumberOfDependents() <= 1
                && WAITING.compareAndSet(this, thread, outcome)) {
            LockSupport.unpark(thread);
            return true;
        }
        return false;
    }

    private void completeWith(Outcome<R> outcome) {
        complete(this, outcome);
    }

    /** A future of a job ends as the job did. */
    static <R> void complete(CompletableFuture<R> future, Outcome<R> outcome) {
        if (outcome instanceof Outcome.Succeeded<R> succeeded) {
            future.complete(succeeded.value());
        } else {
            future.completeExceptionally(outcome.problem().orElseThrow());
        }
    }
}
