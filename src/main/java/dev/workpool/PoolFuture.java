package dev.workpool;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** The future of a task that was submitted to a {@link PoolExecutor}, and what runs it. */
final class PoolFuture<T> extends FutureTask<T> {
    /** Whether it was made for somebody who may execute another future in its place, which runs it. */
    final boolean mayBeWrapped;

    PoolFuture(Callable<T> task, boolean mayBeWrapped) {
        super(task);
        this.mayBeWrapped = mayBeWrapped;
    }

    /** Completes it with an error, unless it is complete; the task may run on. */
    void fail(Throwable error) {
        setException(error);
    }
}
