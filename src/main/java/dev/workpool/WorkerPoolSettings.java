package dev.workpool;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The settings of one pool. Immutable and thread-safe; each {@code withX} returns a changed, checked copy.
 *
 * <p>Defaults, units and ranges are in the library's {@code reference.conf} under {@code workpool}; an application
 * overrides them there for all of its pools, or under {@code workpool.pools.<name>} for one. A key that is unknown or a value
 * that is out of range fails at once with an {@link IllegalArgumentException} that names key, value and what is allowed.
 */
public final class WorkerPoolSettings {
    private static final String ROOT = "workpool";
    private static final Set<String> NOT_SETTINGS = Set.of("pools", "dispatchers");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");

    private static final String WORKERS = "workers";
    private static final String THREADS = "threads";
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
            CLOSE_TIMEOUT,
            CANCEL_GRACE,
            MAX_ABANDONED,
            CHUNK_BUDGET,
            CHUNK_MAX_JOBS,
            CALLBACK_DISPATCHER,
            ASYNC_DISPATCHER,
            CONTROL_DISPATCHER);

    private final String name;
    private final Config config;

    private final int workers;
    private final boolean virtualThreads;
    private final Duration closeTimeout;
    private final Duration cancelGrace;
    private final int maxAbandoned;
    private final Duration chunkBudget;
    private final int chunkMaxJobs;
    private final String callbackDispatcher;
    private final String asyncDispatcher;
    private final String controlDispatcher;

    private WorkerPoolSettings(String name, Config config) {
        this.name = name;
        this.config = config;
        this.workers = "auto".equals(string(WORKERS, WORKERS_ALLOWED))
                ? Runtime.getRuntime().availableProcessors()
                : integer(WORKERS, 1, 100_000, WORKERS_ALLOWED);
        this.virtualThreads = virtualThreads(string(THREADS, THREADS_ALLOWED));
        this.closeTimeout = duration(CLOSE_TIMEOUT, Duration.ZERO, Duration.ofDays(1), "0 to 1 day");
        this.cancelGrace = duration(CANCEL_GRACE, Duration.ZERO, Duration.ofDays(1), "0 to 1 day");
        this.maxAbandoned = integer(MAX_ABANDONED, 0, 100_000, "0 to 100000");
        this.chunkBudget = duration(CHUNK_BUDGET, Duration.ofNanos(100_000), Duration.ofSeconds(1), "100us to 1s");
        this.chunkMaxJobs = integer(CHUNK_MAX_JOBS, 1, 32_768, "1 to 32768");
        this.callbackDispatcher = string(CALLBACK_DISPATCHER, "a string");
        this.asyncDispatcher = string(ASYNC_DISPATCHER, "a string");
        this.controlDispatcher = string(CONTROL_DISPATCHER, "a string");
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
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name of a pool = '" + name
                    + "'; allowed: 1 to 100 letters, digits, '-', '_' and '.', the first a letter or digit");
        }
        Config all = section(root, ROOT);
        Config defaults = all;
        for (String path : NOT_SETTINGS) {
            defaults = defaults.withoutPath(path);
        }
        checkKeys(ROOT, defaults);
        String path = "pools.\"" + name + "\"";
        Config own = all.hasPath(path) ? section(all, path) : ConfigFactory.empty();
        checkKeys(ROOT + ".pools." + name, own);
        return new WorkerPoolSettings(name, own.withFallback(defaults));
    }

    private static Config section(Config config, String path) {
        try {
            return config.getConfig(path);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(
                    path + " = " + config.getValue(path).unwrapped() + "; allowed: a section, " + path + " { … }", e);
        }
    }

    private static void checkKeys(String where, Config config) {
        for (var entry : config.entrySet()) {
            if (!KEYS.contains(entry.getKey())) {
                throw new IllegalArgumentException(where + "." + entry.getKey() + " = "
                        + entry.getValue().unwrapped() + " is not a setting; allowed keys: " + new TreeSet<>(KEYS));
            }
        }
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
        return name;
    }

    /** {@return the number of workers: 1 or more; the number of processors by default} */
    public int workers() {
        return workers;
    }

    /** {@return whether blocking handlers run on virtual threads: false by default} */
    public boolean virtualThreads() {
        return virtualThreads;
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
        Objects.requireNonNull(value, key);
        Object plain = value instanceof Duration duration ? text(duration) : value;
        return new WorkerPoolSettings(name, config.withValue(key, ConfigValueFactory.fromAnyRef(plain)));
    }

    /** In nanoseconds, unless there are more of them than a long can count. */
    private static String text(Duration duration) {
        long seconds = duration.toSeconds();
        boolean countable = seconds > -9_000_000_000L && seconds < 9_000_000_000L;
        return countable ? duration.toNanos() + "ns" : seconds + "s";
    }

    private String string(String key, String allowed) {
        try {
            return config.getString(key);
        } catch (ConfigException e) {
            throw notAllowed(key, allowed, e);
        }
    }

    private int integer(String key, int min, int max, String allowed) {
        try {
            int value = config.getInt(key);
            boolean whole = config.getDouble(key) == value; // getInt cuts a fraction off
            if (whole && value >= min && value <= max) {
                return value;
            }
        } catch (ConfigException e) {
            throw notAllowed(key, allowed, e);
        }
        throw notAllowed(key, allowed, null);
    }

    private Duration duration(String key, Duration min, Duration max, String allowed) {
        try {
            Duration value = config.getDuration(key);
            if (value.compareTo(min) >= 0 && value.compareTo(max) <= 0) {
                return value;
            }
        } catch (ConfigException e) {
            throw notAllowed(key, allowed, e);
        }
        throw notAllowed(key, allowed, null);
    }

    private boolean virtualThreads(String kind) {
        int java = Runtime.version().feature();
        return switch (kind) {
            case "platform" -> false;
            case "virtual" -> {
                if (java < 21) {
                    throw notAllowed(THREADS, "platform; virtual needs Java 21 or newer, this is Java " + java, null);
                }
                yield true;
            }
            default -> throw notAllowed(THREADS, THREADS_ALLOWED, null);
        };
    }

    private IllegalArgumentException notAllowed(String key, String allowed, Exception cause) {
        Object value = config.hasPath(key) ? config.getValue(key).unwrapped() : null;
        return new IllegalArgumentException(
                ROOT + ".pools." + name + "." + key + " = " + value + "; allowed: " + allowed, cause);
    }

    @Override
    public String toString() {
        return "WorkerPoolSettings(" + name + ", " + workers + " workers)";
    }
}
