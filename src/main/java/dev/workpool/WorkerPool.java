package dev.workpool;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.annotation.InternalApi;
import dev.workpool.internal.akka.TestHarness;
import dev.workpool.internal.batch.BatchReceiver;
import dev.workpool.internal.batch.BatchSubmission;
import dev.workpool.internal.batch.ConsumerCalls;
import dev.workpool.internal.event.Label;
import dev.workpool.internal.pool.PoolRoot;
import dev.workpool.internal.pool.RunningPool;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.request.Request.End.How;
import dev.workpool.internal.source.Consumption;
import dev.workpool.internal.util.PagedList;
import dev.workpool.internal.worker.GuardedFuture;
import dev.workpool.internal.worker.Handler;
import dev.workpool.internal.worker.JobCarrier;
import dev.workpool.job.AsyncJobHandler;
import dev.workpool.job.BatchInfo;
import dev.workpool.job.BatchResult;
import dev.workpool.job.JobHandler;
import dev.workpool.job.Outcome;
import dev.workpool.job.OutcomeConsumer;
import dev.workpool.job.PoolHealth;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.job.PoolStats;
import dev.workpool.job.RunningJob;
import dev.workpool.protocol.PoolCommand;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.ContextPropagator;
import dev.workpool.settings.JobOptions;
import dev.workpool.settings.RateLimit;
import dev.workpool.settings.StreamOptions;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

/**
 * Runs jobs on a bounded number of workers and gives back every outcome, exactly once.
 *
 * <p>Start one in any {@link ActorSystem} with {@link #start} or {@link #startAsync}, or run it as an actor with {@link
 * #behavior}. Thread-safe. Only {@link #close} blocks, and submitting where {@link WhenFull} says so. The pool
 * guarantees:
 *
 * <ul>
 *   <li>Every accepted job gets exactly one {@link Outcome}, also when its handler throws an {@link Error}, a worker's
 *       actor is stopped from outside, the batch or the pool is cancelled, or the actor system ends.
 *   <li>At most N handlers run at a time. An asynchronous one counts until its stage completes. One that ignores its
 *       cancellation for {@code cancel-grace} is abandoned and counted separately. Once {@code max-abandoned} are
 *       abandoned, workers are no longer replaced but wait for their handlers.
 *   <li>Every stage completes exactly once, on the callback executor, or a single job's on a thread that waits for it,
 *       and never on an actor's thread.
 *   <li>Jobs that a busy worker has not begun are taken back for a worker that is idle, after 0.3 ms, or 0.05 ms where
 *       they should have been over by then. A job therefore begins within 0.2 to 0.5 ms at the median, and 1 ms at the
 *       99th percentile, where a processor is free for the pool's thread and the worker's. With more busy threads than
 *       processors the operating system adds its own time, as it does to any thread pool.
 *   <li>A thread is interrupted only while it runs a handler that was cancelled or timed out, and the next job sees
 *       nothing of it.
 *   <li>After {@link #close} no actor, thread or timer of the pool is left, except the threads of abandoned handlers.
 *   <li>Jobs submitted after the end are {@link Outcome.Rejected}. Cancelling or closing twice is harmless.
 * </ul>
 *
 * <p>A handler that waits ({@code get}, {@code join}) for an incomplete future of its own pool, or for one derived from
 * it, gets an {@link IllegalStateException}: if all workers waited, none would be left to run the jobs.
 *
 * <p>Jobs of a batch are handed out in input order and may begin out of it, since workers run at their own pace and
 * work is taken back from slow ones. Batches go by priority, and take turns by weight. Nothing is persisted: if the JVM
 * dies, the jobs are lost.
 *
 * @param <J> type of the jobs
 * @param <R> type of the results
 */
public final class WorkerPool<J, R> implements AutoCloseable {
    private final RunningPool<J, R> pool;

    /** By their ids. From before they are submitted until they have their result. */
    private final ConcurrentMap<Long, Batch<R>> openBatches = new ConcurrentHashMap<>();

    private WorkerPool(ActorSystem<?> system, WorkerPoolSettings settings, Handler<J, R> handler) {
        this(new RunningPool<>(
                Objects.requireNonNull(system, "system"), Objects.requireNonNull(settings, "settings"), handler));
    }

