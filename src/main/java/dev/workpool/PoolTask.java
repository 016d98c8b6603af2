package dev.workpool;

import dev.workpool.internal.batch.Single;
import dev.workpool.internal.worker.JobCarrier;
import dev.workpool.internal.worker.TimedHandler;
import dev.workpool.internal.worker.WorkerThreads;
import dev.workpool.job.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.function.Function;

/**
 * A task of a {@link PoolExecutor}, as the pool's job and as the request for it.
 *
 * <p>Several threads may claim it: its worker's, the dispatcher's for whoever stops the executor, the one that settles
 * it, and the one that hands it in. The first by a compare-and-set of {@code phase} has it. So it either runs, or is
 * given back, or is dropped.
 */
final class PoolTask extends Single<PoolTask, Void> {
    private static final int WAITING = 0;
    private static final int BEGUN = 1;

    /** Given back to whoever stopped the executor. */
    private static final int WITHDRAWN = 2;

    /** Not accepted, or dropped later. */
    private static final int REFUSED = 3;

    private static final VarHandle PHASE;

    static {
        try {
            PHASE = MethodHandles.lookup().findVarHandle(PoolTask.class, "phase", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final UnfinishedTasks unfinished;

    /**
     * The future inside of the command, if that is what an {@code ExecutorCompletionService} has made of it; mostly
     * null.
     */
    private final PoolFuture<?> inner;

    /**
     * What was given to {@code execute}; null once it has run. Read by other threads too, which do nothing if they see
     * it late.
     */
    private Runnable command;

    @SuppressWarnings("unused") // through PHASE
    private volatile int phase;

    PoolTask(JobCarrier<PoolTask> carrier, Runnable command, PoolFuture<?> inner, UnfinishedTasks unfinished) {
        super(carrier);
        this.command = command;
        this.inner = inner;
        this.unfinished = unfinished;
    }

    private boolean claim(int as) {
        return PHASE.compareAndSet(this, WAITING, as);
    }

    /** For the worker. What the command throws goes to the thread's uncaught exception handler. */
    void run() {
        run(null);
    }

    /**
     * The same where tasks have a time-out.
     *
     * @param overrun for its future to ask, or null: see {@link TimedHandler}
     */
    void run(Function<Throwable, Duration> overrun) {
        if (!claim(BEGUN)) {
            return;
        }
        try {
            if (overrun != null) {
                limit(overrun);
            }
            command.run();
        } catch (Throwable t) {
            UnfinishedTasks.uncaught(t);
        } finally {
            command = null;
            WorkerThreads.forgetExceptionHandler(Thread.currentThread());
        }
    }

    private void limit(Function<Throwable, Duration> overrun) {
        if (inner != null) {
            inner.limit(overrun);
        } else if (command instanceof PoolFuture<?> future) {
            future.limit(overrun);
        }
    }

    /** Whether it has not begun, and now never will, since somebody takes it back; true once at most. */
    boolean withdraw() {
        return claim(WITHDRAWN);
    }

    /** Whether it has neither begun nor been given back, and now never will be. */
    boolean refuse() {
        return claim(REFUSED) || phase == REFUSED;
    }

    /** What was given to {@code execute}, of a task that was withdrawn. */
    Runnable command() {
        return command;
    }

    /**
     * Says which task it is. For any thread.
     *
     * @param describer the user's, given what was submitted
     */
    String describe(Function<Object, String> describer) {
        Runnable executed = command;
        PoolFuture<?> future = inner == null && executed instanceof PoolFuture<?> own ? own : inner;
        Object submitted = future == null ? executed : future.submitted();
        return submitted == null ? "a task that has ended" : describer.apply(submitted);
    }

    /** A task that was withdrawn is nobody's: its future is cancelled. */
    void cancel() {
        unfinished.endUnstarted(command, inner, new Outcome.Cancelled<>(0));
    }

    @Override
    protected void settle(Outcome<Void> outcome) {
        if (outcome.isSuccess()) {
            return;
        }
        Runnable open = command;
        if (claim(REFUSED)) {
            unfinished.endUnstarted(open, inner, outcome);
        } else if (phase == BEGUN && open != null) {
            unfinished.endStarted(open, inner, outcome);
        }
    }

    /**
     * The pool has ended: either the task's submitter hears of that, since it still asks, or it was accepted and is
     * cancelled.
     */
    @Override
    public void refuse(Closed closed) {
        settle(new Outcome.Cancelled<>(0));
    }

    /** Users' code is called on the callback executor, see {@link UnfinishedTasks}. */
    @Override
    protected boolean isDirect() {
        return true;
    }
}
