package dev.workpool.settings;

import dev.workpool.job.JobContext;
import dev.workpool.job.PoolObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The values of a pool's settings, read and checked. {@link WorkerPoolSettings} makes and changes them. */
abstract class SettingsValues {
    static final String MAX_SLOW_DOWN = "max-slow-down";
    static final String THREADS = "threads";
    static final String NAMED_THREADS = "named-threads";
    static final String WARN_AFTER = "warn-after";
    static final String JOB_TIMEOUT = "job-timeout";
    static final String RETRY = "retry";
    static final String RETRY_BUDGET_PER_JOB = "retry.budget.per-job";
    static final String RETRY_BUDGET_PER_SECOND = "retry.budget.per-second";
    static final String RATE_LIMIT = "rate.limit";
    static final String RATE_BURST = "rate.burst";
    static final String QUEUE_CAPACITY = "queue-capacity";
    static final String WHEN_FULL = "when-full";
    static final String PRIORITY_AGEING = "priority-ageing";
    static final String CLOSE_TIMEOUT = "close-timeout";
    static final String COORDINATED_SHUTDOWN = "coordinated-shutdown";
    static final String CANCEL_GRACE = "cancel-grace";
    static final String MAX_ABANDONED = "max-abandoned";
    static final String CHUNK_BUDGET = "chunk.budget";
    static final String CHUNK_MAX_JOBS = "chunk.max-jobs";
    static final String CALLBACK_DISPATCHER = "callback-dispatcher";
    static final String ASYNC_DISPATCHER = "async-dispatcher";
    static final String CONTROL_DISPATCHER = "control-dispatcher";

    static final String RATE_BURST_ALLOWED = "auto, or 1 to 1000000000";
    static final String UNLIMITED = "unlimited";
    static final String QUEUE_CAPACITY_ALLOWED = "unlimited, or 1 to 2147483647";
    static final String THREADS_ALLOWED = "platform, virtual";

    /** Every key below {@code workpool} that is a setting of a pool. */
    static final Set<String> KEYS = Set.of(
            WorkersSettings.WORKERS,
            WorkersSettings.MIN_WORKERS,
            WorkersSettings.MAX_WORKERS,
            MAX_SLOW_DOWN,
            THREADS,
            NAMED_THREADS,
            WARN_AFTER,
            JOB_TIMEOUT,
            RetrySettings.MAX_ATTEMPTS,
            RetrySettings.BACKOFF,
            RetrySettings.MAX_BACKOFF,
            RetrySettings.JITTER,
            RetrySettings.TIMEOUTS,
            RetrySettings.RETRY_ON,
            RetrySettings.ABORT_ON,
            RETRY_BUDGET_PER_JOB,
            RETRY_BUDGET_PER_SECOND,
            RATE_LIMIT,
            RATE_BURST,
            QUEUE_CAPACITY,
            WHEN_FULL,
            PRIORITY_AGEING,
            CLOSE_TIMEOUT,
            COORDINATED_SHUTDOWN,
            CANCEL_GRACE,
            MAX_ABANDONED,
            CHUNK_BUDGET,
            CHUNK_MAX_JOBS,
            CALLBACK_DISPATCHER,
            ASYNC_DISPATCHER,
            CONTROL_DISPATCHER,
            PropagatorSettings.CONTEXT_PROPAGATORS);

    final SettingsReader reader;

    private final WorkersSettings workers;
    private final Duration maxSlowDown;
    private final boolean virtualThreads;
    private final boolean namedThreads;
    private final Optional<Duration> warnAfter;
    private final Function<Object, String> jobDescriber;
    private final Optional<Duration> jobTimeout;
    private final RetryPolicy retry;
    private final Optional<Double> retryBudgetPerJob;
    private final double retryBudgetPerSecond;
    private final Optional<RateLimit> rateLimit;
    private final Optional<Long> queueCapacity;
    private final WhenFull whenFull;
    private final Optional<Duration> priorityAgeing;
    private final Duration closeTimeout;
    private final boolean coordinatedShutdown;
    private final Duration cancelGrace;
    private final int maxAbandoned;
    private final Duration chunkBudget;
    private final int chunkMaxJobs;
    private final String callbackDispatcher;
    private final String asyncDispatcher;
    private final String controlDispatcher;
    private final List<ContextPropagator<?>> contextPropagators;
    private final List<PoolObserver> observers;