    /**
     * Holds a pool that was started.
     *
     * @param pool which
     */
    @InternalApi
    public WorkerPool(RunningPool<J, R> pool) {
        this.pool = pool;
    }

    /**
     * Starts a pool with a blocking handler, and settings from the system's configuration.
     *
     * @param system where its actors run; when it ends, so does the pool
     * @param name the pool's name, of which there is one at a time in a system
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     * @throws IllegalArgumentException if the name is taken, or a setting is not allowed
     */
    public static <J, R> WorkerPool<J, R> start(ActorSystem<?> system, String name, JobHandler.Simple<J, R> handler) {
        return start(system, WorkerPoolSettings.create(system, name), handler);
    }

    /**
     * Starts a pool with a blocking handler that takes a context, and settings from the system's configuration.
     *
     * @param system where its actors run; when it ends, so does the pool
     * @param name the pool's name, of which there is one at a time in a system
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     * @throws IllegalArgumentException if the name is taken, or a setting is not allowed
     */
    public static <J, R> WorkerPool<J, R> start(ActorSystem<?> system, String name, JobHandler<J, R> handler) {
        return start(system, WorkerPoolSettings.create(system, name), handler);
    }

    /**
     * Starts a pool with a blocking handler.
     *
     * @param system where its actors run; when it ends, so does the pool
     * @param settings its settings, which name it
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     * @throws IllegalArgumentException if the name is taken, or the settings name a dispatcher that does not exist
     */
    public static <J, R> WorkerPool<J, R> start(
            ActorSystem<?> system, WorkerPoolSettings settings, JobHandler.Simple<J, R> handler) {
        return new WorkerPool<>(system, settings, Handler.blocking(Objects.requireNonNull(handler, "handler")));
    }

    /**
     * Starts a pool with a blocking handler that takes a context.
     *
     * @param system where its actors run; when it ends, so does the pool
     * @param settings its settings, which name it
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     * @throws IllegalArgumentException if the name is taken, or the settings name a dispatcher that does not exist
     */
    public static <J, R> WorkerPool<J, R> start(
            ActorSystem<?> system, WorkerPoolSettings settings, JobHandler<J, R> handler) {
        return new WorkerPool<>(system, settings, Handler.blocking(Objects.requireNonNull(handler, "handler")));
    }

    /**
     * Starts a pool with an asynchronous handler, and settings from the system's configuration. If the handler returns
     * a stage made of other jobs of this pool, these need another worker; see {@link AsyncJobHandler}.
     *
     * @param system where its actors run; when it ends, so does the pool
     * @param name the pool's name, of which there is one at a time in a system
     * @param handler starts the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     * @throws IllegalArgumentException if the name is taken, or a setting is not allowed
     */
    public static <J, R> WorkerPool<J, R> startAsync(
            ActorSystem<?> system, String name, AsyncJobHandler<J, R> handler) {
        return startAsync(system, WorkerPoolSettings.create(system, name), handler);
    }

    /**
     * Starts a pool with an asynchronous handler. If the handler returns a stage made of other jobs of this pool, these
     * need another worker; see {@link AsyncJobHandler}.
     *
     * @param system where its actors run; when it ends, so does the pool
     * @param settings its settings, which name it
     * @param handler starts the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return the running pool
     * @throws IllegalArgumentException if the name is taken, or the settings name a dispatcher that does not exist
     */
    public static <J, R> WorkerPool<J, R> startAsync(
            ActorSystem<?> system, WorkerPoolSettings settings, AsyncJobHandler<J, R> handler) {
        return new WorkerPool<>(system, settings, new Handler.Async<>(Objects.requireNonNull(handler, "handler")));
    }

    /**
     * A pool as an actor, with a blocking handler. Stopping the actor cancels its jobs and completes what is open.
     *
     * @param settings the pool's settings; the actor's name is the spawning actor's to choose
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return a behavior that stops when it has been drained or aborted
     */
    public static <J, R> Behavior<PoolCommand<J, R>> behavior(
            WorkerPoolSettings settings, JobHandler.Simple<J, R> handler) {
        return PoolRoot.behavior(settings, Handler.blocking(Objects.requireNonNull(handler, "handler")));
    }

