package dev.workpool.settings;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import dev.workpool.job.JobContext;
import dev.workpool.job.Outcome;
import dev.workpool.job.PoolObserver;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;

/**
 * The settings of one pool. Immutable and thread-safe; each {@code withX} returns a changed, checked copy.
 *
 * <p>Defaults, units and ranges are in the library's {@code reference.conf} under {@code workpool}; an application
 * overrides them there for all of its pools, or under {@code workpool.pools.<name>} for one. A key that is unknown or a
 * value that is out of range fails at once with an {@link IllegalArgumentException} that names key, value and what is
 * allowed.
 */
public final class WorkerPoolSettings extends SettingsValues {
    private WorkerPoolSettings(SettingsReader reader) {
        super(reader);
    }

    /**
     * The settings of a pool from an actor system's configuration.
     *
     * @param system where the pool is to run
     * @param name the pool's name: letters, digits, '-', '_' and '.', at most 100 of them; one with dots is quoted in
     *     configuration
     * @return {@code workpool.pools.<name>} on top of {@code workpool}
     * @throws IllegalArgumentException if the name, a key or a value is not allowed
     */
    public static WorkerPoolSettings create(ActorSystem<?> system, String name) {
        return create(Objects.requireNonNull(system, "system").settings().config(), name);
    }

    /**
     * The settings of a pool from a configuration.
     *
     * @param root a whole configuration, with {@code reference.conf} in it as {@code ConfigFactory.load()} gives it
     * @param name the pool's name: letters, digits, '-', '_' and '.', at most 100 of them; one with dots is quoted in
     *     configuration
     * @return {@code workpool.pools.<name>} on top of {@code workpool}
     * @throws IllegalArgumentException if the name, a key or a value is not allowed
     */
    public static WorkerPoolSettings create(Config root, String name) {
        return new WorkerPoolSettings(
                PropagatorSettings.make(SettingsReader.of(SettingsReader.Place.POOLS, root, name, KEYS)));
    }

    /**
     * Sets how many workers there are.
     *
     * @param workers 1 to 100000
     * @return changed settings
     */
    public WorkerPoolSettings withWorkers(int workers) {
        return with(WorkersSettings.WORKERS, workers);
    }

    /**
     * Adapts the number of workers to the service that the jobs wait for. While the measured time of a job grows with
     * the number of running jobs, there are fewer workers; otherwise there are more. For jobs that wait for a server, a
     * database, a disk. Needs {@code com.netflix.concurrency-limits:concurrency-limits-core} on the class path, which
     * the library does not depend on.
     *
     * <p>The number stays between the fewest and the most. A pool begins with the number of processors, as far as that
     * lies between them. {@link dev.workpool.WorkerPool#resize} changes the most.
     *
     * @param fewest 1 to 100000
     * @param most fewest to 100000
     * @return changed settings
     */
    public WorkerPoolSettings withAdaptiveWorkers(int fewest, int most) {
        return new WorkerPoolSettings(WorkersSettings.adaptive(reader, fewest, most));
    }

    /**
     * Sets for how long {@link JobContext#slowDown} can keep the pool from beginning jobs. Longer times are cut off.
     *
     * @param most 0 to 1 day
     * @return changed settings
     */
    public WorkerPoolSettings withMaxSlowDown(Duration most) {
        return with(MAX_SLOW_DOWN, most);
    }

    /**
     * Runs blocking handlers on virtual threads, or on platform threads.
     *
     * @param virtual true needs Java 21 or newer
     * @return changed settings
     */
    public WorkerPoolSettings withVirtualThreads(boolean virtual) {
        return with(THREADS, virtual ? "virtual" : "platform");
    }

    /**
     * Gives the thread of a worker the name of the job as long as it runs, so that a thread dump shows the jobs: {@code
     * hashers-worker-3: com.example.Order, index 17 of batch 3 'nightly'}. The {@linkplain #withJobDescriber describer}
     * is then called for each attempt, on the worker's thread, as a part of the job; if it is slow, so is the job. For
     * blocking handlers.
     *
     * @param on false leaves threads their names, which costs nothing
     * @return changed settings
     */
    public WorkerPoolSettings withNamedThreads(boolean on) {
        return with(NAMED_THREADS, on);
    }

