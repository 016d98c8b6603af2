package dev.workpool;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of one pool. Immutable and thread-safe; each {@code withX} returns a changed, checked copy.
 *
 * <p>Defaults, units and ranges are in the library's {@code reference.conf} under {@code workpool}; an application
 * overrides them there for all of its pools, or under {@code workpool.pools.<name>} for one. A key that is unknown or a value
 * that is out of range fails at once with an {@link IllegalArgumentException} that names key, value and what is allowed.
 */
public final class WorkerPoolSettings {
    private static final String WORKERS = "workers";
    private static final String THREADS = "threads";
    private static final String JOB_TIMEOUT = "job-timeout";
    private static final String CLOSE_TIMEOUT = "close-timeout";
    private static final String CANCEL_GRACE = "cancel-grace";
    private static final String MAX_ABANDONED = "max-abandoned";
    private static final String CHUNK_BUDGET = "chunk.budget";
    private static final String CHUNK_MAX_JOBS = "chunk.max-jobs";
    private static final String CALLBACK_DISPATCHER = "callback-dispatcher";
    private static final String ASYNC_DISPATCHER = "async-dispatcher";
    private static final String CONTROL_DISPATCHER = "control-dispatcher";

    private static final String WORKERS_ALLOWED = "auto, or 1 to 100000";
    private static final String THREADS_ALLOWED = "platform, virtual";

    /** Every key below {@code workpool} that is a setting of a pool. */
    static final Set<String> KEYS = Set.of(
            WORKERS,
            THREADS,
            JOB_TIMEOUT,
            CLOSE_TIMEOUT,
            CANCEL_GRACE,
            MAX_ABANDONED,
            CHUNK_BUDGET,
            CHUNK_MAX_JOBS,
            CALLBACK_DISPATCHER,
            ASYNC_DISPATCHER,
            CONTROL_DISPATCHER);

    private final SettingsReader reader;

    private final int workers;
    private final boolean virtualThreads;
    private final Optional<Duration> jobTimeout;
    private final Duration closeTimeout;
    private final Duration cancelGrace;
    private final int maxAbandoned;
    private final Duration chunkBudget;
    private final int chunkMaxJobs;
    private final String callbackDispatcher;
    private final String asyncDispatcher;
    private final String controlDispatcher;

    private WorkerPoolSettings(SettingsReader reader) {
        this.reader = reader;
        this.workers = "auto".equals(reader.string(WORKERS, WORKERS_ALLOWED))
                ? Runtime.getRuntime().availableProcessors()
                : reader.integer(WORKERS, 1, 100_000, WORKERS_ALLOWED);
        this.virtualThreads = virtualThreads(reader.string(THREADS, THREADS_ALLOWED));
        this.jobTimeout =
                reader.optionalDuration(JOB_TIMEOUT, Duration.ofMillis(1), Duration.ofDays(365), "1ms to 365d");
        this.closeTimeout = reader.duration(CLOSE_TIMEOUT, Duration.ZERO, Duration.ofDays(1), "0 to 1 day");
        this.cancelGrace = reader.duration(CANCEL_GRACE, Duration.ZERO, Duration.ofDays(1), "0 to 1 day");
        this.maxAbandoned = reader.integer(MAX_ABANDONED, 0, 100_000, "0 to 100000");
        this.chunkBudget =
                reader.duration(CHUNK_BUDGET, Duration.ofNanos(100_000), Duration.ofSeconds(1), "100us to 1s");
        this.chunkMaxJobs = reader.integer(CHUNK_MAX_JOBS, 1, 32_768, "1 to 32768");
        this.callbackDispatcher = reader.string(CALLBACK_DISPATCHER, "a string");
        this.asyncDispatcher = reader.string(ASYNC_DISPATCHER, "a string");
        this.controlDispatcher = reader.string(CONTROL_DISPATCHER, "a string");
    }

    /**
     * The settings of a pool from an actor system's configuration.
     *
     * @param system where the pool is to run
     * @param name the pool's name: letters, digits, '-', '_' and '.', at most 100 of them; one with dots is quoted in configuration
     * @return {@code workpool.pools.<name>} on top of {@code workpool}
     * @throws IllegalArgumentException if the name, a key or a value is not allowed
     */
    public static WorkerPoolSettings create(ActorSystem<?> system, String name) {
        return create(system.settings().config(), name);
    }

