package dev.workpool.settings;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The settings of one durable queue. Immutable and thread-safe; each {@code withX} returns a changed, checked copy.
 *
 * <p>Defaults, units and ranges are in the library's {@code reference.conf} under {@code workpool.durable}; an
 * application overrides them there for all of its queues, or under {@code workpool.durable.queues.<name>} for one. A
 * key that is unknown or a value that is out of range fails at once with an {@link IllegalArgumentException} that names
 * key, value and what is allowed.
 */
public final class QueueSettings {
    static final String LEASE = "lease";
    static final String SEGMENT_JOBS = "segment.max-jobs";
    static final String SEGMENT_BYTES = "segment.max-bytes";
    static final String COMPRESS_FROM = "segment.compress-from";
    static final String JOB_BYTES = "max-job-bytes";
    static final String KEPT_OUTCOMES = "kept-outcomes";
    static final String RETENTION = "retention";
    static final String POLL_INTERVAL = "poll-interval";
    static final String CLAIM_AHEAD = "claim-ahead";
    static final String STORE_TIMEOUT = "store-timeout";
    static final String CLOSE_TIMEOUT = "close-timeout";
    static final String RETRY = "retry";

    /** Every key below {@code workpool.durable} that is a setting of a queue. */
    static final Set<String> KEYS = Set.of(
            LEASE,
            SEGMENT_JOBS,
            SEGMENT_BYTES,
            COMPRESS_FROM,
            JOB_BYTES,
            KEPT_OUTCOMES,
            RETENTION,
            POLL_INTERVAL,
            CLAIM_AHEAD,
            STORE_TIMEOUT,
            CLOSE_TIMEOUT,
            RetrySettings.MAX_ATTEMPTS,
            RetrySettings.BACKOFF,
            RetrySettings.MAX_BACKOFF,
            RetrySettings.JITTER,
            RetrySettings.TIMEOUTS,
            RetrySettings.RETRY_ON,
            RetrySettings.ABORT_ON);

    private static final Duration LONGEST = Duration.ofDays(3_650);
    private static final int LARGEST = 512 * 1024 * 1024;

    private final SettingsReader reader;
    private final Duration lease;
    private final int segmentJobs;
    private final int segmentBytes;
    private final OptionalInt compressFrom;
    private final int maxJobBytes;
    private final KeptOutcomes keptOutcomes;
    private final Duration retention;
    private final Duration pollInterval;
    private final Duration claimAhead;
    private final Duration storeTimeout;
    private final Duration closeTimeout;
    private final RetryPolicy retry;

    private QueueSettings(SettingsReader reader) {
        this.reader = reader;
        this.lease = reader.duration(LEASE, Duration.ofSeconds(1), Duration.ofDays(1), "1s to 1 day");
        this.segmentJobs = reader.integer(SEGMENT_JOBS, 1, 32_768, "1 to 32768");
        this.segmentBytes = reader.integer(SEGMENT_BYTES, 1_024, LARGEST, "1024 to 536870912");
        this.compressFrom = reader.optionalInteger(COMPRESS_FROM, 64, LARGEST, "64 to 536870912");
        this.maxJobBytes = reader.integer(JOB_BYTES, 1, LARGEST, "1 to 536870912");
        this.keptOutcomes = reader.choice(KEPT_OUTCOMES, KeptOutcomes.class);
        this.retention = reader.duration(RETENTION, Duration.ofSeconds(1), LONGEST, "1s to 3650 days");
        this.pollInterval =
                reader.duration(POLL_INTERVAL, Duration.ofMillis(10), Duration.ofHours(1), "10ms to 1 hour");
        this.claimAhead = reader.duration(CLAIM_AHEAD, Duration.ofMillis(10), Duration.ofHours(1), "10ms to 1 hour");
        this.storeTimeout =
                reader.duration(STORE_TIMEOUT, Duration.ofMillis(100), Duration.ofDays(1), "100ms to 1 day");
        this.closeTimeout = reader.duration(CLOSE_TIMEOUT, Duration.ZERO, Duration.ofDays(1), "0 to 1 day");
        this.retry = reader.object(RETRY, RetryPolicy.class).orElseGet(() -> RetrySettings.read(reader));
    }

    /**
     * The settings of a queue from an actor system's configuration.
     *
     * @param system where the queue is used
     * @param name the queue's name: letters, digits, '-', '_' and '.', at most 100 of them; one with dots is quoted in
     *     configuration
     * @return {@code workpool.durable.queues.<name>} on top of {@code workpool.durable}
     * @throws IllegalArgumentException if the name, a key or a value is not allowed
     */
    public static QueueSettings create(ActorSystem<?> system, String name) {
        return create(system.settings().config(), name);
    }

    /**
     * The settings of a queue from a configuration.
     *
     * @param root a whole configuration, with {@code reference.conf} in it as {@code ConfigFactory.load()} gives it
     * @param name the queue's name
     * @return {@code workpool.durable.queues.<name>} on top of {@code workpool.durable}
     * @throws IllegalArgumentException if the name, a key or a value is not allowed
     */
    public static QueueSettings create(Config root, String name) {
        return new QueueSettings(SettingsReader.of(SettingsReader.Place.QUEUES, root, name, KEYS));
    }