    /**
     * Checks a number of workers that does not come from settings.
     *
     * @param workers how many
     * @throws IllegalArgumentException if it is out of range
     */
    public static void checkWorkers(int workers) {
        if (workers < 1 || workers > 100_000) {
            throw new IllegalArgumentException("workers = " + workers + "; allowed: 1 to 100000");
        }
    }

    SettingsValues(SettingsReader reader) {
        this.reader = reader;
        this.workers = WorkersSettings.read(reader);
        this.maxSlowDown = reader.duration(MAX_SLOW_DOWN, Duration.ZERO, Duration.ofDays(1), "0 to 1 day");
        this.virtualThreads = virtualThreads(reader.string(THREADS, THREADS_ALLOWED));
        this.namedThreads = reader.bool(NAMED_THREADS);
        this.warnAfter = reader.optionalDuration(WARN_AFTER, Duration.ofSeconds(1), Duration.ofDays(365), "1s to 365d");
        this.jobDescriber = DescriberSettings.of(reader);
        this.jobTimeout =
                reader.optionalDuration(JOB_TIMEOUT, Duration.ofMillis(1), Duration.ofDays(365), "1ms to 365d");
        this.retry = reader.object(RETRY, RetryPolicy.class).orElseGet(() -> RetrySettings.read(reader));
        this.retryBudgetPerJob = reader.optionalDecimal(RETRY_BUDGET_PER_JOB, 0, 1_000, "0 to 1000");
        this.retryBudgetPerSecond = reader.decimal(RETRY_BUDGET_PER_SECOND, 0, 1e9, "0 to 1000000000");
        this.rateLimit = readRateLimit();
        this.queueCapacity = UNLIMITED.equals(reader.string(QUEUE_CAPACITY, QUEUE_CAPACITY_ALLOWED))
                ? Optional.empty()
                : Optional.of((long) reader.integer(QUEUE_CAPACITY, 1, Integer.MAX_VALUE, QUEUE_CAPACITY_ALLOWED));
        this.whenFull = reader.choice(WHEN_FULL, WhenFull.class);
        this.priorityAgeing =
                reader.optionalDuration(PRIORITY_AGEING, Duration.ofMillis(1), Duration.ofDays(1), "1ms to 1 day");
        this.closeTimeout = reader.duration(CLOSE_TIMEOUT, Duration.ZERO, Duration.ofDays(1), "0 to 1 day");
        this.coordinatedShutdown = reader.bool(COORDINATED_SHUTDOWN);
        this.cancelGrace = reader.duration(CANCEL_GRACE, Duration.ZERO, Duration.ofDays(1), "0 to 1 day");
        this.maxAbandoned = reader.integer(MAX_ABANDONED, 0, 100_000, "0 to 100000");
        this.chunkBudget =
                reader.duration(CHUNK_BUDGET, Duration.ofNanos(100_000), Duration.ofSeconds(1), "100us to 1s");
        this.chunkMaxJobs = reader.integer(CHUNK_MAX_JOBS, 1, 32_768, "1 to 32768");
        this.callbackDispatcher = reader.string(CALLBACK_DISPATCHER, "a string");
        this.asyncDispatcher = reader.string(ASYNC_DISPATCHER, "a string");
        this.controlDispatcher = reader.string(CONTROL_DISPATCHER, "a string");
        this.contextPropagators = PropagatorSettings.of(reader);
        this.observers = ObserverSettings.of(reader);
    }

    /** {@return the pool's name: the name that the settings were created for} */
    public String name() {
        return reader.name();
    }