    /**
     * A pool as an actor, with a blocking handler that takes a context.
     *
     * @param settings the pool's settings; the actor's name is the spawning actor's to choose
     * @param handler runs the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return a behavior that stops when it has been drained or aborted
     */
    public static <J, R> Behavior<PoolCommand<J, R>> behavior(WorkerPoolSettings settings, JobHandler<J, R> handler) {
        return PoolRoot.behavior(settings, Handler.blocking(Objects.requireNonNull(handler, "handler")));
    }

    /**
     * A pool as an actor, with an asynchronous handler.
     *
     * @param settings the pool's settings; the actor's name is the spawning actor's to choose
     * @param handler starts the jobs
     * @param <J> type of the jobs
     * @param <R> type of the results
     * @return a behavior that stops when it has been drained or aborted
     */
    public static <J, R> Behavior<PoolCommand<J, R>> behaviorAsync(
            WorkerPoolSettings settings, AsyncJobHandler<J, R> handler) {
        return PoolRoot.behavior(settings, new Handler.Async<>(Objects.requireNonNull(handler, "handler")));
    }

    /**
     * Submits one job.
     *
     * @param job not null; goes with the calling thread's contexts, see {@link ContextPropagator}
     * @return at once, unless {@link WhenFull} has the thread wait or run the job; completes with the handler's result
     *     or error; with a {@link java.util.concurrent.CancellationException} if the job was cancelled, a {@link
     *     java.util.concurrent.RejectedExecutionException} if it was not accepted, a {@link
     *     java.util.concurrent.TimeoutException} if it timed out. Cancelling it cancels the job, and interrupts it if
     *     it runs.
     * @throws NullPointerException if the job is null
     * @throws IllegalStateException if the queue is full, and {@link WhenFull} would have a thread wait that must not
     *     (one of an actor, or of a handler of this pool), or a thread of an actor run the job
     * @throws StackOverflowError if the thread is near the end of its stack; then the job was not submitted
     * @throws RuntimeException what a {@link ContextPropagator} throws that captures the thread's contexts; then the
     *     job was not submitted
     */
    public CompletableFuture<R> submit(J job) {
        pool.harness().submitting(name(), job);
        SubmittedJob<J, R> submitted = new SubmittedJob<>(pool.carrier().pack(job), pool.requestQueue(), pool.guard());
        pool.jobSubmitter().submit(submitted.request());
        return submitted;
    }

    /**
     * Submits one job with options of its own.
     *
     * @param job not null; goes with the calling thread's contexts, see {@link ContextPropagator}
     * @param options time-out, priority, retries, delay, permits
     * @return as of {@link #submit(Object)}, but for one thing: it completes on the callback executor even where a thread waits for it
     * @throws NullPointerException if the job or its options are null
     * @throws IllegalStateException as {@link #submit(Object)}, like the other exceptions
     */
    public CompletableFuture<R> submit(J job, JobOptions options) {
        if (Objects.requireNonNull(options, "options").equals(JobOptions.defaults())) {
            return submit(job);
        }
        pool.harness().submitting(name(), job);
        SubmittedAlone<J, R> submitted =
                new SubmittedAlone<>(pool.carrier().pack(Objects.requireNonNull(job, "job")), options, pool);
        pool.jobSubmitter().submit(submitted.submission());
        return submitted;
    }

    /**
     * Submits jobs as a batch with default options.
     *
     * @param jobs none null; iterated once, on the calling thread, before this returns
     * @return a handle, at once unless {@link WhenFull} says otherwise; an empty batch is complete at once
     * @throws IllegalStateException if the queue is full, and {@link WhenFull} would have a thread wait that must not
     * @throws NullPointerException if the batch or one of its jobs is null; then nothing was accepted, as when the
     *     iterable throws, whose exception the caller gets
     */
    public Batch<R> submitAll(Iterable<? extends J> jobs) {
        return submitAll(jobs, BatchOptions.defaults());
    }

