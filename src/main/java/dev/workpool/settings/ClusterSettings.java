package dev.workpool.settings;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The settings of one pool over the nodes of a cluster, beside its {@link WorkerPoolSettings}. Immutable and
 * thread-safe; each {@code withX} returns a changed, checked copy.
 *
 * <p>Defaults, units and ranges are in the library's {@code reference.conf} under {@code workpool.cluster}; an
 * application overrides them there for all of its pools, or under {@code workpool.cluster.pools.<name>} for one. A key
 * that is unknown or a value that is out of range fails at once with an {@link IllegalArgumentException} that names key,
 * value and what is allowed.
 */
public final class ClusterSettings {
    static final String LEASE = "lease";
    static final String RENEWAL = "renewal";
    static final String WIRE_BUDGET = "wire-budget";
    static final String WINDOW_BYTES = "window-bytes";
    static final String FRAME_BYTES = "frame-bytes";
    static final String JOB_BYTES = "max-job-bytes";
    static final String RESULT_BYTES = "max-result-bytes";
    static final String MAX_RUNS = "max-runs";
    static final String DELIVERY = "delivery";
    static final String ROLE = "role";
    static final String WORKERS = "workers";
    static final String WORKERS_PER_NODE = "workers-per-node";

    /** Every key below {@code workpool.cluster} that is a setting of a pool. */
    static final Set<String> KEYS = Set.of(
            LEASE,
            RENEWAL,
            WIRE_BUDGET,
            WINDOW_BYTES,
            FRAME_BYTES,
            JOB_BYTES,
            RESULT_BYTES,
            MAX_RUNS,
            DELIVERY,
            ROLE,
            WORKERS,
            WORKERS_PER_NODE);

    private static final int LARGEST = 512 * 1024 * 1024;
    private static final int LARGEST_FRAME = 16 * 1024 * 1024;

    /** So many renewals may be lost on the way before a lease is. */
    private static final int RENEWALS_IN_A_LEASE = 4;

    private final SettingsReader reader;
    private final Duration lease;
    private final Duration renewal;
    private final Duration wireBudget;
    private final int windowBytes;
    private final int frameBytes;
    private final int maxJobBytes;
    private final int maxResultBytes;
    private final int maxRuns;
    private final Delivery delivery;
    private final Optional<String> role;
    private final OptionalInt workers;
    private final OptionalInt workersPerNode;

    private ClusterSettings(SettingsReader reader) {
        this.reader = reader;
        this.lease = reader.duration(LEASE, Duration.ofSeconds(1), Duration.ofHours(1), "1s to 1 hour");
        Duration seldom = lease.dividedBy(RENEWALS_IN_A_LEASE);
        this.renewal = reader.duration(
                RENEWAL, Duration.ofMillis(50), seldom, "50ms to a quarter of lease (" + seldom.toMillis() + "ms)");
        this.wireBudget = reader.duration(WIRE_BUDGET, Duration.ofMillis(1), Duration.ofSeconds(1), "1ms to 1s");
        this.windowBytes = reader.integer(WINDOW_BYTES, 64 * 1024, LARGEST, "65536 to 536870912");
        this.frameBytes = reader.integer(
                FRAME_BYTES,
                4_096,
                Math.min(LARGEST_FRAME, windowBytes),
                "4096 to 16777216, but no more than window-bytes (" + windowBytes + ")");
        this.maxJobBytes = reader.integer(JOB_BYTES, 1, LARGEST, "1 to 536870912");
        this.maxResultBytes = reader.integer(RESULT_BYTES, 1, LARGEST, "1 to 536870912");
        this.maxRuns = reader.integer(MAX_RUNS, 1, 1_000, "1 to 1000");
        this.delivery = reader.choice(DELIVERY, Delivery.class);
        this.role = Optional.of(reader.string(ROLE, "a role of nodes, or \"\" for all nodes"))
                .filter(name -> !name.isEmpty());
        this.workers = reader.optionalInteger(WORKERS, 1, 100_000, "1 to 100000");
        this.workersPerNode = reader.optionalInteger(WORKERS_PER_NODE, 1, 100_000, "1 to 100000");
    }

    /**
     * The settings of a pool from an actor system's configuration.
     *
     * @param system where the pool is used
     * @param name the pool's name: letters, digits, '-', '_' and '.', at most 100 of them; one with dots is quoted in
     *     configuration
     * @return {@code workpool.cluster.pools.<name>} on top of {@code workpool.cluster}
     * @throws IllegalArgumentException if the name, a key or a value is not allowed
     */
    public static ClusterSettings create(ActorSystem<?> system, String name) {
        return create(system.settings().config(), name);
    }

    /**
     * The settings of a pool from a configuration.
     *
     * @param root a whole configuration, with {@code reference.conf} in it as {@code ConfigFactory.load()} gives it
     * @param name the pool's name
     * @return {@code workpool.cluster.pools.<name>} on top of {@code workpool.cluster}
     * @throws IllegalArgumentException if the name, a key or a value is not allowed
     */
    public static ClusterSettings create(Config root, String name) {
        return new ClusterSettings(SettingsReader.of(SettingsReader.Place.CLUSTER, root, name, KEYS));
    }

    /**
     * Sets for how long a working node and a submitting node count on each other without hearing of each other. The jobs
     * of a node that dies are held up for so long, unless the cluster notices before; a node that is cut off stops them.
     *
     * @param duration 1 second to 1 hour; the renewal is at most a quarter of it, so set that first if it is to be shorter
     * @return changed settings
     */
    public ClusterSettings withLease(Duration duration) {
        return with(LEASE, duration);
    }

