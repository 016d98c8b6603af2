package dev.workpool.internal.worker;

import dev.workpool.internal.util.OutOfMemory;
import dev.workpool.job.JobHandler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Runs a blocking handler on its own thread, which is started with the first chunk.
 *
 * <p>The thread belongs to the worker and not to its actor, so an actor whose handler hangs can still be stopped.
 * Otherwise neither a pool nor a whole actor system could end before the handler returns.
 */
final class BlockingRunner<J, R> implements Runner<J, R> {
    private final PoolThread mark;
    private final Attempt<J, R> attempt;
    private final WorkerThreads threads;
    private final ThreadStarts starts;
    private final JobMeters meters;
    private final Reports<J, R> reports;

    /** Null until jobs are measured. Confined to the runner's thread. */
    private JobMeter meter;

    /** Holds chunks and, as the last thing, {@link #END}. */
    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();

    private static final Object END = new Object();

    /** Set by the worker actor's thread before the first chunk is queued; a chunk that the router can stop is later. */
    private volatile Thread thread;

    /** The runners of the pool whose handler was told to stop and has not returned. Thread-safe. */
    private final Set<BlockingRunner<J, R>> told;

    /**
     * What its handler was told, if it is among those. Written by the router, and by the runner's thread once the
     * handler has returned.
     */
    private volatile Notice<J, R> notice;

    private final int workerIndex;

    /** The runners of the pool that have a thread, or a submitter's. Thread-safe. */
    private final Set<BlockingRunner<J, R>> atWork;

    /** The chunk that it is at, or null. Written by the runner's thread. */
    private volatile Task<J, R> at;

    private BlockingRunner(
            int workerIndex,
            PoolThread mark,
            Attempt<J, R> attempt,
            WorkerThreads threads,
            ThreadStarts starts,
            JobMeters meters,
            Set<BlockingRunner<J, R>> told,
            Set<BlockingRunner<J, R>> atWork,
            Reports<J, R> reports) {
        this.workerIndex = workerIndex;
        this.mark = mark;
        this.meters = meters;
        this.told = told;
        this.atWork = atWork;
        this.attempt = attempt;
        this.threads = threads;
        this.starts = starts;
        this.reports = reports;
    }

    /**
     * One call of the handler and whatever goes round it. Used by the runner's thread, {@code cancel} by those that
     * deliver interrupts.
     */
    private interface Attempt<J, R> {
        R run(Chunk<J, R> chunk, int position) throws Throwable;

        default void cancel(Notice<J, R> notice) {}

        /** The context that the handler was given last, unless it has returned; null if it gets none. */
        default AttemptContext<J, R> context() {
            return null;
        }
    }

    /** The runners of a pool's workers, and what starts their threads. */
    private record Makers<J, R>(
            PoolThread mark,
            WorkerThreads threads,
            ThreadStarts starts,
            JobMeters meters,
            Set<BlockingRunner<J, R>> told,
            Set<BlockingRunner<J, R>> runners,
            IntFunction<Attempt<J, R>> attempts)
            implements Factory<J, R> {

        Makers(Object pool, WorkerThreads threads, JobMeters meters, IntFunction<Attempt<J, R>> attempts) {
            this(
                    new PoolThread(pool, PoolThread.Role.HANDLER),
                    threads,
                    new ThreadStarts(threads),
                    meters,
                    ConcurrentHashMap.newKeySet(),
                    ConcurrentHashMap.newKeySet(),
                    attempts);
        }

        @Override
        public Runner<J, R> create(int workerIndex, Reports<J, R> reports) {
            Attempt<J, R> attempt = attempts.apply(workerIndex);
            JobDescriber names = workerIndex < 0 ? null : threads.names(); // a submitter's thread keeps its own
            return new BlockingRunner<>(
                    workerIndex,
                    mark,
                    names == null ? attempt : new Named<>(attempt, names),
                    threads,
                    starts,
                    meters,
                    told,
                    runners,
                    reports);
        }

        @Override
        public void tellAgain() {
            told.forEach(BlockingRunner::tellAgain);
        }

        @Override
        public void poolIsGone() {
            threads.interrupts().close();
        }
    }

    /**
     * Runs a handler that needs no context: nothing is made per job but its outcome.
     *
     * @param pool identifies the pool, see {@link PoolThread}
     * @param threads makes the worker's thread
     * @param meters measure its jobs
     * @param handler the user's
     * @return a factory of runners
     */
    static <J, R> Factory<J, R> simple(
            Object pool, WorkerThreads threads, JobMeters meters, JobHandler.Simple<J, R> handler) {
        return new Makers<>(
                pool, threads, meters, workerIndex -> (chunk, position) -> handler.handle(chunk.job(position)));
    }

