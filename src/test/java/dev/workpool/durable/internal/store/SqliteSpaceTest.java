package dev.workpool.durable.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteSpaceTest {
    private static final String FILL = """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
            INSERT INTO filling SELECT i, zeroblob(3000) FROM n""";

    private final Names names = new Names(Dialect.SQLITE, Optional.empty(), "workpool_");

    @TempDir
    private Path directory;

    private Database database;

    private void open() throws SQLException {
        database = new Database(names, new SqliteConnections(directory.resolve("jobs.db"), 1_000));
        database.prepare(60_000);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void execute(String sql) throws SQLException {
        database.transactions().call(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    private long pragma(String name) throws SQLException {
        return database.transactions().call(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("PRAGMA " + name)) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    private void fillAndEmpty() throws SQLException {
        execute("CREATE TABLE filling (i int PRIMARY KEY, bytes blob)");
        execute(FILL);
        execute("DELETE FROM filling WHERE i > 10");
    }

    private void tidyUntilNothingChanges() throws SQLException {
        for (long before = -1; before != pragma("freelist_count"); ) {
            before = pragma("freelist_count");
            database.tidySpace().join();
        }
    }

    @Test
    void aNewFileShrinksAndKeepsSomeRoom() throws SQLException {
        open();
        fillAndEmpty();
        long pages = pragma("page_count");
        assertThat(pragma("freelist_count")).isGreaterThan(9_000);
        tidyUntilNothingChanges();
        assertThat(pragma("freelist_count")).isEqualTo(1_024);
        assertThat(pragma("page_count")).isLessThan(pages - 8_000);
    }

    @Test
    void aFileOfAnEarlierVersionStaysAsItIsAndWorks() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("jobs.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE other (i int)");
        }
        open();
        fillAndEmpty();
        long free = pragma("freelist_count");
        assertThat(free).isGreaterThan(9_000);
        tidyUntilNothingChanges();
        assertThat(pragma("freelist_count")).isEqualTo(free);
    }
}
