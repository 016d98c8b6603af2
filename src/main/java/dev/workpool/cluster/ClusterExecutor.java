package dev.workpool.cluster;

import akka.Done;
import akka.actor.typed.ActorSystem;
import dev.workpool.WorkerPool;
import dev.workpool.cluster.job.ClusterNode;
import dev.workpool.cluster.job.SerializableCallable;
import dev.workpool.cluster.job.SerializableRunnable;
import dev.workpool.internal.pool.RunningPool;
import dev.workpool.internal.request.Request.End.How;
import dev.workpool.job.PoolHealth;
import dev.workpool.job.PoolSnapshot;
import dev.workpool.settings.ClusterSettings;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks on the nodes of an Akka cluster, as an {@link ExecutorService}: on those that have started {@link
 * ClusterWorkers#startTasks} under its name. Thread-safe.
 *
 * <pre>{@code
 * try (ClusterExecutor executor = ClusterExecutor.start(system, "tasks")) {
 *     CompletableFuture<String> hash = executor.submit(() -> sha256(path)); // a lambda that captures a String
 *     ...
 * }
 * }</pre>
 *
 * <p>It behaves as {@link ExecutorService} specifies, except as noted here:
 *
 * <ul>
 *   <li><b>Tasks are serialized</b>, on the thread that submits them: a later change of what they refer to has no effect.
 *       A task that cannot be is rejected at once with a {@link RejectedExecutionException} that names the class. The
 *       methods that take a {@link SerializableCallable} or {@link SerializableRunnable} make lambdas serializable. A task
 *       of {@code CompletableFuture.supplyAsync} refers to its future, and is rejected; {@link #submit} returns such a
 *       future.
 *   <li><b>Results are serialized</b>, too. One that cannot be fails the task's future with a {@link
 *       java.io.NotSerializableException}. Errors travel as those of a {@link ClusterPool}.
 *   <li><b>Tasks run at least once.</b> One whose node is lost runs again on another, see {@link
 *       ClusterSettings#withDelivery}. Retries do not apply.
 *   <li><b>All nodes have the classes.</b> No class travels. A lambda needs the same class around it on all nodes,
 *       compiled from the same source.
 *   <li><b>Nodes trust each other.</b> Whoever reaches a node can send it an object of any class on its class path, and
 *       to read such an object may be enough to run code. So use it in a network of your own alone, or with mutual TLS.
 *       {@link ClusterWorkers#startTasks(ActorSystem, WorkerPoolSettings, java.io.ObjectInputFilter)} narrows down which
 *       classes a working node reads; {@code jdk.serialFilter} does so for a whole JVM, for results as well.
 *   <li>Cancelling a future stops its task, whether it runs or not, and whatever {@code mayInterruptIfRunning} says. The
 *       task is interrupted on its node.
 *   <li>{@link #shutdownNow} cancels the tasks that have not begun, and returns none of them: whether one has begun is
 *       known only where it was sent.
 *   <li>An exception of a task that was given to {@link #execute} is logged on the node that ran it.
 * </ul>
 *
 * <p>The pool's settings are those of {@link ClusterPool}. If the queue is full, {@code when-full} decides: {@code reject}
 * throws, {@code block} waits.
 */
public final class ClusterExecutor extends AbstractExecutorService implements AutoCloseable {
    /**
     * The future that {@link #newTaskFor} made last on this thread, which the next command may be a wrapper of: an {@code
     * ExecutorCompletionService}, that of {@code invokeAny} too, executes one that tells it of the end.
     */
    private static final ThreadLocal<ClusterTask<?>> MADE = new ThreadLocal<>();

    private final WorkerPool<EncodedTask, Object> pool;
    private final RunningPool<EncodedTask, Object> running;
    private final int maxTaskBytes;

    /** The tasks that were handed to the pool and may not be complete. */
    private final Set<ClusterTask<?>> open = ConcurrentHashMap.newKeySet();

    private ClusterExecutor(ActorSystem<?> system, WorkerPoolSettings settings, ClusterSettings cluster) {
        this.pool = ClusterPool.start(
                system,
                settings.withRetry(RetryPolicy.never()).withJobDescriber(EncodedTask.class, EncodedTask::name),
                cluster,
                EncodedTask.CODEC,
                new ResultCodec(system));
        this.running = pool.internals();
        this.maxTaskBytes = cluster.maxJobBytes();
    }

    /**
     * Starts an executor with settings from the system's configuration.
     *
     * @param system a node of an Akka cluster; when it ends, so does the executor
     * @param name the name of the executor, and of the workers on all nodes
     * @return the running executor
     * @throws IllegalArgumentException if the name is taken, or a setting is not allowed
     * @throws IllegalStateException if the system is no node of a cluster, or a library is missing
     */
    public static ClusterExecutor start(ActorSystem<?> system, String name) {
        return start(system, WorkerPoolSettings.create(system, name), ClusterSettings.create(system, name));
    }

    /**
     * Starts an executor.
     *
     * @param system a node of an Akka cluster; when it ends, so does the executor
     * @param settings of its pool; the number of workers has no meaning here
     * @param cluster of its sessions with nodes; its name is that of the workers
     * @return the running executor
     * @throws IllegalArgumentException if the name is taken, or a setting is not allowed
     * @throws IllegalStateException if the system is no node of a cluster, or a library is missing
     */
    public static ClusterExecutor start(ActorSystem<?> system, WorkerPoolSettings settings, ClusterSettings cluster) {
        return new ClusterExecutor(
                Objects.requireNonNull(system, "system"),
                Objects.requireNonNull(settings, "settings"),
                Objects.requireNonNull(cluster, "cluster"));
    }

    // Tasks

    /**
     * Runs a lambda, or another task, on a node.
     *
     * @param task what it captures is serializable
     * @throws RejectedExecutionException as {@link #execute(Runnable)}
     */
    public void execute(SerializableRunnable task) {
        execute((Runnable) task);
    }

    /**
     * Runs a task on a node.
     *
     * @param task one that is serializable
     * @throws RejectedExecutionException if it is not serializable or too large, the executor is shut down, or the queue
     *     is full; then it never runs
     */
    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        ClusterTask<?> made = MADE.get();
        MADE.remove();
        if (task instanceof ClusterTask<?> own) {
            own.send();
        } else if (task instanceof FutureTask<?> && made != null && !made.isDone()) {
            made.whenComplete((value, error) -> task.run()); // which finds it complete
            made.send();
        } else {
            future(EncodedTask.Kind.EXECUTE, task, null).send();
        }
    }

    /**
     * Runs a lambda, or another task, on a node.
     *
     * @param task what it captures, and its result, are serializable
     * @param <T> type of the result
     * @return completes with the result; cancelling it stops the task
     * @throws RejectedExecutionException as {@link #execute(Runnable)}
     */
    public <T> CompletableFuture<T> submit(SerializableCallable<T> task) {
        return submit((Callable<T>) task);
    }

    /**
     * Runs a lambda, or another task, on a node.
     *
     * @param task what it captures is serializable
     * @return completes with null; cancelling it stops the task
     * @throws RejectedExecutionException as {@link #execute(Runnable)}
     */
    public CompletableFuture<?> submit(SerializableRunnable task) {
        return submit((Runnable) task);
    }

    @Override
    public <T> CompletableFuture<T> submit(Callable<T> task) {
        return sent(future(EncodedTask.Kind.CALL, Objects.requireNonNull(task, "task"), null));
    }

    @Override
    public CompletableFuture<?> submit(Runnable task) {
        return submit(task, null);
    }

    /** The result stays here, and need not be serializable. */
    @Override
    public <T> CompletableFuture<T> submit(Runnable task, T result) {
        return sent(future(EncodedTask.Kind.RUN, Objects.requireNonNull(task, "task"), result));
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> task) {
        return made(future(EncodedTask.Kind.CALL, task, null));
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable task, T value) {
        return made(future(EncodedTask.Kind.RUN, task, value));
    }

    private <T> ClusterTask<T> future(EncodedTask.Kind kind, Object task, T value) {
        if (isShutdown()) {
            throw running.jobSubmitter().closedException();
        }
        EncodedTask encoded = EncodedTask.of(kind, task);
        int size = encoded.toBytes().length;
        if (size > maxTaskBytes) {
            throw new RejectedExecutionException("task " + encoded.name() + " has " + size
                    + " bytes; allowed by workpool.cluster.pools." + name() + ".max-job-bytes: up to " + maxTaskBytes);
        }
        return new ClusterTask<>(running, open, encoded, value);
    }

    private static <T> ClusterTask<T> made(ClusterTask<T> task) {
        MADE.set(task);
        return task;
    }

    private static <T> ClusterTask<T> sent(ClusterTask<T> task) {
        task.send();
        return task;
    }

    // The end

    /** Takes no more tasks; those that were accepted are run. Does not wait. */
    @Override
    public void shutdown() {
        running.end(How.DRAIN);
    }

    /**
     * Takes no more tasks, cancels those that have not begun, and interrupts those that run. Does not wait. The futures of
     * all are cancelled.
     *
     * @return no task, since it is not known here which have begun
     */
    @Override
    public List<Runnable> shutdownNow() {
        running.end(How.ABORT);
        return new ArrayList<>();
    }

    @Override
    public boolean isShutdown() {
        return running.jobSubmitter().isClosed();
    }

    /** Whether the executor is shut down, and the futures of all tasks are complete. */
    @Override
    public boolean isTerminated() {
        return running.terminated().getCount() == 0 && open.stream().allMatch(ClusterTask::isDone);
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long begunNs = System.nanoTime();
        long timeoutNs = unit.toNanos(timeout);
        boolean terminated = running.terminated().await(timeoutNs, TimeUnit.NANOSECONDS);
        for (ClusterTask<?> task : open) { // told by callbacks, which may come a moment later
            terminated = terminated && task.awaitDone(timeoutNs - (System.nanoTime() - begunNs));
        }
        return terminated;
    }

    /**
     * Takes no more tasks and waits until those that were accepted are done, however long that takes. If the calling thread
     * is interrupted meanwhile, all are cancelled as by {@link #shutdownNow}, and the thread is interrupted again on
     * return. Must not be called by actors or callbacks.
     */
    @Override
    public void close() {
        running.guard().aboutToAwaitEnd("close()", "shutdown(), which does not wait");
        shutdown();
        boolean interrupted = false;
        while (true) {
            try {
                awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                shutdownNow();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // The pool

    /**
     * Returns the nodes that the executor knows. Does not block.
     *
     * @return a snapshot
     */
    public List<ClusterNode> nodes() {
        return ClusterPool.nodes(pool);
    }

    /**
     * Reads the executor's statistics. Does not block.
     *
     * @return a snapshot, whose numbers of jobs add up
     */
    public PoolSnapshot snapshot() {
        return pool.snapshot();
    }

    /**
     * Tells whether the executor can do its work.
     *
     * @return its health, for a health check of a service
     */
    public PoolHealth health() {
        return pool.health();
    }

    /**
     * Returns a stage that completes when the executor's actors are gone, whoever has ended it. It does not end it.
     *
     * @return the same at each call
     */
    public CompletionStage<Done> whenEnded() {
        return pool.whenEnded();
    }

    /**
     * The executor's name.
     *
     * @return that of its pool
     */
    public String name() {
        return pool.name();
    }

    @Override
    public String toString() {
        return "ClusterExecutor(" + name() + ")";
    }
}
