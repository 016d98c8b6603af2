package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.OutcomeBlock;
import dev.workpool.durable.internal.segment.OutcomeCounts;
import dev.workpool.durable.internal.segment.StoredOutcome;
import dev.workpool.settings.KeptOutcomes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** How far batches are, how they ended, and what becomes of them after. */
public final class Batches {
    /** How many segments are cancelled in one transaction. */
    private static final int CANCELLED_AT_ONCE = 500;

    private final Names names;
    private final Settling settling;

    public Batches(Names names) {
        this.names = names;
        this.settling = new Settling(names);
    }

    /**
     * A batch.
     *
     * @param id its number
     * @param key its idempotency key; empty if it has none
     * @param part where its outcomes are
     * @param jobs how many jobs it has
     * @param kept which outcomes are kept
     * @param hasEnded whether each job has its outcome
     * @param isCancelled whether it was cancelled
     * @param counts of the jobs that have their outcome
     */
    public record Row(
            long id,
            Optional<String> key,
            int part,
            long jobs,
            KeptOutcomes kept,
            boolean hasEnded,
            boolean isCancelled,
            OutcomeCounts counts) {}

    /** What whoever claims jobs of a batch has to know of it. */
    record Brief(KeptOutcomes kept, boolean isCancelled, boolean cancelsJobs) {}

