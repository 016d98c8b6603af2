package dev.workpool;

import dev.workpool.internal.akka.TestHarness;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Runs a task that was submitted to a {@link PoolExecutor}, as its future. */
final class PoolFuture<T> extends FutureTask<T> {
    /** Whether it was made for somebody who may execute another future in its place, which runs it. */
    final boolean mayBeWrapped;

    private final TestHarness harness;

    /**
     * Knows whether the task's time is over, given the error that the task ends with, or null. Null where tasks have
     * all the time they take. Written by the worker's thread before it runs this; if somebody else runs this meanwhile,
     * the answer is no.
     */
    private Function<Throwable, Duration> overrun;

    /** What was submitted; null once it is done. Who reads it on another thread may see it late. */
    private Object submitted;

    PoolFuture(Callable<T> task, Object submitted, boolean mayBeWrapped, TestHarness harness) {
        super(task);
        this.harness = harness;
        this.submitted = submitted;
        this.mayBeWrapped = mayBeWrapped;
    }

    /** What was submitted, or null if it is done. */
    Object submitted() {
        return submitted;
    }

    @Override
    protected void done() {
        submitted = null;
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        if (harness.isOneThread()) {
            harness.goOnUntil(this::isDone);
        }
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        boolean isOver = harness.isOneThread() && harness.goOnUntil(this::isDone, unit.toNanos(timeout));
        return super.get(isOver ? 0 : timeout, unit);
    }

    /** Its task is about to run, and has limited time. */
    void limit(Function<Throwable, Duration> overrun) {
        this.overrun = overrun;
    }

    /** What the task returns when its time is over comes too late. */
    @Override
    protected void set(T value) {
        Throwable late = late(null);
        if (late == null) {
            super.set(value);
        } else {
            super.setException(late);
        }
    }

    /** So does what it throws, mostly since it is interrupted. */
    @Override
    protected void setException(Throwable error) {
        Throwable late = late(error);
        super.setException(late == null ? error : late);
    }

    private Throwable late(Throwable error) {
        if (overrun == null) {
            return null;
        }
        try {
            Duration timeout = overrun.apply(error);
            return timeout == null ? null : timedOut(timeout);
        } catch (Error e) { // no memory to say so, or no stack; somebody waits for this all the same
            return error == null ? e : error;
        }
    }

    /** Completes it with an error, unless it is complete; the task may run on. */
    void fail(Throwable error) {
        super.setException(error);
    }

    static TimeoutException timedOut(Duration timeout) {
        return new TimeoutException("the task took longer than " + timeout);
    }
}
