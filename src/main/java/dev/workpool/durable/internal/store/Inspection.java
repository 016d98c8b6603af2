package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is in all queues of a store, and who works on them. Reads alone: these statements change nothing. */
public final class Inspection {
    private final Names names;

    public Inspection(Names names) {
        this.names = names;
    }

    /** Somebody who works on a queue. */
    public record Holder(String owner, long jobs, long leaseMs) {}

    /** A queue, by its number and its name. */
    public record Queue(long id, String name, int lanes) {}

    /**
     * What is in a queue.
     *
     * @param enqueued jobs of batches that are newer than a given one
     */
    public record Seen(
            Queue queue, Queues.Contents contents, long enqueued, List<Holder> holders, List<String> codecs) {}

    /**
     * What is in the store.
     *
     * @param nowMs the database's time
     * @param lastBatch the number of the newest batch
     */
    public record Snapshot(long nowMs, long lastBatch, List<Seen> queues) {}

    /** All queues, by name. */
    public List<Queue> queues(Connection connection) throws SQLException {
        List<Queue> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(names.sql("SELECT id, name, lanes FROM {queue}"))) {
            while (rows.next()) {
                found.add(new Queue(rows.getLong(1), rows.getString(2), rows.getInt(3)));
            }
        }
        found.sort((a, b) -> a.name().compareTo(b.name())); // the databases' orders differ
        return found;
    }

    /**
     * Looks at all queues.
     *
     * @param afterBatch jobs of newer batches are counted
     */
    public Snapshot look(Connection connection, long afterBatch) throws SQLException {
        Map<Long, Seen> seen = new LinkedHashMap<>();
        Queues contents = new Queues(names);
        for (Queue each : queues(connection)) {
            seen.put(
                    each.id(),
                    new Seen(each, contents.contents(connection, each.id()), 0, new ArrayList<>(), new ArrayList<>()));
        }
        readHolders(connection, seen);
        readCodecs(connection, seen);
        long lastBatch = number(connection, "SELECT coalesce(max(id), 0) FROM {batch}");
        readEnqueued(connection, afterBatch, seen);
        return new Snapshot(number(connection, "SELECT {now}"), lastBatch, List.copyOf(seen.values()));
    }

    private long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(names.sql(query))) {
            row.next();
            return row.getLong(1);
        }
    }

    private void readHolders(Connection connection, Map<Long, Seen> seen) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(names.sql("""
                        SELECT queue, owner, sum(jobs), min(lease) FROM (
                            SELECT queue, lease_owner AS owner, jobs, lease_until - {now} AS lease FROM {segment}
                                WHERE lease_owner IS NOT NULL AND lease_until >= {now}
                            UNION ALL SELECT queue, owner, 0, NULL FROM {worker} WHERE hungry_until > {now}) h
                        GROUP BY queue, owner ORDER BY owner"""))) {
            while (rows.next()) {
                Seen queue = seen.get(rows.getLong(1));
                if (queue != null) {
                    queue.holders().add(new Holder(rows.getString(2), rows.getLong(3), Math.max(0, rows.getLong(4))));
                }
            }
        }
    }

    private void readCodecs(Connection connection, Map<Long, Seen> seen) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(names.sql("SELECT DISTINCT queue, name FROM {codec} ORDER BY name"))) {
            while (rows.next()) {
                Seen queue = seen.get(rows.getLong(1));
                if (queue != null) {
                    queue.codecs().add(rows.getString(2));
                }
            }
        }
    }

    private void readEnqueued(Connection connection, long afterBatch, Map<Long, Seen> seen) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                names.sql("SELECT queue, sum(jobs) FROM {batch} WHERE id > ? GROUP BY queue"))) {
            query.setLong(1, afterBatch);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    long jobs = rows.getLong(2);
                    seen.computeIfPresent(
                            rows.getLong(1),
                            (id, queue) ->
                                    new Seen(queue.queue(), queue.contents(), jobs, queue.holders(), queue.codecs()));
                }
            }
        }
    }

    /** Whether a store has its tables. Asks so that a transaction can go on if it has not. */
    public boolean hasTables(Connection connection) throws SQLException {
        String query = names.dialect().isPostgres()
                ? "SELECT CASE WHEN to_regclass('" + names.table("queue") + "') IS NULL THEN 0 ELSE 1 END"
                : "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '" + names.table("queue") + "'";
        return number(connection, query) != 0;
    }
}