    Map<Long, Brief> brief(Connection connection, Collection<Long> batches) throws SQLException {
        if (batches.isEmpty()) {
            return Map.of();
        }
        Map<Long, Brief> found = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(names.sql(
                        "SELECT id, kept, cancelled, cancels_jobs FROM {batch} WHERE id IN (" + list(batches) + ")"))) {
            while (rows.next()) {
                KeptOutcomes kept = KeptOutcomes.valueOf(rows.getString(2));
                boolean isCancelled = rows.getObject(3) != null;
                found.put(rows.getLong(1), new Brief(kept, isCancelled, rows.getInt(4) != 0));
            }
        }
        return found;
    }

    /** Those of the batches that were cancelled. */
    public Set<Long> cancelled(Connection connection, Collection<Long> batches) throws SQLException {
        return brief(connection, batches).entrySet().stream()
                .filter(each -> each.getValue().isCancelled())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static String list(Collection<Long> ids) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static final String COLUMNS =
            "SELECT b.id, b.name, b.part, b.jobs, b.kept, b.ended, b.cancelled, b.succeeded,"
                    + " b.failed, b.timed_out, b.cancelled_jobs FROM {batch} b ";

    /** The batch with a number; empty if there is none, or none any more. */
    public Optional<Row> find(Connection connection, long queue, long id) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(names.sql(COLUMNS + "WHERE b.id = ? AND b.queue = ?"))) {
            query.setLong(1, id);
            query.setLong(2, queue);
            return read(connection, query);
        }
    }

    /** The batch that was enqueued under a key. */
    public Optional<Row> find(Connection connection, long queue, String key) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                names.sql(COLUMNS + "JOIN {job_key} k ON k.batch = b.id WHERE k.queue = ? AND k.name = ?"))) {
            query.setLong(1, queue);
            query.setString(2, key);
            return read(connection, query);
        }
    }

    private Optional<Row> read(Connection connection, PreparedStatement query) throws SQLException {
        Row found;
        try (ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            row.getLong(6);
            boolean hasEnded = !row.wasNull();
            row.getLong(7);
            boolean isCancelled = !row.wasNull();
            found = new Row(
                    row.getLong(1),
                    Optional.ofNullable(row.getString(2)),
                    row.getInt(3),
                    row.getLong(4),
                    KeptOutcomes.valueOf(row.getString(5)),
                    hasEnded,
                    isCancelled,
                    new OutcomeCounts(row.getLong(8), row.getLong(9), row.getLong(10), row.getLong(11)));
        }
        if (found.hasEnded()) {
            return Optional.of(found);
        }
        return Optional.of(new Row(
                found.id(),
                found.key(),
                found.part(),
                found.jobs(),
                found.kept(),
                false,
                found.isCancelled(),
                counts(connection, found)));
    }

    private OutcomeCounts counts(Connection connection, Row batch) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                SELECT coalesce(sum(succeeded), 0), coalesce(sum(failed), 0), coalesce(sum(timed_out), 0),
                    coalesce(sum(cancelled), 0) FROM {outcome} WHERE part = ? AND batch = ?"""))) {
            query.setInt(1, batch.part());
            query.setLong(2, batch.id());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return new OutcomeCounts(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
            }
        }
    }

    /**
     * Writes down which of these batches have ended. To be called in a transaction of its own after jobs of them were
     * settled: of two processes that settle the last jobs at a time, neither sees the other's before that.
     *
     * @return those that have ended just now
     */
    public List<Long> finish(Connection connection, Collection<Long> batches) throws SQLException {
        List<Long> ended = new ArrayList<>();
        try (PreparedStatement update = connection.prepareStatement(names.sql("""
                UPDATE {batch} SET ended = {now}, succeeded = o.succeeded, failed = o.failed, timed_out = o.timed_out,
                    cancelled_jobs = o.cancelled
                FROM (SELECT coalesce(sum(succeeded), 0) succeeded, coalesce(sum(failed), 0) failed,
                        coalesce(sum(timed_out), 0) timed_out, coalesce(sum(cancelled), 0) cancelled
                    FROM {outcome} WHERE part = (SELECT part FROM {batch} WHERE id = ?) AND batch = ?) o
                WHERE id = ? AND ended IS NULL AND NOT EXISTS (SELECT 1 FROM {segment} s WHERE s.batch = ?)"""))) {
            for (long batch : batches) {
                for (int i = 1; i <= 4; i++) {
                    update.setLong(i, batch);
                }
                if (update.executeUpdate() == 1) {
                    ended.add(batch);
                }
            }
        }
        return ended;
    }

    /** Those of the batches that have ended, or are no more. */
    public List<Long> ended(Connection connection, Collection<Long> batches) throws SQLException {
        if (batches.isEmpty()) {
            return List.of();
        }
        List<Long> open = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        names.sql("SELECT id FROM {batch} WHERE id IN (" + list(batches) + ") AND ended IS NULL"))) {
            while (rows.next()) {
                open.add(rows.getLong(1));
            }
        }
        return batches.stream().filter(batch -> !open.contains(batch)).toList();
    }

    /** Marks a batch as cancelled; whoever holds jobs of it sees that. */
    public void cancel(Connection connection, long batch) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(names.sql(
                "UPDATE {batch} SET cancelled = {now} WHERE id = ? AND cancelled IS NULL AND ended IS NULL"))) {
            update.setLong(1, batch);
            update.executeUpdate();
        }
    }

    /**
     * Settles jobs of a cancelled batch that nobody holds.
     *
     * @return whether there may be more
     */
    public boolean cancelWaiting(Connection connection, long batch) throws SQLException {
        List<SegmentTable.Stored> waiting = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(names.sql("SELECT " + SegmentTable.COLUMNS
                + " FROM {segment} s WHERE s.batch = ? AND (s.lease_until IS NULL OR s.lease_until < {now})"
                + " ORDER BY s.lowest LIMIT " + CANCELLED_AT_ONCE + "{skip}"))) {
            query.setLong(1, batch);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    waiting.add(SegmentTable.read(rows));
                }
            }
        }
        for (SegmentTable.Stored each : waiting) {
            settling.cancel(connection, each.segment());
        }
        return waiting.size() == CANCELLED_AT_ONCE;
    }

    /** Reads what is kept of a batch's outcomes, a block at a time, in no order. */
    public void readOutcomes(Connection connection, Row batch, Consumer<List<StoredOutcome>> block)
            throws SQLException {
        long after = Long.MIN_VALUE;
        for (boolean more = true; more; ) {
            try (PreparedStatement query = connection.prepareStatement(names.sql("""
                    SELECT lowest, data FROM {outcome} WHERE part = ? AND batch = ? AND lowest > ?
                    ORDER BY lowest LIMIT 16"""))) {
                query.setInt(1, batch.part());
                query.setLong(2, batch.id());
                query.setLong(3, after);
                try (ResultSet rows = query.executeQuery()) {
                    int n = 0;
                    for (; rows.next(); n++) {
                        after = rows.getLong(1);
                        byte[] data = rows.getBytes(2);
                        if (data != null) {
                            block.accept(OutcomeBlock.read(data));
                        }
                    }
                    more = n == 16;
                }
            }
        }
    }

    /** Batches that have not ended although no job of them waits: whoever settled the last has not written it down. */
    public List<Long> unfinished(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(names.sql("""
                        SELECT b.id FROM {batch} b WHERE b.ended IS NULL
                            AND NOT EXISTS (SELECT 1 FROM {segment} s WHERE s.batch = b.id) LIMIT 1000"""))) {
            List<Long> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getLong(1));
            }
            return found;
        }
    }

    /** Cancelled batches of which jobs wait. */
    public List<Long> cancelledWithJobs(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        names.sql("SELECT id FROM {batch} WHERE ended IS NULL AND cancelled IS NOT NULL LIMIT 1000"))) {
            List<Long> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getLong(1));
            }
            return found;
        }
    }

    /**
     * Deletes batches that ended long ago, with their keys.
     *
     * @param withContents whether also their jobs and outcomes; if not, these go with their part
     * @return how many
     */
    public int deleteOld(Connection connection, long queue, long olderThanMs, int most, boolean withContents)
            throws SQLException {
        List<long[]> old = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                names.sql(
                        "SELECT id, part FROM {batch} s WHERE ended IS NOT NULL AND ended + ? < {now} AND queue = ? LIMIT ?{skip}"))) {
            query.setLong(1, olderThanMs);
            query.setLong(2, queue);
            query.setInt(3, most);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    old.add(new long[] {rows.getLong(1), rows.getLong(2)});
                }
            }
        }
        if (old.isEmpty()) {
            return 0;
        }
        if (withContents) {
            for (String table : Partitions.CUT) {
                delete(connection, "DELETE FROM {" + table + "} WHERE batch = ? AND part = ?", 2, old);
            }
        }
        delete(connection, "DELETE FROM {cancelled_job} WHERE batch = ?", 1, old);
        delete(connection, "DELETE FROM {job_key} WHERE batch = ?", 1, old);
        delete(connection, "DELETE FROM {batch} WHERE id = ?", 1, old);
        return old.size();
    }

    private void delete(Connection connection, String statement, int parameters, List<long[]> values)
            throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(names.sql(statement))) {
            for (long[] each : values) {
                for (int i = 0; i < parameters; i++) {
                    delete.setLong(i + 1, each[i]);
                }
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }
}