    /**
     * Has a job that runs for longer than this named in a warning, with its stack, once for each attempt. Nothing else
     * happens to it: see {@link #withJobTimeout}.
     *
     * @param age 1 s to 365 days
     * @return changed settings
     */
    public WorkerPoolSettings withWarnAfter(Duration age) {
        return with(WARN_AFTER, age);
    }

    /**
     * Says which job it is, in a few words for people: in {@link dev.workpool.WorkerPool#runningJobs}, in warnings, and in the names
     * of threads where these are {@linkplain #withNamedThreads named}. By default that is the name of the job's class,
     * and never anything of its content. May be called once for each class of jobs; of two describers that fit a job, the
     * last counts.
     *
     * <p>It is called for a job that runs, by any thread but an actor's, several at a time. It may block, which delays
     * whoever asked. If it throws or returns null, the description says so.
     *
     * @param type class of the jobs that it describes; others have the name of their class
     * @param describer such as {@code Order::id}
     * @param <J> type of the jobs
     * @return changed settings
     */
    public <J> WorkerPoolSettings withJobDescriber(Class<J> type, Function<? super J, String> describer) {
        return new WorkerPoolSettings(DescriberSettings.with(reader, type, describer));
    }

    /**
     * Sets how long an attempt at a job may take, for batches that do not say otherwise. When that time is over the job
     * is {@link Outcome.TimedOut}, and its handler is told to stop as if it was cancelled.
     *
     * @param timeout 1 ms to 365 days
     * @return changed settings
     */
    public WorkerPoolSettings withJobTimeout(Duration timeout) {
        return with(JOB_TIMEOUT, timeout);
    }

    /**
     * Retries failed jobs, for batches that do not say otherwise.
     *
     * @param policy which, how often and when
     * @return changed settings
     */
    public WorkerPoolSettings withRetry(RetryPolicy policy) {
        return new WorkerPoolSettings(reader.withObject(RETRY, policy));
    }

    /**
     * Bounds the retries of the whole pool, so that they do not multiply an outage. Beyond this budget a failed job is
     * not tried again.
     *
     * @param perJob retries for each job that ends, which can be spent for 10 s: 0 to 1000
     * @param perSecond retries for each second besides: 0 to 1000000000
     * @return changed settings
     */
    public WorkerPoolSettings withRetryBudget(double perJob, double perSecond) {
        return with(RETRY_BUDGET_PER_JOB, perJob).with(RETRY_BUDGET_PER_SECOND, perSecond);
    }

    /**
     * Limits how many jobs begin per second, in the pool as a whole. Attempts after the first count as well.
     *
     * @param limit see {@link RateLimit}
     * @return changed settings
     */
    public WorkerPoolSettings withRateLimit(RateLimit limit) {
        Objects.requireNonNull(limit, RATE_LIMIT);
        return with(RATE_LIMIT, limit.perSecond()).with(RATE_BURST, limit.burst());
    }

    /**
     * Bounds how many jobs may wait, including those that wait for a retry. As many more are accepted as workers are
     * idle, unless the pool is paused or slowed down, or its rate limit has no permits for them. Jobs that workers have
     * been handed do not count.
     *
     * @param jobs 1 to 2147483647
     * @param whenFull what becomes of a job that finds the queue full
     * @return changed settings
     */
    public WorkerPoolSettings withQueueCapacity(int jobs, WhenFull whenFull) {
        return with(QUEUE_CAPACITY, jobs)
                .with(WHEN_FULL, SettingsReader.word(Objects.requireNonNull(whenFull, WHEN_FULL)));
    }

    /**
     * Lets any number of jobs wait.
     *
     * @return changed settings
     */
    public WorkerPoolSettings withUnlimitedQueue() {
        return with(QUEUE_CAPACITY, UNLIMITED);
    }

    /**
     * Sets after how long a waiting priority counts one higher, so that none starves.
     *
     * @param interval 1 ms to 1 day
     * @return changed settings
     */
    public WorkerPoolSettings withPriorityAgeing(Duration interval) {
        return with(PRIORITY_AGEING, interval);
    }

    /**
     * Sets how long {@code close()} waits before it cancels.
     *
     * @param timeout 0 to 1 day
     * @return changed settings
     */
    public WorkerPoolSettings withCloseTimeout(Duration timeout) {
        return with(CLOSE_TIMEOUT, timeout);
    }

