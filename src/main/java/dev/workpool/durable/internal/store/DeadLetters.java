package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.segment.OutcomeBlock;
import dev.workpool.durable.internal.segment.StoredOutcome;
import dev.workpool.durable.internal.store.Enqueueing.NewBatch;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.durable.job.StoredFailure;
import dev.workpool.settings.KeptOutcomes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** Jobs that have failed for good, with all that is known of their failures. */
public final class DeadLetters {
    private final Names names;
    private final Enqueueing enqueueing;

    public DeadLetters(Names names) {
        this.names = names;
        this.enqueueing = new Enqueueing(names);
    }

    /** A dead letter as it is stored. */
    public record Row(
            long id,
            long batch,
            long index,
            Instant died,
            int attempts,
            int strikes,
            int priority,
            long codec,
            byte[] job,
            List<StoredOutcome> history) {}

    /** Lists dead letters in the order in which they died, after one of them. */
    public List<Row> list(Connection connection, long queue, long after, int most) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                SELECT id, batch, idx, died, attempts, strikes, priority, codec, job, history FROM {dead}
                WHERE queue = ? AND id > ? ORDER BY id LIMIT ?"""))) {
            query.setLong(1, queue);
            query.setLong(2, after);
            query.setInt(3, most);
            return read(query);
        }
    }

    /** How a dead letter failed at last. */
    public record Failure(long id, Instant died, StoredFailure error) {}

    /** Lists how dead letters failed, without their jobs, after one of them. */
    public List<Failure> failures(Connection connection, long queue, long after, int most) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                names.sql("SELECT id, died, history FROM {dead} WHERE queue = ? AND id > ? ORDER BY id LIMIT ?"))) {
            query.setLong(1, queue);
            query.setLong(2, after);
            query.setInt(3, most);
            List<Failure> found = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    List<StoredOutcome> history = OutcomeBlock.read(rows.getBytes(3));
                    found.add(new Failure(
                            rows.getLong(1),
                            Instant.ofEpochMilli(rows.getLong(2)),
                            history.get(history.size() - 1).failure()));
                }
            }
            return found;
        }
    }

    private static List<Row> read(PreparedStatement query) throws SQLException {
        List<Row> found = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                found.add(new Row(
                        rows.getLong(1),
                        rows.getLong(2),
                        rows.getLong(3),
                        Instant.ofEpochMilli(rows.getLong(4)),
                        rows.getInt(5),
                        rows.getInt(6),
                        rows.getInt(7),
                        rows.getLong(8),
                        rows.getBytes(9),
                        OutcomeBlock.read(rows.getBytes(10))));
            }
        }
        return found;
    }

    /** Takes dead letters out; those that somebody else has taken are not among what is returned. */
    public List<Row> take(Connection connection, long queue, Collection<Long> ids) throws SQLException {
        if (ids.isEmpty()) {
            return List.of();
        }
        String list = ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
        try (PreparedStatement delete =
                connection.prepareStatement(names.sql("DELETE FROM {dead} WHERE queue = ? AND id IN ("
                        + list
                        + ") RETURNING id, batch, idx, died, attempts, strikes, priority, codec, job, history"))) {
            delete.setLong(1, queue);
            return read(delete);
        }
    }

    /**
     * Enqueues dead letters again, in batches of their own: the outcomes of their first batches stay as they are.
     *
     * @param token random
     * @param lane of a job of a keyed queue; otherwise −1
     * @return the new batches, one for each codec, priority and lane among them
     */
    public List<Long> requeue(
            Connection connection,
            long queue,
            Collection<Long> ids,
            KeptOutcomes kept,
            long token,
            ToIntFunction<Row> lane)
            throws SQLException {
        Map<Alike, List<Row>> alike = new LinkedHashMap<>();
        for (Row row : take(connection, queue, ids)) {
            alike.computeIfAbsent(
                            new Alike(row.codec(), row.priority(), lane.applyAsInt(row)), key -> new ArrayList<>())
                    .add(row);
        }
        List<Long> batches = new ArrayList<>();
        for (Map.Entry<Alike, List<Row>> each : alike.entrySet()) {
            JobBlock.Writer block = new JobBlock.Writer();
            each.getValue().forEach(row -> block.add(row.job()));
            NewBatch batch = new NewBatch(
                    queue,
                    Optional.empty(),
                    token + batches.size(),
                    each.getKey().codec(),
                    block.jobs(),
                    kept,
                    each.getKey().priority(),
                    null,
                    0);
            NewSegment segment = new NewSegment(
                    JobSet.range(0, block.jobs()), each.getKey().lane(), block.toBytes(Integer.MAX_VALUE));
            batches.add(enqueueing
                    .write(connection, batch, List.of(segment).iterator(), Taker.NONE)
                    .id());
        }
        return batches;
    }

    /** What jobs of one segment have in common. */
    private record Alike(long codec, int priority, int lane) {}
}