    /**
     * Runs a handler that gets a context.
     *
     * @param pool identifies the pool, see {@link PoolThread}
     * @param threads makes the worker's thread
     * @param meters measure its jobs
     * @param handler the user's
     * @param workerContext what contexts hold
     * @return a factory of runners
     */
    static <J, R> Factory<J, R> contextual(
            Object pool,
            WorkerThreads threads,
            JobMeters meters,
            JobHandler<J, R> handler,
            WorkerContext.Factory workerContext) {
        return new Makers<>(
                pool, threads, meters, workerIndex -> new WithContext<>(handler, workerContext.of(workerIndex)));
    }

    /**
     * Runs a handler that asks for its time.
     *
     * @param pool identifies the pool
     * @param threads makes the worker's thread
     * @param meters measure its jobs
     * @param handler the library's
     * @return a factory of runners
     */
    static <J, R> Factory<J, R> timed(
            Object pool, WorkerThreads threads, JobMeters meters, TimedHandler<J, R> handler) {
        return new Makers<>(pool, threads, meters, workerIndex -> new WithTime<>(handler));
    }

    @Override
    public void run(Task<J, R> task) {
        if (thread == null) {
            thread = starts.start(workerIndex, this::loop);
        }
        queue.add(task);
    }

    /** Does not touch the thread's interrupt, which is its owner's. */
    @Override
    public void runHere(Task<J, R> task) {
        thread = Thread.currentThread();
        atWork.add(this);
        try {
            begin(task);
            int position;
            while ((position = task.chunk.claim()) >= 0) {
                attempt(task.chunk, position);
            }
        } finally {
            leave();
        }
        reports.done(task, 0);
    }

    @Override
    public void tell(Notice<J, R> notice) {
        this.notice = notice;
        told.add(this);
        deliverSoon(notice);
    }

    /** For any thread, since a notice that is too late is of no effect. */
    private void tellAgain() {
        Notice<J, R> last = notice;
        if (last != null) {
            deliverSoon(last);
        }
    }

    private void deliverSoon(Notice<J, R> notice) {
        if (notice.ask()) {
            threads.interrupts().execute(() -> notice.deliver(() -> deliver(notice)));
        }
    }

    private void deliver(Notice<J, R> notice) {
        try {
            // The cooperative signal first: an interrupt closes the NIO channel that a thread is blocked on.
            attempt.cancel(notice);
        } finally {
            notice.chunk.interrupt(notice.position, thread::interrupt);
        }
    }

    @Override
    public boolean hasThread() {
        return thread != null;
    }

    @Override
    public void shutdown() {
        queue.add(END);
    }

    @Override
    public void abandon(boolean replaced) {
        if (replaced) {
            threads.forget(thread);
        }
    }

    @Override
    public At<J, R> at() {
        Task<J, R> task = at;
        return task == null ? null : new At<>(task, workerIndex, thread, attempt.context());
    }

    private void begin(Task<J, R> task) {
        task.begins();
        at = task;
    }

    /** Is at nothing any more, nor will be. */
    private void leave() {
        at = null;
        try {
            atWork.remove(this);
        } catch (OutOfMemoryError e) { // it seldom takes some
            return; // a runner that is at nothing shows nothing
        }
    }

    @Override
    public String doing() {
        return Stacks.text(thread);
    }

    private void loop() {
        ThreadAttributes attributes = null;
        try {
            while (true) {
                Object next;
                try {
                    if (attributes == null) {
                        mark.enter(); // and never leaves
                        atWork.add(this);
                        attributes = ThreadAttributes.ofCurrent();
                    }
                    next = queue.take();
                } catch (InterruptedException e) {
                    continue; // by somebody who has no business with this thread: the pool interrupts running handlers
                    // only
                } catch (OutOfMemoryError e) { // to wait takes some
                    OutOfMemory.pause();
                    continue;
                }
                if (next == END) {
                    forgetNotice(); // which may have come after the chunk was over
                    return;
                }
                @SuppressWarnings("unchecked") // END is the only other thing in the queue
                Task<J, R> task = (Task<J, R>) next;
                long begunNs = System.nanoTime();
                begin(task);
                if (meters.areOn()) {
                    workMeasured(task);
                } else {
                    work(task.chunk);
                }
                at = null;
                attributes.restore();
                forgetNotice();
                reports.done(task, System.nanoTime() - begunNs);
            }
        } catch (Throwable t) {
            reports.broken(t);
        } finally {
            leave();
            if (meter != null) {
                meter.close();
            }
        }
    }