    /** {@return the number of workers, the most there may be if it is adaptive: the number of processors by default} */
    public int workers() {
        return workers.most();
    }

    /** {@return the fewest workers there may be: {@link #workers} unless the number is adaptive} */
    public int minWorkers() {
        return workers.least();
    }

    /** {@return whether the number of workers follows what the jobs wait for: false by default} */
    public boolean adaptiveWorkers() {
        return workers.adaptive();
    }

    /** {@return how long {@link JobContext#slowDown} can have nothing begin: 1 minute by default} */
    public Duration maxSlowDown() {
        return maxSlowDown;
    }

    /** {@return whether blocking handlers run on virtual threads: false by default} */
    public boolean virtualThreads() {
        return virtualThreads;
    }

    /** {@return whether the threads of workers carry the name of the job they run: false by default} */
    public boolean namedThreads() {
        return namedThreads;
    }

    /** {@return after how long a running job is named in a warning: never by default} */
    public Optional<Duration> warnAfter() {
        return warnAfter;
    }

    /** {@return what says which job it is that runs: the name of its class by default} */
    public Function<Object, String> jobDescriber() {
        return jobDescriber;
    }

    /** {@return how long an attempt at a job may take: for ever by default} */
    public Optional<Duration> jobTimeout() {
        return jobTimeout;
    }

    /** {@return which failed jobs are tried again: none by default} */
    public RetryPolicy retry() {
        return retry;
    }

    /** {@return how many retries each job adds to the pool's budget: without limit by default} */
    public Optional<Double> retryBudgetPerJob() {
        return retryBudgetPerJob;
    }

    /** {@return how many retries each second adds to the pool's budget, if that is limited: 10 by default} */
    public double retryBudgetPerSecond() {
        return retryBudgetPerSecond;
    }

    /** {@return how many jobs begin per second at most: without limit by default} */
    public Optional<RateLimit> rateLimit() {
        return rateLimit;
    }

    /** {@return how many jobs may wait: any number by default} */
    public Optional<Long> queueCapacity() {
        return queueCapacity;
    }

    /** {@return what becomes of a job that finds the queue full: it is rejected by default} */
    public WhenFull whenFull() {
        return whenFull;
    }

    /** {@return after how long a priority that waits counts one higher: 1 s by default; empty for never} */
    public Optional<Duration> priorityAgeing() {
        return priorityAgeing;
    }

    /**
     * How long {@code close()} waits before it cancels.
     *
     * @return 30 s by default
     */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /** {@return whether a started pool ends with its actor system's coordinated shutdown: true by default} */
    public boolean coordinatedShutdown() {
        return coordinatedShutdown;
    }

    /** {@return how long a cancelled handler may take to return: 5 s by default} */
    public Duration cancelGrace() {
        return cancelGrace;
    }

    /** {@return how many handlers may be abandoned at a time: 64 by default} */
    public int maxAbandoned() {
        return maxAbandoned;
    }

    /** {@return how much work a worker is handed at a time: 10 ms by default} */
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

    /** {@return what carries the contexts of submitters to the handler's threads, in this order: none by default} */
    public List<ContextPropagator<?>> contextPropagators() {
        return contextPropagators;
    }

    /** {@return what is told what happens in the pool: nobody by default} */
    public List<PoolObserver> observers() {
        return observers;
    }

    private Optional<RateLimit> readRateLimit() {
        Optional<Double> perSecond = reader.optionalDecimal(
                RATE_LIMIT, RateLimit.LOWEST, RateLimit.HIGHEST, "0.001 to 1000000000 jobs per second");
        Optional<RateLimit> limit = perSecond.map(RateLimit::perSecond);
        if ("auto".equals(reader.string(RATE_BURST, RATE_BURST_ALLOWED))) {
            return limit;
        }
        int burst =
                reader.integer(RATE_BURST, 1, 1_000_000_000, RATE_BURST_ALLOWED); // checked though nothing is limited
        return limit.map(it -> it.withBurst(burst));
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
}
