package dev.workpool.durable.internal.work;

import dev.workpool.codec.JobCodec;
import dev.workpool.durable.internal.enqueue.Lanes;
import dev.workpool.durable.internal.store.Database;
import dev.workpool.durable.internal.store.Names;
import dev.workpool.durable.internal.store.Queues;
import dev.workpool.durable.internal.store.Queues.Codec;
import dev.workpool.settings.QueueSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A queue as this process has it open: where it is, how it is set, and what its jobs are encoded with. Immutable but for
 * its number in the store, which is known once the store has answered, and what a job costs.
 */
public final class OpenQueue<J> {
    private final Database database;
    private final QueueSettings settings;
    private final JobCodec<J> codec;
    private final Lanes<J> lanes;
    private final CompletableFuture<Ids> ids = new CompletableFuture<>();

    /** What a job costs a worker here, as measured last; 0 if nothing was. Any thread. */
    private volatile long costNs;

    /**
     * What the store calls it.
     *
     * @param queue the queue's number
     * @param codec the number of the codec that jobs are encoded with here
     */
    public record Ids(long queue, long codec) {}

    public OpenQueue(Database database, QueueSettings settings, JobCodec<J> codec, Lanes<J> lanes) {
        this.database = database;
        this.settings = settings;
        this.codec = codec;
        this.lanes = lanes;
    }

    /** Looks the queue up in the store, and makes it if it is not there. */
    public Ids find(Connection connection) throws SQLException {
        Queues queues = new Queues(database.names());
        long queue = queues.open(connection, settings.name(), lanes.count());
        return new Ids(queue, queues.codec(connection, queue, codec.name(), codec.version()));
    }

    /** Known once the store has answered; fails if it never will. */
    public CompletableFuture<Ids> ids() {
        return ids;
    }

    /**
     * Checks a codec.
     *
     * @throws IllegalArgumentException if its name or version is not allowed
     */
    public static void checkCodec(JobCodec<?> codec) {
        String name = Objects.requireNonNull(codec, "codec").name();
        if (name.isEmpty() || name.length() > 200 || !Names.isKept(name)) {
            throw new IllegalArgumentException("name of a codec = \"" + name
                    + "\"; allowed: 1 to 200 characters, none of them NUL or half of a surrogate pair");
        } else if (codec.version() < 1) {
            throw new IllegalArgumentException(
                    "version of codec \"" + name + "\" = " + codec.version() + "; allowed: 1 or more");
        }
    }

    /** As {@link #ids}, but fails if the store does not answer in time. */
    public CompletableFuture<Ids> found() {
        if (ids.isDone()) {
            return ids;
        }
        Duration timeout = settings.storeTimeout();
        return ids.copy()
                .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        failure instanceof TimeoutException ? unanswered(timeout) : failure));
    }

    private SQLException unanswered(Duration timeout) {
        Optional<Exception> why = outage();
        return new SQLTransientConnectionException(
                "the job store " + database.description() + " has not answered for " + timeout
                        + why.map(each -> ": " + each.getMessage()).orElse(""),
                why.orElse(null));
    }

    /**
     * What jobs of a queue were encoded with.
     *
     * @param decodable those that can be decoded here, by their numbers
     * @param areAll whether there are no others
     */
    record Codecs(Map<Long, Codec> decodable, boolean areAll) {
        static final Codecs UNKNOWN = new Codecs(Map.of(), true);
    }

    Codecs codecs(Connection connection, long queue) throws SQLException {
        List<Codec> all = new Queues(database.names()).codecs(connection, queue);
        Map<Long, Codec> decodable = all.stream()
                .filter(each -> codec.decodes(each.name(), each.version()))
                .collect(Collectors.toMap(Codec::id, each -> each));
        return new Codecs(decodable, decodable.size() == all.size());
    }

    /** What a job costs a worker, in nanoseconds; 0 if that is not known. */
    public long costNs() {
        return costNs;
    }

    void costNs(long measured) {
        costNs = measured;
    }

    public Database database() {
        return database;
    }

    public QueueSettings settings() {
        return settings;
    }

    public String name() {
        return settings.name();
    }

    public JobCodec<J> codec() {
        return codec;
    }

    public Lanes<J> lanes() {
        return lanes;
    }

    public int compressFrom() {
        return settings.compressFrom().orElse(Integer.MAX_VALUE);
    }

    /** Why work cannot begin yet; empty if it can. */
    Optional<Exception> outage() {
        return database.transactions().availability().failure();
    }
}