    /**
     * Sets whether a started pool ends with its actor system's {@code CoordinatedShutdown}. If so, it takes no more
     * jobs from phase {@code before-service-unbind} on, and is drained in {@code workpools-done}, a phase before {@code
     * service-stop}. Jobs left there after {@code close-timeout} are cancelled. A pool that is started when the
     * shutdown has begun is closed from the start. A pool that is a behavior is ended by its parent.
     *
     * @param on false leaves the pool open until the system is gone, which then cancels everything at once
     * @return changed settings
     */
    public WorkerPoolSettings withCoordinatedShutdown(boolean on) {
        return with(COORDINATED_SHUTDOWN, on);
    }

    /**
     * Sets how long a cancelled handler may take to return before it is abandoned. The time counts from when the
     * handler has been told: its interrupt was delivered, and the last of its {@link JobContext#onCancel} actions has
     * begun. If that has not happened a minute after its cancellation, the time counts from then.
     *
     * @param grace 0 to 1 day
     * @return changed settings
     */
    public WorkerPoolSettings withCancelGrace(Duration grace) {
        return with(CANCEL_GRACE, grace);
    }

    /**
     * Sets how many handlers may be abandoned at a time.
     *
     * @param max 0 to 100000
     * @return changed settings
     */
    public WorkerPoolSettings withMaxAbandoned(int max) {
        return with(MAX_ABANDONED, max);
    }

    /**
     * Sets how much work a worker is handed at a time. With many workers it is more: 100 µs for each of them, up to 100
     * ms.
     *
     * @param budget 100 µs to 1 s
     * @return changed settings
     */
    public WorkerPoolSettings withChunkBudget(Duration budget) {
        return with(CHUNK_BUDGET, budget);
    }

    /**
     * Sets the most jobs that a worker is handed at a time.
     *
     * <p>With 1, each job is handed to a worker that is idle, at a message of some microseconds, so jobs begin in the order
     * of the queue. Groups of jobs that wait for each other need that, where there are more of them than workers.
     *
     * @param jobs 1 to 32768; 1 hands out single jobs, in their order
     * @return changed settings
     */
    public WorkerPoolSettings withChunkMaxJobs(int jobs) {
        return with(CHUNK_MAX_JOBS, jobs);
    }

    /**
     * Sets the dispatcher that runs users' callbacks.
     *
     * @param dispatcherId path of an Akka dispatcher in the system's configuration
     * @return changed settings
     */
    public WorkerPoolSettings withCallbackDispatcher(String dispatcherId) {
        return with(CALLBACK_DISPATCHER, dispatcherId);
    }

    /**
     * Sets the dispatcher on which asynchronous handlers are called.
     *
     * @param dispatcherId path of an Akka dispatcher in the system's configuration
     * @return changed settings
     */
    public WorkerPoolSettings withAsyncDispatcher(String dispatcherId) {
        return with(ASYNC_DISPATCHER, dispatcherId);
    }

    /**
     * Sets the dispatcher of the pool's own actors. It may run them on the thread that sends, but not as the {@code
     * CallingThreadDispatcher} of Akka's test kit does: there a sender waits for an actor that another thread runs, and
     * two actors that send to each other from two threads wait for ever.
     *
     * @param dispatcherId path of an Akka dispatcher in the system's configuration
     * @return changed settings
     */
    public WorkerPoolSettings withControlDispatcher(String dispatcherId) {
        return with(CONTROL_DISPATCHER, dispatcherId);
    }

    /**
     * Sets the propagators that carry the contexts of submitters to the threads that call the handler. Replaces earlier
     * ones.
     *
     * @param propagators attached in this order; none turns propagation off
     * @return changed settings
     */
    public WorkerPoolSettings withContextPropagators(ContextPropagator<?>... propagators) {
        return new WorkerPoolSettings(PropagatorSettings.with(reader, Arrays.asList(propagators)));
    }

    /**
     * Adds an observer, which is told what happens in the pool; see there for how it is called.
     *
     * @param observer told after those that were added before it; it may watch several pools
     * @return changed settings
     */
    public WorkerPoolSettings withObserver(PoolObserver observer) {
        return new WorkerPoolSettings(ObserverSettings.with(reader, observer));
    }

    private WorkerPoolSettings with(String key, Object value) {
        return new WorkerPoolSettings(reader.with(key, value));
    }

    @Override
    public String toString() {
        String workers = adaptiveWorkers() ? minWorkers() + " to " + workers() : String.valueOf(workers());
        return "WorkerPoolSettings(" + name() + ", " + workers + " workers)";
    }
}
