package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of what is written once: jobs and outcomes. New batches go into the newest part. A part that no batch needs
 * any more is dropped as a whole, which costs next to nothing, where deleting its rows would cost as much as writing
 * them.
 */
final class Partitions {
    static final List<String> CUT = List.of("payload", "outcome", "attempt");

    /** For how long the newest part is taken for the newest. It is written to for far longer. */
    private static final long KNOWN_NS = 300_000_000L;

    private final Names names;

    /** The newest part when it was last asked for, for any thread. */
    private volatile Newest newest;

    private record Newest(int part, long untilNs) {}

    Partitions(Names names) {
        this.names = names;
    }

    /** The newest part. */
    int newest(Connection connection) throws SQLException {
        Newest known = newest;
        if (known != null && System.nanoTime() - known.untilNs() < 0) {
            return known.part();
        }
        int found = find(connection);
        newest = new Newest(found, System.nanoTime() + KNOWN_NS);
        return found;
    }

    private int find(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(names.sql("SELECT max(id) FROM {part}"))) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Begins a new part if the newest is so old, or there is none. */
    void rotate(Connection connection, long olderThanMs) throws SQLException {
        lock(connection);
        try (PreparedStatement query = connection.prepareStatement(
                names.sql("SELECT id, created + ? > {now} FROM {part} ORDER BY id DESC LIMIT 1"))) {
            query.setLong(1, olderThanMs);
            try (ResultSet row = query.executeQuery()) {
                boolean isFirst = !row.next();
                if (isFirst || !row.getBoolean(2)) {
                    begin(connection, isFirst ? 1 : row.getInt(1) + 1);
                }
            }
        }
    }

    private void lock(Connection connection) throws SQLException {
        if (names.dialect().isPostgres()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "SELECT pg_advisory_xact_lock(" + ("workpool parts " + names.table("")).hashCode() + ")");
            }
        }
    }

    private void begin(Connection connection, int part) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String each : beginning(part)) {
                statement.execute(each);
            }
        }
    }

    /** What begins a part. */
    List<String> beginning(int part) {
        List<String> statements = new ArrayList<>();
        if (names.dialect().isPostgres()) {
            for (String table : CUT) {
                statements.add("CREATE TABLE IF NOT EXISTS " + names.table(table) + "_" + part + " PARTITION OF "
                        + names.table(table) + " FOR VALUES IN (" + part + ")");
            }
        }
        statements.add(names.sql("INSERT INTO {part} VALUES (" + part + ", {now})"));
        return statements;
    }

    /**
     * Drops the parts that no batch needs. The newest two stay, since somebody may be writing into them; so do those
     * that are younger than that.
     */
    void dropUnused(Connection connection, long youngerThanMs) throws SQLException {
        lock(connection);
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                SELECT id FROM {part} p WHERE created + ? < {now} AND id < (SELECT max(id) - 1 FROM {part})
                    AND NOT EXISTS (SELECT 1 FROM {batch} b WHERE b.part = p.id)"""))) {
            query.setLong(1, youngerThanMs);
            List<Integer> unused = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    unused.add(rows.getInt(1));
                }
            }
            for (int part : unused) {
                if (isUnusedBy(connection, part)) {
                    drop(connection, part);
                }
            }
        }
    }

    /** Waits, though not for long, for transactions that write into the part, and looks again. */
    private boolean isUnusedBy(Connection connection, int part) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (names.dialect().isPostgres()) {
                statement.execute("SET LOCAL lock_timeout = '1s'");
                statement.execute("LOCK TABLE " + names.table("payload") + "_" + part + " IN ACCESS EXCLUSIVE MODE");
            }
            try (ResultSet row =
                    statement.executeQuery(names.sql("SELECT 1 FROM {batch} WHERE part = " + part + " LIMIT 1"))) {
                return !row.next();
            }
        }
    }

    private void drop(Connection connection, int part) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String table : CUT) {
                statement.execute(
                        names.dialect().isPostgres()
                                ? "DROP TABLE IF EXISTS " + names.table(table) + "_" + part
                                : "DELETE FROM " + names.table(table) + " WHERE part = " + part);
            }
            statement.execute(names.sql("DELETE FROM {part} WHERE id = " + part));
        }
    }
}