    /**
     * Sets how often leases are renewed.
     *
     * @param interval 50 milliseconds to a quarter of the lease
     * @return changed settings
     */
    public ClusterSettings withRenewal(Duration interval) {
        return with(RENEWAL, interval);
    }

    /**
     * Sets how much work a message to a worker holds at least, by what jobs have taken so far. Messages between nodes are dear,
     * so it is more than the {@code chunk.budget} within one. On a slow link a message holds as much as takes one measured round
     * trip, if that is more; a round trip counts for 2 seconds at most.
     *
     * @param work 1 millisecond to 1 second
     * @return changed settings
     */
    public ClusterSettings withWireBudget(Duration work) {
        return with(WIRE_BUDGET, work);
    }

    /**
     * Sets how many bytes may be under way to a node, or back from it, before it has said that it has them.
     *
     * @param bytes 65536 to 536870912, at least as many as a frame has
     * @return changed settings
     */
    public ClusterSettings withWindowBytes(int bytes) {
        return with(WINDOW_BYTES, bytes);
    }

    /**
     * Sets how large a message between nodes is at most; what is larger travels in parts. A pool or workers start
     * only if it is 2048 less than {@code akka.remote.artery.advanced.maximum-large-frame-size}, or where there is no
     * channel for large messages than {@code maximum-frame-size}.
     *
     * @param bytes 4096 to 16777216, and no more than the window has
     * @return changed settings
     */
    public ClusterSettings withFrameBytes(int bytes) {
        return with(FRAME_BYTES, bytes);
    }

    /**
     * Sets how large an encoded job may be. A larger one is rejected, as is one that is larger than the node allows which is to run it, or than
     * an eighth of that node's heap.
     *
     * @param bytes 1 to 536870912
     * @return changed settings
     */
    public ClusterSettings withMaxJobBytes(int bytes) {
        return with(JOB_BYTES, bytes);
    }

    /**
     * Sets how large an encoded result may be. A job with a larger one fails, as does one whose result is larger than an eighth of the heap of
     * the node that works or of the one that submits.
     *
     * @param bytes 1 to 536870912
     * @return changed settings
     */
    public ClusterSettings withMaxResultBytes(int bytes) {
        return with(RESULT_BYTES, bytes);
    }

    /**
     * Sets how often a job may lose the node that runs it. The last time it fails, as it may be what ends them.
     *
     * @param runs 1 to 1000
     * @return changed settings
     */
    public ClusterSettings withMaxRuns(int runs) {
        return with(MAX_RUNS, runs);
    }

    /**
     * Sets what becomes of the jobs of a node that is lost, or cut off.
     *
     * @param delivery which
     * @return changed settings
     */
    public ClusterSettings withDelivery(Delivery delivery) {
        return with(DELIVERY, SettingsReader.word(Objects.requireNonNull(delivery, DELIVERY)));
    }

    /**
     * Gives jobs to nodes of a role alone.
     *
     * @param role one of {@code akka.cluster.roles}; empty for all nodes
     * @return changed settings
     */
    public ClusterSettings withRole(String role) {
        return with(ROLE, role);
    }

    /**
     * Limits how many jobs of the pool run at a time, on all nodes together.
     *
     * @param workers 1 to 100000
     * @return changed settings
     */
    public ClusterSettings withWorkers(int workers) {
        return with(WORKERS, workers);
    }

    /**
     * Limits how many jobs of the pool run at a time on each node, where that is less than the node's workers.
     *
     * @param workers 1 to 100000
     * @return changed settings
     */
    public ClusterSettings withWorkersPerNode(int workers) {
        return with(WORKERS_PER_NODE, workers);
    }

    private ClusterSettings with(String key, Object value) {
        return new ClusterSettings(reader.with(key, value));
    }

    /** {@return the pool's name} */
    public String name() {
        return reader.name();
    }

    /** {@return for how long nodes count on each other without hearing of each other: 5 seconds by default} */
    public Duration lease() {
        return lease;
    }

    /** {@return how often leases are renewed: each 250 milliseconds by default} */
    public Duration renewal() {
        return renewal;
    }

    /** {@return how much work a message to a worker holds: that of 40 milliseconds by default} */
    public Duration wireBudget() {
        return wireBudget;
    }

    /** {@return how many bytes may be under way to a node, or back: 4 MiB by default} */
    public int windowBytes() {
        return windowBytes;
    }

    /** {@return how large a message between nodes is at most, in bytes: 96 KiB by default} */
    public int frameBytes() {
        return frameBytes;
    }

    /** {@return how large an encoded job may be, in bytes: 16 MiB by default} */
    public int maxJobBytes() {
        return maxJobBytes;
    }

    /** {@return how large an encoded result may be, in bytes: 16 MiB by default} */
    public int maxResultBytes() {
        return maxResultBytes;
    }

    /** {@return at which loss of the node that runs it a job fails: the third by default} */
    public int maxRuns() {
        return maxRuns;
    }

    /** {@return what becomes of the jobs of a node that is lost: they run again by default} */
    public Delivery delivery() {
        return delivery;
    }

    /** {@return the role of the nodes that get jobs: empty, by default, for all nodes} */
    public Optional<String> role() {
        return role;
    }

    /** {@return how many jobs of the pool run at a time on all nodes: as many as these have workers by default} */
    public OptionalInt workers() {
        return workers;
    }

    /** {@return how many jobs of the pool run at a time on each node: as many as it has workers by default} */
    public OptionalInt workersPerNode() {
        return workersPerNode;
    }

    @Override
    public String toString() {
        return "ClusterSettings(" + name() + ", lease " + lease + ", renewal " + renewal + ", "
                + SettingsReader.word(delivery) + ", at most " + maxRuns + " runs, "
                + role.map(it -> "nodes of role " + it).orElse("all nodes") + ")";
    }
}
