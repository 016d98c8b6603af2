package dev.workpool;

import akka.Done;
import akka.actor.typed.ActorSystem;
import dev.workpool.internal.batch.Single;
import dev.workpool.internal.pool.RunningPool;
import dev.workpool.internal.request.Request;
import dev.workpool.internal.request.Request.End.How;
import dev.workpool.internal.util.StackGuard;
import dev.workpool.internal.worker.Handler;
import dev.workpool.job.PoolHealth;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.job.PoolStats;
import dev.workpool.job.RunningJob;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WhenFull;
import dev.workpool.settings.WorkerPoolSettings;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Runs tasks on a pool, as an {@link ExecutorService}: for {@code CompletableFuture.supplyAsync}, schedulers, clients.
 *
 * <p>It has the workers, the queue and the settings of a {@link WorkerPool} of its own. It behaves as {@link
 * ExecutorService} and {@link java.util.concurrent.ThreadPoolExecutor} specify, except as noted here. Thread-safe. Its
 * futures are {@link FutureTask}s: {@code cancel(true)} interrupts the task if it runs, and no other. A task that is
 * cancelled before it begins never runs, but keeps its place in the queue until its turn.
 *
 * <ul>
 *   <li>Tasks are handed out in the order in which they came, cheap ones in chunks, and taken back from busy workers
 *       within 0.3 ms for idle ones, as {@link WorkerPool} says. So with more than one worker they may begin in another
 *       order. With a {@link WorkerPoolSettings#withChunkMaxJobs chunk-max-jobs} of 1 they begin in the order in which
 *       they came, as in a thread pool, at some microseconds each.
 *   <li>A task that waits for others of the same executor needs a worker for each of them. Groups of tasks that wait for
 *       each other, more tasks in all than workers, need tasks that begin in their order as well.
 *       That is not checked: a task that calls {@code submit(…).get()} or {@code CompletableFuture.supplyAsync(…,
 *       executor).join()} on its own executor never ends if all workers do so, as in a thread pool.
 *   <li>W idle workers and a queue of C ({@code queue-capacity}, unlimited by default) accept W + C tasks at once, and
 *       more where cheap tasks are handed to busy workers in advance. If the queue is full, {@link WhenFull} decides:
 *       {@code REJECT} throws a {@link RejectedExecutionException}. {@code BLOCK} waits, and throws it if the executor
 *       is closed or the thread interrupted meanwhile, or on a thread that must not wait. {@code CALLER_RUNS} runs the
 *       task on the calling thread, which gets the task's exception. {@code DROP_OLDEST} fails the oldest task's future
 *       with it, or cancels a future that is not of this class; a task that is no future is dropped silently.
 *       After {@link #shutdown} all of them throw a {@link RejectedExecutionException}, where {@code
 *       ThreadPoolExecutor.DiscardOldestPolicy} and {@code CallerRunsPolicy} discard the task, whose future never
 *       completes.
 *   <li>An exception of a task given to {@link #execute}, or an {@link Error}, goes to the worker's {@link
 *       Thread.UncaughtExceptionHandler}. That is the JVM's default, since one that a task sets is gone after that
 *       task. The worker lives on.
 *   <li>{@code job-timeout} interrupts a task and fails its future with a {@link
 *       java.util.concurrent.TimeoutException}, whatever the task returns or throws from then on. A task that throws
 *       before it is interrupted, but not before its time is over, has timed out as well. This applies to the futures
 *       that the methods of this class return, in an {@code ExecutorCompletionService} too. Any other future that is
 *       given to {@link #execute}, such as your own {@link FutureTask}, becomes what its task makes of the interrupt. It
 *       is cancelled if it is not complete soon after that. Retries do not apply, and {@code close-timeout} applies only
 *       when the actor system ends.
 *   <li>When the actor system ends, the executor is shut down, and stopped some time after, see {@link
 *       WorkerPoolSettings#withCoordinatedShutdown}: futures that are not complete then are cancelled, and running
 *       tasks are interrupted.
 * </ul>
 *
 * <p>A future that others made of a task, as {@code supplyAsync} does, is not told when the task is dropped or given
 * back.
 */
public final class PoolExecutor extends AbstractExecutorService implements AutoCloseable {
    /**
     * The future that {@link #newTaskFor} made last on this thread, for which the next task may be a wrapper: an {@code
     * ExecutorCompletionService}, that of {@code invokeAny} too, wraps it in another and executes that. Whoever drops
     * the wrapper has to complete what is in it, for which somebody waits.
     */
    private static final ThreadLocal<PoolFuture<?>> MADE = new ThreadLocal<>();

    private final RunningPool<PoolTask, Void> pool;
    private final UnfinishedTasks unfinished;

    private PoolExecutor(ActorSystem<?> system, WorkerPoolSettings settings) {
        this.pool = new RunningPool<>(
                system,
                settings.withRetry(RetryPolicy.never())
                        .withJobDescriber(PoolTask.class, task -> task.describe(settings.jobDescriber())),
                handler(settings));
        this.unfinished = new UnfinishedTasks(pool.callbacks());
    }

    private static Handler<PoolTask, Void> handler(WorkerPoolSettings settings) {
        if (settings.jobTimeout().isEmpty()) {
            return new Handler.Simple<>(task -> {
                task.run();
                return null;
            });
        }
        return new Handler.Timed<>((task, overrun) -> {
            task.run(overrun);
            return null;
        });
    }

    /**
     * Starts an executor, with settings from the system's configuration.
     *
     * @param system where its actors run; when it ends, so does the executor
     * @param name the pool's name, of which there is one at a time in a system
     * @return the running executor
     * @throws IllegalArgumentException if the name is taken, or a setting is not allowed
     */
    public static PoolExecutor start(ActorSystem<?> system, String name) {
        return start(system, WorkerPoolSettings.create(system, name));
    }

    /**
     * Starts an executor.
     *
     * @param system where its actors run; when it ends, so does the executor
     * @param settings its settings, which name it
     * @return the running executor
     * @throws IllegalArgumentException if the name is taken, or the settings name a dispatcher that does not exist
     */
    public static PoolExecutor start(ActorSystem<?> system, WorkerPoolSettings settings) {
        return new PoolExecutor(Objects.requireNonNull(system, "system"), Objects.requireNonNull(settings, "settings"));
    }

    // Tasks

    /**
     * Submits a task. Returns at once, unless {@link WhenFull} says otherwise.
     *
     * @param command the task
     * @throws RejectedExecutionException if the executor is shut down, or the queue is full and {@link WhenFull} says
     *     so; then the task never runs
     */
    @Override
    public void execute(Runnable command) {
        Objects.requireNonNull(command, "command");
        PoolTask task = new PoolTask(pool.carrier(), command, innerOf(command), unfinished);
        if (!pool.jobSubmitter().enter(task)) {
            command.run();
        } else if (pool.jobSubmitter().isClosed() && task.refuse()) { // it may have come too late, and has not begun
            throw pool.jobSubmitter().closedException();
        }
    }

    private static PoolFuture<?> innerOf(Runnable command) {
        if (!(command instanceof FutureTask<?>) || (command instanceof PoolFuture<?> own && !own.mayBeWrapped)) {
            return null;
        }
        PoolFuture<?> made = MADE.get();
        MADE.remove();
        return made == command ? null : made;
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> callable) {
        return made(new PoolFuture<>(callable, callable, true, pool.harness()));
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable runnable, T value) {
        return made(new PoolFuture<>(Executors.callable(runnable, value), runnable, true, pool.harness()));
    }

    private static <T> PoolFuture<T> made(PoolFuture<T> future) {
        MADE.set(future);
        return future;
    }

    @Override
    public <T> Future<T> submit(Callable<T> task) {
        return executed(new PoolFuture<>(task, task, false, pool.harness()));
    }

    @Override
    public Future<?> submit(Runnable task) {
        return submit(task, null);
    }

    @Override
    public <T> Future<T> submit(Runnable task, T result) {
        return executed(new PoolFuture<>(Executors.callable(task, result), task, false, pool.harness()));
    }

    private <T> Future<T> executed(PoolFuture<T> future) {
        execute(future);
        return future;
    }

    // The end

    /** Takes no more tasks; those that were accepted are run. Does not wait. */
    @Override
    public void shutdown() {
        pool.end(How.DRAIN);
    }

    /**
     * Takes no more tasks, gives back those that have not begun, and has running ones interrupted, by another thread a
     * moment later. It waits for some messages between the pool's actors, but not for running tasks. The futures of
     * tasks that are given back complete only if the caller runs or cancels them. A second call interrupts running tasks
     * once more, even after {@code cancel-grace} is over.
     *
     * @return what was given to {@link #execute}, or what {@link #submit} has returned, of each task that never began,
     *     in the order in which they came; those that were cancelled while they were queued are among them. Empty if
     *     the executor had ended or was stopped before. The list is the caller's, and may be changed.
     */
    @Override
    public List<Runnable> shutdownNow() {
        return withdraw().stream().map(PoolTask::command).collect(Collectors.toCollection(ArrayList::new));
    }

    private List<PoolTask> withdraw() {
        StackGuard.check();
        unfinished.leaveRunning();
        pool.jobSubmitter().close();
        pool.interruptAgain(); // what was told to stop before; the others are told below
        List<PoolTask> withdrawn = new ArrayList<>(); // of the pool's thread, until it completes what follows
        CompletableFuture<List<PoolTask>> all = new CompletableFuture<>();
        pool.requestQueue()
                .offer(new Single.Open<>(
                        open -> {
                            if (open instanceof PoolTask task && task.withdraw()) {
                                withdrawn.add(task);
                            }
                        },
                        () -> all.complete(withdrawn)));
        pool.end(How.ABORT); // after that, since it cancels what is not withdrawn
        if (pool.harness().isOneThread()) {
            pool.harness().goOnUntil(all::isDone);
        }
        return all.join();
    }

    /** Whether {@link #shutdown}, {@link #shutdownNow} or {@link #close} was called, or the actor system ends. */
    @Override
    public boolean isShutdown() {
        return pool.jobSubmitter().isClosed();
    }

    /**
     * Tells whether the executor is shut down and no task runs any more, not even one that ignores its interrupt. This
     * becomes true some time after {@link #shutdown}, even if there was nothing to do: the pool's actors have to be
     * told, and its threads have to end. To wait for that, which takes a millisecond or so, use {@link
     * #awaitTermination} or {@link #close}.
     */
    @Override
    public boolean isTerminated() {
        return pool.terminated().getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        boolean isOver =
                pool.harness().isOneThread() && pool.harness().goOnUntil(this::isTerminated, unit.toNanos(timeout));
        return pool.terminated().await(isOver ? 0 : timeout, unit);
    }

    /**
     * Takes no more tasks and waits until those that were accepted are done, however long that takes. If the calling
     * thread is interrupted meanwhile, tasks that have not begun are cancelled and running ones are interrupted, as by
     * {@link #shutdownNow}. The thread goes on waiting for these, and is interrupted again on return. Does nothing if
     * the executor has terminated. Must not be called by actors or callbacks.
     *
     * <p>Where a test moves the time of the actor system's scheduler by hand, as with Akka's {@code ManualTime}, this
     * cancels the tasks that wait for that time, by a rate limit, and if there is a {@code job-timeout} it interrupts
     * those that run longer than that of real time, or than 5 seconds.
     *
     * @throws IllegalStateException if called by a task of this very executor, which would wait for itself
     */
    @Override
    public void close() {
        if (isTerminated()) {
            return;
        }
        pool.guard().aboutToAwaitEnd("close()", "shutdown(), which does not wait");
        pool.letNoTimePass();
        shutdown();
        if (pool.harness().isOneThread()) {
            pool.harness().goOnUntil(this::isTerminated);
        }
        Optional<Duration> timeForTasks = pool.timeForTasks();
        boolean interrupted = false;
        while (true) {
            try {
                if (timeForTasks.isPresent()
                        && !awaitTermination(timeForTasks.get().toNanos(), TimeUnit.NANOSECONDS)) {
                    timeForTasks = Optional.empty();
                    withdraw().forEach(PoolTask::cancel);
                }
                pool.terminated().await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                withdraw().forEach(PoolTask::cancel);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // The pool

    /**
     * Returns the executor's statistics. A failed task counts as one that succeeded, since its future has the error.
     *
     * @return a stage of a snapshot; of the last one, if the executor has ended
     */
    public CompletionStage<PoolStats> stats() {
        return pool.stats();
    }

    /**
     * Reads the statistics that the executor's actors have last published, see {@link WorkerPool#snapshot}. A failed
     * task counts as one that succeeded, since its future has the error.
     *
     * @return a snapshot, whose numbers of jobs add up
     */
    public PoolSnapshot snapshot() {
        return pool.snapshot();
    }

    /** Measures from now on how long tasks take and wait, see {@link WorkerPool#measureTimes}. */
    public void measureTimes() {
        pool.measureTimes();
    }

    /**
     * Tells whether the executor can do its work, see {@link WorkerPool#health()}.
     *
     * @return its health, for a health check of a service
     */
    public PoolHealth health() {
        return health(ChronoUnit.FOREVER.getDuration());
    }

    /**
     * Tells whether the executor can do its work, and none of its tasks is stuck.
     *
     * @param longestTask the executor is degraded while a task has run for longer; more than 0
     * @return its health, for a health check of a service
     * @throws IllegalArgumentException if the time is not more than 0
     */
    public PoolHealth health(Duration longestTask) {
        return pool.health(longestTask);
    }

    /**
     * Returns a stage that completes when the executor's actors are gone, whoever has ended it. It does not end the
     * executor. Tasks that ignore their interrupt may still run then, see {@link #isTerminated}.
     *
     * @return the same stage at each call; completes on the callback executor
     */
    public CompletionStage<Done> whenEnded() {
        return pool.whenEnded();
    }

    /**
     * Shows the tasks that run now, see {@link WorkerPool#runningJobs}. The describer is given what was submitted. A
     * task has no batch and no index, and reports no progress. Tasks that their submitters run are not shown.
     *
     * @param limit how many tasks to show at most: 1 or more
     * @return the tasks that have run for longest, the oldest first
     * @throws IllegalArgumentException if the limit is less than 1
     */
    public List<RunningJob> runningJobs(int limit) {
        return pool.runningJobs().oldest(limit);
    }

    /**
     * Changes the number of workers, see {@link WorkerPool#resize}.
     *
     * @param workers 1 to 100000
     * @throws IllegalArgumentException if the number is not in this range
     */
    public void resize(int workers) {
        WorkerPoolSettings.checkWorkers(workers);
        pool.requestQueue().offer(new Request.Resize<>(workers));
    }

    /**
     * The pool's name.
     *
     * @return unique among the running pools of the system
     */
    public String name() {
        return pool.settings().name();
    }

    @Override
    public String toString() {
        return "PoolExecutor(" + name() + ")";
    }
}