    /**
     * The settings of a pool from a configuration.
     *
     * @param root a whole configuration, with {@code reference.conf} in it as {@code ConfigFactory.load()} gives it
     * @param name the pool's name: letters, digits, '-', '_' and '.', at most 100 of them; one with dots is quoted in configuration
     * @return {@code workpool.pools.<name>} on top of {@code workpool}
     * @throws IllegalArgumentException if the name, a key or a value is not allowed
     */
    public static WorkerPoolSettings create(Config root, String name) {
        return new WorkerPoolSettings(SettingsReader.of(root, name, KEYS));
    }

    /**
     * Sets how many workers there are.
     *
     * @param workers 1 to 100000
     * @return changed settings
     */
    public WorkerPoolSettings withWorkers(int workers) {
        return with(WORKERS, workers);
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
     * Sets how long an attempt at a job may take, for batches that do not say otherwise. It is at its end {@link
     * Outcome.TimedOut}, and its handler is told to stop as if it was cancelled.
     *
     * @param timeout 1 ms to 365 days
     * @return changed settings
     */
    public WorkerPoolSettings withJobTimeout(Duration timeout) {
        return with(JOB_TIMEOUT, timeout);
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
     * Sets how long a cancelled handler may take to return before it is abandoned.
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
     * Sets how much work a worker is handed at a time.
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
     * @param jobs 1 to 32768; 1 hands out single jobs
     * @return changed settings
     */
    public WorkerPoolSettings withChunkMaxJobs(int jobs) {
        return with(CHUNK_MAX_JOBS, jobs);
    }

    /**
     * Sets what runs users' callbacks.
     *
     * @param dispatcherId path of an Akka dispatcher in the system's configuration
     * @return changed settings
     */
    public WorkerPoolSettings withCallbackDispatcher(String dispatcherId) {
        return with(CALLBACK_DISPATCHER, dispatcherId);
    }

    /**
     * Sets what asynchronous handlers are called on.
     *
     * @param dispatcherId path of an Akka dispatcher in the system's configuration
     * @return changed settings
     */
    public WorkerPoolSettings withAsyncDispatcher(String dispatcherId) {
        return with(ASYNC_DISPATCHER, dispatcherId);
    }

    /**
     * Sets what the pool's own actors run on.
     *
     * @param dispatcherId path of an Akka dispatcher in the system's configuration
     * @return changed settings
     */
    public WorkerPoolSettings withControlDispatcher(String dispatcherId) {
        return with(CONTROL_DISPATCHER, dispatcherId);
    }

    /** {@return the pool's name: the name that the settings were created for} */
    public String name() {
        return reader.name();
    }

    /** {@return the number of workers: 1 or more; the number of processors by default} */
    public int workers() {
        return workers;
    }

    /** {@return whether blocking handlers run on virtual threads: false by default} */
    public boolean virtualThreads() {
        return virtualThreads;
    }

    /** {@return how long an attempt at a job may take: for ever by default} */
    public Optional<Duration> jobTimeout() {
        return jobTimeout;
    }

    /**
     * How long {@code close()} waits before it cancels.
     *
     * @return 30 s by default
     */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /** {@return how long a cancelled handler may take to return: 5 s by default} */
    public Duration cancelGrace() {
        return cancelGrace;
    }

    /** {@return how many handlers may be abandoned at a time: 64 by default} */
    public int maxAbandoned() {
        return maxAbandoned;
    }

    /** {@return how much work a worker is handed at a time: 5 ms by default} */
    public Duration chunkBudget() {
        return chunkBudget;
    }

    /** {@return the most jobs that a worker is handed at a time: 32768 by default} */
    public int chunkMaxJobs() {
        return chunkMaxJobs;
    }

    /** {@return what runs users' callbacks: an Akka dispatcher's id} */
    public String callbackDispatcher() {
        return callbackDispatcher;
    }

    /** {@return what asynchronous handlers are called on: an Akka dispatcher's id} */
    public String asyncDispatcher() {
        return asyncDispatcher;
    }

    /** {@return what the pool's own actors run on: an Akka dispatcher's id} */
    public String controlDispatcher() {
        return controlDispatcher;
    }

    private WorkerPoolSettings with(String key, Object value) {
        return new WorkerPoolSettings(reader.with(key, value));
    }

    private boolean virtualThreads(String kind) {
        int java = Runtime.version().feature();
        return switch (kind) {
            case "platform" -> false;
            case "virtual" -> {
                if (java < 21) {
                    throw reader.notAllowed(
                            THREADS, "platform; virtual needs Java 21 or newer, this is Java " + java, null);
                }
                yield true;
            }
            default -> throw reader.notAllowed(THREADS, THREADS_ALLOWED, null);
        };
    }

    @Override
    public String toString() {
        return "WorkerPoolSettings(" + name() + ", " + workers + " workers)";
    }
}