    /**
     * Submits jobs as a batch.
     *
     * @param jobs none null; iterated once, on the calling thread, before this returns
     * @param options how to run them
     * @return a handle, at once unless {@link WhenFull} says otherwise; an empty batch is complete at once
     * @throws IllegalStateException if the queue is full, and {@link WhenFull} would have a thread wait that must not
     * @throws NullPointerException if the batch or one of its jobs is null; then nothing was accepted, as when the
     *     iterable throws, whose exception the caller gets
     */
    public Batch<R> submitAll(Iterable<? extends J> jobs, BatchOptions options) {
        return submitBatch(jobs, options, null);
    }

    /**
     * Submits jobs as a batch, and delivers their outcomes as they complete, in addition to the result.
     *
     * @param jobs none null; iterated once, on the calling thread, before this returns
     * @param options how to run them
     * @param consumer gets each outcome, with its job; see {@link OutcomeConsumer} for when and where it is called
     * @return a handle, at once unless {@link WhenFull} says otherwise; an empty batch is complete at once
     * @throws IllegalStateException if the queue is full, and {@link WhenFull} would have a thread wait that must not
     * @throws NullPointerException if the batch or one of its jobs is null; then nothing was accepted, as when the
     *     iterable throws, whose exception the caller gets
     */
    public Batch<R> submitAll(
            Iterable<? extends J> jobs, BatchOptions options, OutcomeConsumer<? super J, ? super R> consumer) {
        return submitBatch(jobs, options, Objects.requireNonNull(consumer, "consumer"));
    }

    private Batch<R> submitBatch(
            Iterable<? extends J> jobs, BatchOptions options, OutcomeConsumer<? super J, ? super R> consumer) {
        Objects.requireNonNull(jobs, "jobs: the batch is null");
        Objects.requireNonNull(options, "options");
        GuardedFuture.Stage<BatchResult<R>> result = new GuardedFuture.Stage<>(pool.guard());
        try {
            TestHarness harness = pool.harness();
            return submitBatch(
                    harness.submittingAll(name(), jobs),
                    options,
                    consumer == null ? null : harness.consumerOfBatch(consumer),
                    result);
        } catch (Throwable t) {
            result.settle(null, Optional.of(t)); // a context may wait for it
            throw t;
        }
    }

    private Batch<R> submitBatch(
            Iterable<? extends J> jobs,
            BatchOptions options,
            OutcomeConsumer<? super J, ? super R> consumer,
            GuardedFuture.Stage<BatchResult<R>> result) {
        Label label = Label.ofBatch(options.name());
        JobCarrier.Packer<J> packer = pool.carrier()
                .packer(
                        () -> new BatchInfo(name(), BatchInfo.Kind.BATCH, label.id(), label.name()),
                        () -> result.thenApply(BatchResult::counts));
        PagedList<J> all = PagedList.copyOf(packer.packAll(jobs));
        ConsumerCalls<J, R> calls =
                consumer == null ? null : new ConsumerCalls<>(consumer, all, packer.contexts(), name(), label);
        BatchSubmission<J, R> submission =
                new BatchSubmission<>(label, all, options, BatchReceiver.of(calls, pool.callbacks(), ended -> {
                    openBatches.remove(label.id());
                    result.settle(ended);
                }));
        Batch<R> batch = Batch.of(result, submission, pool);
        if (submission.size() == 0) {
            result.settle(BatchResult.of(List.of()));
        } else {
            enter(batch, submission);
        }
        return batch;
    }

    private void enter(Batch<R> batch, BatchSubmission<J, R> submission) {
        openBatches.put(batch.id(), batch);
        try {
            pool.jobSubmitter().submit(submission);
        } catch (Throwable t) {
            openBatches.remove(batch.id());
            throw t;
        }
    }

    /**
     * Finds a batch that was submitted here and is not complete, for instance to show it or to cancel it by a number
     * that a log or a client names. Those of streams, and of actors that send {@link PoolCommand}s, are not found.
     *
     * @param id its {@link Batch#id()}
     * @return the handle that {@code submitAll} gives; empty once the batch has its result
     */
    public Optional<Batch<R>> batch(long id) {
        return Optional.ofNullable(openBatches.get(id));
    }