    /**
     * Sets for how long jobs are leased to a process. A process that dies holds up its jobs for so long; one that lives
     * renews its leases, however long its jobs take.
     *
     * @param duration 1 second to 1 day
     * @return changed settings
     */
    public QueueSettings withLease(Duration duration) {
        return with(LEASE, duration);
    }

    /**
     * Sets how many jobs are stored together. Jobs that take long are stored in smaller numbers.
     *
     * @param jobs 1 to 32768
     * @return changed settings
     */
    public QueueSettings withSegmentJobs(int jobs) {
        return with(SEGMENT_JOBS, jobs);
    }

    /**
     * Sets how many bytes of jobs are stored together; a job that is larger is stored alone.
     *
     * @param bytes 1024 to 536870912
     * @return changed settings
     */
    public QueueSettings withSegmentBytes(int bytes) {
        return with(SEGMENT_BYTES, bytes);
    }

    /**
     * Compresses jobs that are stored together from a size on.
     *
     * @param bytes 64 to 536870912
     * @return changed settings
     */
    public QueueSettings withCompressionFrom(int bytes) {
        return with(COMPRESS_FROM, bytes);
    }

    /**
     * Sets how large an encoded job may be.
     *
     * @param bytes 1 to 536870912
     * @return changed settings
     */
    public QueueSettings withMaxJobBytes(int bytes) {
        return with(JOB_BYTES, bytes);
    }

    /**
     * Sets which outcomes are kept.
     *
     * @param kept which
     * @return changed settings
     */
    public QueueSettings withKeptOutcomes(KeptOutcomes kept) {
        return with(KEPT_OUTCOMES, SettingsReader.word(Objects.requireNonNull(kept, KEPT_OUTCOMES)));
    }

    /**
     * Sets how long a batch that has ended is remembered: its counts, its outcomes and its key.
     *
     * @param duration 1 second to 3650 days
     * @return changed settings
     */
    public QueueSettings withRetention(Duration duration) {
        return with(RETENTION, duration);
    }

    /**
     * Sets how often somebody without work looks for some. Mostly it is told before.
     *
     * @param interval 10 milliseconds to 1 hour
     * @return changed settings
     */
    public QueueSettings withPollInterval(Duration interval) {
        return with(POLL_INTERVAL, interval);
    }

    /**
     * Sets how much work a process holds, by what jobs have taken so far.
     *
     * @param work 10 milliseconds to 1 hour, for all workers of the pool together
     * @return changed settings
     */
    public QueueSettings withClaimAhead(Duration work) {
        return with(CLAIM_AHEAD, work);
    }

    /**
     * Sets for how long what is asked of the store, such as to enqueue jobs, is tried again while the store is away.
     *
     * @param timeout 100 milliseconds to 1 day
     * @return changed settings
     */
    public QueueSettings withStoreTimeout(Duration timeout) {
        return with(STORE_TIMEOUT, timeout);
    }

    /**
     * Sets for how long running jobs may go on when work on the queue ends; then they are cancelled, and run again.
     *
     * @param timeout 0 to 1 day
     * @return changed settings
     */
    public QueueSettings withCloseTimeout(Duration timeout) {
        return with(CLOSE_TIMEOUT, timeout);
    }

    /**
     * Sets which failed jobs are tried again. Short delays are waited for where the job has run, long ones in the store.
     *
     * @param policy the policy
     * @return changed settings
     */
    public QueueSettings withRetry(RetryPolicy policy) {
        return new QueueSettings(reader.withObject(RETRY, policy));
    }

    private QueueSettings with(String key, Object value) {
        return new QueueSettings(reader.with(key, value));
    }

    /** {@return the queue's name} */
    public String name() {
        return reader.name();
    }

    /** {@return for how long jobs are leased to a process: 30 seconds by default} */
    public Duration lease() {
        return lease;
    }

    /** {@return how many jobs are stored together at most: 1000 by default} */
    public int segmentJobs() {
        return segmentJobs;
    }

    /** {@return how many bytes of jobs are stored together at most: 1 MiB by default} */
    public int segmentBytes() {
        return segmentBytes;
    }

    /** {@return from how many bytes on they are compressed; empty, by default, if never} */
    public OptionalInt compressFrom() {
        return compressFrom;
    }

    /** {@return how large an encoded job may be, in bytes: 16 MiB by default} */
    public int maxJobBytes() {
        return maxJobBytes;
    }

    /** {@return which outcomes are kept: those of failures by default} */
    public KeptOutcomes keptOutcomes() {
        return keptOutcomes;
    }

    /** {@return how long a batch that has ended is remembered: 7 days by default} */
    public Duration retention() {
        return retention;
    }

    /** {@return how often somebody without work looks for some: each second by default} */
    public Duration pollInterval() {
        return pollInterval;
    }

    /** {@return how much work a process holds: that of 1 second by default} */
    public Duration claimAhead() {
        return claimAhead;
    }

    /** {@return for how long what is asked of a store that is away is tried again: 30 seconds by default} */
    public Duration storeTimeout() {
        return storeTimeout;
    }

    /** {@return for how long running jobs may go on when work ends: 10 seconds by default} */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /** {@return which failed jobs are tried again: none by default} */
    public RetryPolicy retry() {
        return retry;
    }

    @Override
    public String toString() {
        return "QueueSettings(" + name() + ", lease " + lease + ", segments of " + segmentJobs + " jobs, kept outcomes "
                + SettingsReader.word(keptOutcomes) + ", retention " + retention + ", " + retry + ")";
    }
}
