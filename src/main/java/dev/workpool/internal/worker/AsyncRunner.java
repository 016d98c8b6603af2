package dev.workpool.internal.worker;

import dev.workpool.internal.event.Label;
import dev.workpool.internal.util.Interrupts;
import dev.workpool.internal.util.StackGuard;
import dev.workpool.job.AsyncJobHandler;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * Runs an asynchronous handler, one job at a time, without a thread while the job's stage is pending.
 *
 * <p>{@link #proceed} is this runner's one strand of work. It runs as tasks on the executor, never two at a time:
 * {@code awake} is true from the moment a task is submitted until the strand has found nothing left to do, and while a
 * stage is pending nobody but the completion of that stage submits the next task. So what the strand alone uses needs
 * no lock.
 */
final class AsyncRunner<J, R> implements Runner<J, R> {
    private final PoolThread mark;
    private final AsyncJobHandler<J, R> handler;
    private final JobMeters meters;
    private final WorkerContext workerContext;
    private final Executor executor;
    private final Reports<J, R> reports;

    private final Queue<Task<J, R>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awake = new AtomicBoolean();

    /**
     * Whether the strand is to run and does not yet: its executor may fail, and whether it has queued the task then
     * nobody knows.
     */
    private final AtomicBoolean due = new AtomicBoolean();

    private final int workerIndex;

    /** The runners of the pool that take chunks, or run one. Thread-safe. */
    private final Set<AsyncRunner<J, R>> atWork;

    /** Whether no more chunks will come. */
    private volatile boolean ending;

    /** Written by the strand. */
    private volatile Task<J, R> active;

    private long begunNs;

    /** The thread that the strand runs on, or did last. Others read it when they have read {@code current}. */
    private Thread strand;

    /** Null until jobs are measured, and whether those of the active task are. Of the strand, too. */
    private JobMeter meter;

    private boolean measures;

    /** How many jobs are not measured before the next. */
    private int unmeasured;

    /** Written by the strand, read by the router's thread. */
    private volatile Pending current;

    private AsyncRunner(Makers<J, R> makers, int workerIndex, Reports<J, R> reports) {
        this.mark = makers.mark;
        this.handler = makers.handler;
        this.meters = makers.meters;
        this.workerContext = makers.workerContext.of(workerIndex);
        this.executor = makers.executor;
        this.workerIndex = workerIndex;
        this.atWork = makers.runners;
        this.reports = reports;
    }

    /** The runners of a pool's workers. */
    private record Makers<J, R>(
            PoolThread mark,
            AsyncJobHandler<J, R> handler,
            JobMeters meters,
            WorkerContext.Factory workerContext,
            Executor executor,
            Set<AsyncRunner<J, R>> runners)
            implements Factory<J, R> {

        @Override
        public Runner<J, R> create(int workerIndex, Reports<J, R> reports) {
            AsyncRunner<J, R> runner = new AsyncRunner<>(this, workerIndex, reports);
            runners.add(runner);
            return runner;
        }
    }

    /**
     * Runs a handler.
     *
     * @param pool identifies the pool, see {@link PoolThread}
     * @param handler the user's
     * @param meters measure its jobs
     * @param workerContext what contexts hold
     * @param executor calls the handler
     * @return a factory of runners
     */
    static <J, R> Factory<J, R> factory(
            Object pool,
            AsyncJobHandler<J, R> handler,
            JobMeters meters,
            WorkerContext.Factory workerContext,
            Executor executor) {
        PoolThread mark = new PoolThread(pool, PoolThread.Role.ASYNC_HANDLER);
        return new Makers<>(mark, handler, meters, workerContext, executor, ConcurrentHashMap.newKeySet());
    }

    @Override
    public void run(Task<J, R> task) {
        queue.add(task);
        if (awake.compareAndSet(false, true)) {
            resume();
        }
    }

    @Override
    public void runHere(Task<J, R> task) {
        run(task);
    }

    /**
     * Runs on the calling thread. Notices to the user wait for a thread of the callback executor; nobody waits for them
     * here.
     */
    @Override
    public void tell(Notice<J, R> notice) {
        if (notice.ask()) {
            notice.deliver(() -> {
                Pending pending = current;
                if (pending != null && pending.context.is(notice.chunk, notice.position)) {
                    pending.cancel(notice);
                }
            });
        }
    }

    @Override
    public boolean hasThread() {
        return false;
    }

    /** Holds no thread: once its last stage has completed, nothing refers to it any more. */
    @Override
    public void shutdown() {
        ending = true;
        if (awake.compareAndSet(false, true)) { // else the strand will see that
            leave();
        }
    }

    private void leave() {
        if (meter != null) {
            meter.close();
        }
        try {
            atWork.remove(this);
        } catch (OutOfMemoryError e) { // it seldom takes some
            return; // a runner that is at nothing shows nothing
        }
    }

    @Override
    public At<J, R> at() {
        Task<J, R> task = active;
        if (task == null) {
            return null;
        }
        Pending pending = current;
        return new At<>(task, workerIndex, callerOf(pending), pending == null ? null : pending.context);
    }

    /** The thread that calls the handler; null if it has returned its stage. */
    private Thread callerOf(Pending pending) {
        return pending == null || pending.stage != null ? null : strand;
    }

    @Override
    public void abandon(boolean replaced) {
        // See shutdown.
    }

    @Override
    public String doing() {
        Pending pending = current;
        String worker = "worker " + workerIndex;
        if (pending != null && pending.stage != null) { // not its toString(), which is the user's code
            return worker + ", waits for a " + pending.stage.getClass().getName();
        }
        Thread caller = callerOf(pending);
        return worker + ", in the handler, which has not returned a stage"
                + (caller == null ? "" : ": " + Stacks.text(caller));
    }

    private void resume() {
        due.set(true);
        submit();
    }

    private void submit() {
        try {
            executor.execute(this::proceedIfDue);
        } catch (OutOfMemoryError | StackOverflowError e) {
            return; // for want of a thread, perhaps; it is done when somebody looks
        } catch (Throwable t) {
            // Mostly since the actor system has ended, which has settled every job of its pools before; nobody hears
            // then.
            reports.broken(t);
        }
    }

    private void proceedIfDue() {
        PoolThread before;
        try {
            StackGuard.check(); // once for all jobs that end as they are started
            before = mark.enter();
        } catch (OutOfMemoryError | StackOverflowError e) {
            return; // it is due as before, and done when somebody looks
        }
        try {
            if (due.compareAndSet(true, false)) {
                proceed();
            }
        } finally {
            PoolThread.leave(before);
        }
    }

    @Override
    public boolean needsLooks() {
        return true;
    }

    /** On the executor, as a stage is the user's. */
    @Override
    public void look() {
        Pending pending = current;
        if (due.get()) {
            submit();
        } else if (pending != null && pending.stage != null) {
            try {
                executor.execute(pending::look);
            } catch (Throwable t) {
                return; // the next look may succeed
            }
        }
    }

    private void proceed() {
        strand = Thread.currentThread();
        boolean own = Interrupts.own();
        try {
            while (next()) {
                int position = active.chunk.claim();
                if (position < 0) {
                    if (measures) {
                        meter.endChunk(active.chunk.claimed(), unmeasured);
                    }
                    reports.done(active, System.nanoTime() - begunNs);
                    active = null;
                    current = null;
                } else if (!start(active.chunk, position, own)) {
                    return;
                }
            }
        } catch (Throwable t) {
            reports.broken(t);
        }
    }

    private static String nameOf(Chunk<?, ?> chunk, int position) {
        Label label = chunk.label();
        return label == null
                ? "a single job"
                : label.isOfOneJob() ? label.toString() : "job " + chunk.index(position) + " of " + label;
    }

    /** Whether there is a chunk to work on. */
    private boolean next() {
        while (active == null) {
            Task<J, R> next = queue.poll();
            if (next != null) {
                begunNs = System.nanoTime();
                next.begins();
                active = next;
                measures = meters.areOn();
                if (measures) {
                    beginMeasuring();
                }
            } else {
                awake.set(false);
                if ((queue.isEmpty() && !ending) || !awake.compareAndSet(false, true)) {
                    return false;
                }
                if (ending && queue.isEmpty()) {
                    leave(); // and stays awake, since there is nothing to wake it for
                    return false;
                }
            }
        }
        return true;
    }

    private void beginMeasuring() {
        if (meter == null) {
            meter = meters.meter(workerContext.workerIndex());
        }
        unmeasured = meter.beginChunk(active.slice);
    }

    private void beginMeasuring(Pending pending, int position) {
        pending.isMeasured = unmeasured == 0;
        if (pending.isMeasured) {
            meter.beginJob(position);
        } else {
            unmeasured--;
        }
    }

    /**
     * Starts a job; true if it has ended already, false if the completion of its stage goes on from here. An interrupt
     * that the handler leaves behind is cleared unless the thread came with it.
     */
    private boolean start(Chunk<J, R> chunk, int position, boolean ownInterrupt) {
        Pending pending;
        try {
            pending = new Pending(chunk, position);
        } catch (OutOfMemoryError e) {
            chunk.fail(position, e);
            return true;
        }
        current = pending;
        if (measures) {
            beginMeasuring(pending, position);
        }
        // Perhaps before the context could be seen: see BlockingRunner.
        boolean stopped = chunk.isStopped(position);
        if (stopped) {
            pending.context.cancel(null);
        }
        try {
            CompletionStage<R> stage = handler.handle(chunk.job(position), pending.context);
            if (stage == null) {
                throw new NullPointerException(
                        "the asynchronous handler of " + nameOf(chunk, position) + " returned a null stage");
            }
            pending.stage = stage;
            // Or told before the stage could be: that looks at the stage after it has left its notice.
            if (stopped || pending.notice != null) {
                pending.cancelStage(pending.notice);
            }
            if (!endedWith(stage, pending)) {
                stage.whenComplete(pending);
            }
        } catch (Throwable t) {
            pending.accept(null, t);
        }
        Interrupts.clearUnless(ownInterrupt);
        return pending.hasEnded();
    }

    /**
     * Ends a job whose stage is a future of the JDK's that has its result already, as those of cheap jobs do. Nobody's
     * code is called, so the strand has stack enough.
     */
    private boolean endedWith(CompletionStage<R> stage, Pending pending) {
        if (stage.getClass() == CompletableFuture.class) {
            CompletableFuture<R> future = (CompletableFuture<R>) stage;
            if (future.isDone() && !future.isCompletedExceptionally()) {
                pending.end(future.getNow(null), null);
                return true;
            }
        }
        return false;
    }

    /** A job whose handler has been called; told when its stage completes. */
    private final class Pending implements BiConsumer<R, Throwable> {
        private static final int STARTED = 0;
        private static final int LEFT = 1;
        private static final int ENDED = 2;

        final AttemptContext<J, R> context;
        private final AtomicBoolean completed = new AtomicBoolean();
        private final AtomicInteger state = new AtomicInteger(STARTED);

        /** Written before the handler is called. */
        private boolean isMeasured;

        /** Null while the handler is being called. */
        volatile CompletionStage<R> stage;

        /** Written by the router's thread when it tells the handler to stop, before it looks at the stage. */
        volatile Notice<J, R> notice;

        Pending(Chunk<J, R> chunk, int position) {
            this.context = new AttemptContext<>(chunk, position, workerContext);
        }

        void cancel(Notice<J, R> notice) {
            this.notice = notice;
            context.cancel(notice);
            cancelStage(notice);
        }

        private void cancelStage(Notice<J, R> notice) {
            if (stage instanceof CompletableFuture<R> future) {
                if (notice != null) {
                    notice.leave();
                }
                workerContext.callbacks().execute(() -> {
                    if (notice != null) {
                        notice.begins();
                    }
                    try {
                        future.cancel(true);
                    } catch (UnsupportedOperationException e) {
                        return; // a stage that shows itself as a future and is none: it has been told all it can be
                    }
                });
            }
        }

        /** Whoever completed the stage may have had no stack left for what depends on it. */
        void look() {
            boolean own = Interrupts.own();
            try {
                if (!completed.get() && mayBeDone()) {
                    stage.whenComplete(this); // at once if it is done; what does not say so is asked to tell once more
                }
            } finally {
                Interrupts.clearUnless(own); // the stage is the user's, and the next handler may begin on this thread
            }
        }

        private boolean mayBeDone() {
            try {
                return !(stage instanceof CompletableFuture<R> future) || future.isDone();
            } catch (UnsupportedOperationException e) {
                return true; // a stage that shows itself as a future and is none
            }
        }

        @Override
        public void accept(R value, Throwable error) {
            StackGuard.check(); // else the job is looked after later, see look()
            end(value, error);
        }

        /** The job has ended; the thread has stack enough for what follows. */
        private void end(R value, Throwable error) {
            if (!completed.compareAndSet(false, true)) {
                return; // a stage that is not the JDK's may complete twice
            }
            context.end();
            if (isMeasured) {
                unmeasured = meter.endJob(); // the strand waits for this job
            }
            if (error == null) {
                context.chunk.succeed(context.position, value);
            } else {
                context.chunk.fail(context.position, unwrap(error));
            }
            if (state.getAndSet(ENDED) == LEFT) {
                resume();
            }
        }

        /** Called once, by the strand: either the job has ended, or its completion will resume the strand. */
        boolean hasEnded() {
            return !state.compareAndSet(STARTED, LEFT);
        }
    }

    private static Throwable unwrap(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }
}