    /**
     * Takes any number of jobs from an iterator, as there is room for them, and passes their outcomes to a consumer.
     *
     * @param jobs iterated by one thread of the pool's own, which may block; closed in the end if it is {@link
     *     AutoCloseable}. What it throws ends the input, as does a null: what was taken before still runs.
     * @param options in which order, and how many jobs may be taken and not delivered
     * @param consumer gets each outcome, with its job
     * @return a handle, at once
     */
    public Processing process(
            Iterator<? extends J> jobs, StreamOptions<J> options, OutcomeConsumer<? super J, ? super R> consumer) {
        checkNotNull(jobs, options, consumer);
        return new Processing(Consumption.of(pool, jobs, options, consumer));
    }

    /**
     * Takes jobs from a JDK stream, through its iterator.
     *
     * @param jobs its pipeline runs on one thread of the pool's own; closed in the end
     * @param options in which order, and how many jobs may be taken and not delivered
     * @param consumer gets each outcome, with its job
     * @return a handle, at once
     */
    public Processing process(
            Stream<? extends J> jobs, StreamOptions<J> options, OutcomeConsumer<? super J, ? super R> consumer) {
        checkNotNull(jobs, options, consumer);
        return new Processing(Consumption.of(pool, jobs, options, consumer));
    }

    /**
     * Takes jobs from a publisher, by asking for as many as there is room for.
     *
     * @param jobs subscribed to by a thread of the pool's own; cancelled if no more are wanted
     * @param options in which order, and how many jobs may be taken and not delivered
     * @param consumer gets each outcome, with its job
     * @return a handle, at once
     */
    public Processing process(
            Flow.Publisher<? extends J> jobs,
            StreamOptions<J> options,
            OutcomeConsumer<? super J, ? super R> consumer) {
        checkNotNull(jobs, options, consumer);
        return new Processing(Consumption.of(pool, jobs, options, consumer));
    }

    private static void checkNotNull(Object jobs, Object options, Object consumer) {
        Objects.requireNonNull(jobs, "jobs: the source is null");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(consumer, "consumer");
    }

    /**
     * Asks the pool's actors for its statistics.
     *
     * @return a stage of a snapshot; of the last one, if the pool has ended
     */
    public CompletionStage<PoolStats> stats() {
        return pool.stats();
    }

    /**
     * Reads the statistics that the pool's actors have last published, at once and without a message, from any thread
     * and as often as needed. If the pool has ended, these are its last ones.
     *
     * @return a snapshot, whose numbers of jobs add up
     */
    public PoolSnapshot snapshot() {
        return pool.snapshot();
    }

    /**
     * Tells whether the pool can do its work, whatever its jobs take. Cheap, as {@link #snapshot}.
     *
     * @return its health, for a health check of a service
     */
    public PoolHealth health() {
        return health(ChronoUnit.FOREVER.getDuration());
    }

    /**
     * Tells whether the pool can do its work, and none of its jobs is stuck.
     *
     * @param longestJob the pool is degraded while a job has run for longer; more than 0
     * @return its health, for a health check of a service
     * @throws IllegalArgumentException if the time is not more than 0
     */
    public PoolHealth health(Duration longestJob) {
        return pool.health(longestJob);
    }

    /**
     * Returns a stage that completes when the pool is gone, whoever has ended it: its owner, a command to {@link #ref},
     * or the actor system. It does not end the pool.
     *
     * @return the same stage at each call; completes on the callback executor
     */
    public CompletionStage<Done> whenEnded() {
        return pool.whenEnded();
    }

    /**
     * Shows the jobs that run now: which ones, since when, on which worker and thread, and how far they are. It asks no
     * actor, so it answers even if they are busy, and may be called by any thread. A job that ends meanwhile may be
     * shown or not. Jobs that submitters run for a full queue are among them, and so are abandoned handlers, until they
     * return.
     *
     * <p>Looks at each worker once, and calls the {@linkplain WorkerPoolSettings#withJobDescriber describer} for each
     * job that it shows, on the calling thread. Takes no stacks: ask a job for {@link RunningJob#stack its own}.
     *
     * @param limit how many jobs to show at most: 1 or more
     * @return the jobs that have run for longest, the oldest first
     * @throws IllegalArgumentException if the limit is less than 1
     */
    public List<RunningJob> runningJobs(int limit) {
        return pool.runningJobs().oldest(limit);
    }