    /**
     * The router is at it at the same time only if it is too late: then what it leaves is forgotten after the next
     * chunk.
     */
    private void forgetNotice() {
        if (notice != null) {
            notice = null;
            try {
                told.remove(this);
            } catch (OutOfMemoryError e) { // it seldom takes some
                return; // without a notice it is nobody's concern that this stays there
            }
        }
    }

    /** The hot loop: one locked instruction a job, besides the handler; nothing is made for a job that succeeds. */
    private void work(Chunk<J, R> chunk) {
        int position;
        while ((position = chunk.claim()) >= 0) {
            attempt(chunk, position);
            Thread.interrupted(); // a handler may leave its own interrupt behind; the next job must not see it
        }
    }

    /** The same, for whoever wants to know how long jobs take and have waited. */
    private void workMeasured(Task<J, R> task) {
        if (meter == null) {
            meter = meters.meter(workerIndex);
        }
        Chunk<J, R> chunk = task.chunk;
        int unmeasured = meter.beginChunk(task.slice);
        int position;
        while ((position = chunk.claim()) >= 0) {
            boolean isMeasured = unmeasured == 0;
            if (isMeasured) {
                meter.beginJob(position);
            }
            attempt(chunk, position);
            unmeasured = isMeasured ? meter.endJob() : unmeasured - 1;
            Thread.interrupted();
        }
        meter.endChunk(chunk.claimed(), unmeasured);
    }

    private void attempt(Chunk<J, R> chunk, int position) {
        R result;
        try {
            result = attempt.run(chunk, position);
        } catch (Throwable t) {
            chunk.fail(position, t);
            return;
        }
        chunk.succeed(position, result);
    }

    /** Gives the thread the name of the job as long as that runs. */
    private record Named<J, R>(Attempt<J, R> attempt, JobDescriber describer) implements Attempt<J, R> {
        @Override
        public R run(Chunk<J, R> chunk, int position) throws Throwable {
            Thread thread = Thread.currentThread();
            String name = thread.getName();
            rename(thread, name + ": " + describer.of(chunk, position));
            try {
                return attempt.run(chunk, position);
            } finally {
                rename(thread, name);
            }
        }

        private static void rename(Thread thread, String name) {
            try {
                thread.setName(name);
            } catch (OutOfMemoryError | SecurityException e) {
                return; // a name is no reason to fail a job
            }
        }

        @Override
        public void cancel(Notice<J, R> notice) {
            attempt.cancel(notice);
        }

        @Override
        public AttemptContext<J, R> context() {
            return attempt.context();
        }
    }

    /** What a handler asks is the chunk that its worker is at; nothing is made per job. */
    private static final class WithTime<J, R> implements Attempt<J, R>, Function<Throwable, Duration> {
        private final TimedHandler<J, R> handler;

        /** Confined to the runner's thread, as all below; any other only sees that it is another. */
        private Thread thread;

        private Chunk<J, R> chunk;
        private int position;

        WithTime(TimedHandler<J, R> handler) {
            this.handler = handler;
        }

        @Override
        public R run(Chunk<J, R> chunk, int position) throws Exception {
            this.thread = Thread.currentThread();
            this.chunk = chunk;
            this.position = position;
            try {
                return handler.handle(chunk.job(position), this);
            } finally {
                this.thread = null;
                this.chunk = null;
            }
        }

        @Override
        public Duration apply(Throwable error) {
            return thread == Thread.currentThread() ? chunk.timedOut(position, error) : null;
        }
    }

    private static final class WithContext<J, R> implements Attempt<J, R> {
        private final JobHandler<J, R> handler;
        private final WorkerContext workerContext;

        /** Written by the runner's thread, read by those that deliver interrupts, or look. */
        private volatile AttemptContext<J, R> current;

        WithContext(JobHandler<J, R> handler, WorkerContext workerContext) {
            this.handler = handler;
            this.workerContext = workerContext;
        }

        @Override
        public R run(Chunk<J, R> chunk, int position) throws Exception {
            AttemptContext<J, R> context = new AttemptContext<>(chunk, position, workerContext);
            current = context;
            // Whoever tells it that the job was stopped looks for the context after that; here it is the other way
            // round. So one of the two sees the other.
            if (chunk.isStopped(position)) {
                context.cancel(null);
            }
            try {
                return handler.handle(chunk.job(position), context);
            } finally {
                context.end();
                current = null;
            }
        }

        @Override
        public AttemptContext<J, R> context() {
            return current;
        }

        @Override
        public void cancel(Notice<J, R> notice) {
            AttemptContext<J, R> context = current;
            if (context != null && context.is(notice.chunk, notice.position)) {
                context.cancel(notice);
            }
        }
    }
}
