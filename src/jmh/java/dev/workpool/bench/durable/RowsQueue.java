package dev.workpool.bench.durable;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * What most job queues on PostgreSQL do, well tuned: a row for each job, claimed with SKIP LOCKED, deleted when it is
 * done; many rows in one statement by arrays.
 */
final class RowsQueue {
    private final Connection connection;

    RowsQueue(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setAutoCommit(false);
    }

    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS job_rows");
            statement.execute("""
                    CREATE TABLE job_rows (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, job bytea NOT NULL,
                        run_at timestamptz NOT NULL DEFAULT now(), lease_until timestamptz, attempts int NOT NULL DEFAULT 0)
                        WITH (fillfactor = 70)""");
            statement.execute("CREATE INDEX job_rows_next ON job_rows (run_at, id)");
        }
    }

    void enqueue(byte[] job, int jobs) throws SQLException {
        byte[][] all = new byte[jobs][];
        Arrays.fill(all, job);
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO job_rows (job) SELECT unnest(?::bytea[])")) {
            Array array = connection.createArrayOf("bytea", all);
            insert.setArray(1, array);
            insert.executeUpdate();
        }
        connection.commit();
    }

    /** Claims jobs, runs them, which is nothing, and deletes them. How many there were. */
    int work(int most) throws SQLException {
        return work(most, job -> {});
    }

    /** Claims jobs, runs them, and deletes them. How many there were. */
    int work(int most, Consumer<byte[]> handler) throws SQLException {
        List<Long> ids = new ArrayList<>();
        List<byte[]> jobs = new ArrayList<>();
        try (PreparedStatement claim = connection.prepareStatement("""
                UPDATE job_rows SET lease_until = now() + interval '30 seconds', attempts = attempts + 1
                WHERE id = ANY (ARRAY(SELECT id FROM job_rows WHERE run_at <= now()
                    AND (lease_until IS NULL OR lease_until < now())
                    ORDER BY run_at, id LIMIT ? FOR UPDATE SKIP LOCKED)) RETURNING id, job""")) {
            claim.setInt(1, most);
            try (ResultSet rows = claim.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                    jobs.add(rows.getBytes(2));
                }
            }
        }
        connection.commit();
        if (ids.isEmpty()) {
            return 0;
        }
        jobs.forEach(handler);
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM job_rows WHERE id = ANY (?)")) {
            delete.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            delete.executeUpdate();
        }
        connection.commit();
        return ids.size();
    }
}