    /**
     * Measures from now on how long jobs take and wait, for {@link PoolSnapshot#jobTime} and {@link
     * PoolSnapshot#queueWait}. Costs about 1 % of a job of 3 µs, and a nanosecond of one that is empty. Calling it
     * twice is harmless.
     */
    public void measureTimes() {
        pool.measureTimes();
    }

    /**
     * Changes the number of workers. Surplus workers finish their current job and return the rest. No job begins while
     * as many run as there are workers now. Where the number is adaptive, this changes the maximum, and also the
     * minimum if that is more.
     *
     * @param workers 1 to 100000
     * @throws IllegalArgumentException if the number is not in this range
     */
    public void resize(int workers) {
        WorkerPoolSettings.checkWorkers(workers);
        pool.requestQueue().offer(new Request.Resize<>(workers));
    }

    /**
     * Limits how many jobs begin per second, from now on.
     *
     * @param limit the new limit; empty for none
     */
    public void setRateLimit(Optional<RateLimit> limit) {
        pool.requestQueue().offer(new Request.Limit<>(Objects.requireNonNull(limit, "limit")));
    }

    /**
     * Starts no more jobs until {@link #resume}, or until the pool is to end. Running jobs go on; new ones are
     * accepted.
     */
    public void pause() {
        pool.requestQueue().offerStop(Request.Pause::new);
    }

    /** Ends a pause. Has no effect if the pool is not paused. */
    public void resume() {
        pool.requestQueue().offer(new Request.Resume<>());
    }

    /**
     * Takes no more jobs, finishes those that were accepted, and stops.
     *
     * @return completes when the pool is gone; callbacks that are still on their way to the callback executor, and the
     *     last stages, may complete shortly after
     */
    public CompletionStage<Done> drain() {
        return pool.end(How.DRAIN);
    }

    /**
     * Takes no more jobs, cancels those that were accepted, and stops.
     *
     * @return completes when the pool is gone: when the running handlers have returned, or {@code cancel-grace} after
     */
    public CompletionStage<Done> abort() {
        return pool.end(How.ABORT);
    }

    /**
     * Takes no more jobs, finishes those that were accepted within {@code close-timeout}, cancels the rest, and stops.
     * Blocks until the pool is gone, though the last stages may complete shortly after. If the calling thread is
     * interrupted meanwhile, the rest is cancelled at once, and the thread is interrupted again on return. Actors and
     * callbacks should call {@link #drain} or {@link #abort}, which do not block.
     *
     * <p>Where a test moves the time of the actor system's scheduler by hand, as with Akka's {@code ManualTime}, this
     * does not wait for that time. It cancels the jobs that wait for a retry, for a rate limit or for the end of a
     * slow-down, and gives running handlers {@code close-timeout}, and then {@code cancel-grace}, of real time, at most
     * 5 seconds each.
     *
     * @throws IllegalStateException if called by code that this would wait for: a handler of this pool (an asynchronous
     *     one only while it is called; later it is not noticed, and waits for {@code close-timeout}), or a stream's
     *     source (its iterator, or its function for keys)
     */
    @Override
    public void close() {
        pool.close();
    }

    /**
     * Returns the pool's actor, for other actors to talk to. It answers every command that was told to it before the
     * stage of {@link #drain} or {@link #abort} was complete; a closed pool answers with {@code Rejected} or the last
     * statistics. Then the actor stops. Later commands are dead letters without an answer, as with any actor that has
     * stopped. So ask with a time-out, or watch it.
     *
     * @return accepts commands as long as the pool runs
     */
    public ActorRef<PoolCommand<J, R>> ref() {
        return pool.ref();
    }

    /** {@return the pool's name, unique among the running pools of the system} */
    public String name() {
        return pool.settings().name();
    }

    /**
     * {@return whether the pool asks the start checks of its batches, see {@link BatchOptions#withStartCheck}: true, but
     * for a pool over a cluster}
     */
    public boolean asksStartChecks() {
        return pool.workplace().asksStartChecks();
    }

    /** {@return the pool as other packages of the library see it; internal} */
    @InternalApi
    public RunningPool<J, R> internals() {
        return pool;
    }

    @Override
    public String toString() {
        return "WorkerPool(" + name() + ")";
    }
}
