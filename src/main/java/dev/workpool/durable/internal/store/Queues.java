package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Queues with their codecs, and what there is to say of them as a whole. */
public final class Queues {
    private final Names names;
    private final Leases leases;

    public Queues(Names names) {
        this.names = names;
        this.leases = new Leases(names);
    }

    /**
     * Makes a queue, unless it is there.
     *
     * @param lanes of a keyed queue; 0 if it is none
     * @return its number
     * @throws IllegalStateException if it is there and has other lanes
     */
    public long open(Connection connection, String name, int lanes) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                names.sql("INSERT INTO {queue} (name, lanes) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"))) {
            insert.setString(1, name);
            insert.setInt(2, lanes);
            insert.executeUpdate();
        }
        try (PreparedStatement query =
                connection.prepareStatement(names.sql("SELECT id, lanes FROM {queue} WHERE name = ?"))) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                if (row.getInt(2) != lanes) {
                    throw new IllegalStateException("queue '" + name + "' was made " + inWords(row.getInt(2))
                            + ", and is opened " + inWords(lanes) + "; its QueueOrder cannot be changed");
                }
                long id = row.getLong(1);
                leases.createLanes(connection, id, lanes);
                return id;
            }
        }
    }

    private static String inWords(int lanes) {
        return lanes == 0 ? "without keys" : "with keys in " + lanes + " lanes";
    }

    /** The number of a codec of a queue, which is made unless it is there. */
    public long codec(Connection connection, long queue, String name, int version) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                names.sql(
                        "INSERT INTO {codec} (queue, name, version) VALUES (?, ?, ?) ON CONFLICT (queue, name, version) DO NOTHING"))) {
            insert.setLong(1, queue);
            insert.setString(2, name);
            insert.setInt(3, version);
            insert.executeUpdate();
        }
        try (PreparedStatement query = connection.prepareStatement(
                names.sql("SELECT id FROM {codec} WHERE queue = ? AND name = ? AND version = ?"))) {
            query.setLong(1, queue);
            query.setString(2, name);
            query.setInt(3, version);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** With what jobs of a queue were encoded. */
    public record Codec(long id, String name, int version) {}

    /** All codecs that were ever used for a queue. */
    public List<Codec> codecs(Connection connection, long queue) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(names.sql("SELECT id, name, version FROM {codec} WHERE queue = ?"))) {
            query.setLong(1, queue);
            List<Codec> codecs = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    codecs.add(new Codec(rows.getLong(1), rows.getString(2), rows.getInt(3)));
                }
            }
            return codecs;
        }
    }

    /** Keeps all processes from beginning jobs, or no longer. */
    public void pause(Connection connection, long queue, boolean paused) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(names.sql("UPDATE {queue} SET paused = ? WHERE id = ?"))) {
            update.setInt(1, paused ? 1 : 0);
            update.setLong(2, queue);
            update.executeUpdate();
        }
    }

    /** Whether no process is to begin jobs. */
    public boolean isPaused(Connection connection, long queue) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(names.sql("SELECT paused FROM {queue} WHERE id = ?"))) {
            query.setLong(1, queue);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getInt(1) != 0;
            }
        }
    }

    /** What a job costs, as measured by somebody; 0 if nobody has. */
    public long costNs(Connection connection, long queue) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(names.sql("SELECT cost_ns FROM {queue} WHERE id = ?"))) {
            query.setLong(1, queue);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    public void setCostNs(Connection connection, long queue, long costNs) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(names.sql("UPDATE {queue} SET cost_ns = ? WHERE id = ?"))) {
            update.setLong(1, costNs);
            update.setLong(2, queue);
            update.executeUpdate();
        }
    }

    /**
     * What is in a queue.
     *
     * @param isPaused whether it is paused for all processes
     * @param waiting jobs that are due and that nobody holds
     * @param scheduled jobs that are not due yet
     * @param claimed jobs under a lease
     * @param oldestMs for how long the oldest of those that wait has been due
     * @param dead dead letters
     */
    public record Contents(boolean isPaused, long waiting, long scheduled, long claimed, long oldestMs, long dead) {}

    public Contents contents(Connection connection, long queue) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                SELECT coalesce(sum(CASE WHEN held = 0 AND late >= 0 THEN jobs ELSE 0 END), 0),
                    coalesce(sum(CASE WHEN held = 0 AND late < 0 THEN jobs ELSE 0 END), 0),
                    coalesce(sum(CASE WHEN held = 1 THEN jobs ELSE 0 END), 0),
                    coalesce(max(CASE WHEN held = 0 THEN late ELSE 0 END), 0),
                    (SELECT count(*) FROM {dead} d WHERE d.queue = ?),
                    (SELECT paused FROM {queue} q WHERE q.id = ?)
                FROM (SELECT jobs, {now} - run_at AS late,
                        CASE WHEN lease_until >= {now} THEN 1 ELSE 0 END AS held
                    FROM {segment} WHERE queue = ?) s"""))) {
            query.setLong(1, queue);
            query.setLong(2, queue);
            query.setLong(3, queue);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return new Contents(
                        row.getInt(6) != 0,
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        Math.max(0, row.getLong(4)),
                        row.getLong(5));
            }
        }
    }
}
