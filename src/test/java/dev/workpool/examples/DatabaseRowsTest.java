package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.job.BatchProgress;
import dev.workpool.support.Handlers;
import dev.workpool.support.PoolTest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A database in memory, and connections to it that are watched. */
@Timeout(120)
class DatabaseRowsTest extends PoolTest {
    private static final String URL = "jdbc:h2:mem:rows";
    private static final int WINDOW = DatabaseRows.WINDOW;

    private final AtomicInteger rowsRead = new AtomicInteger();
    private final AtomicInteger batchesWritten = new AtomicInteger();
    private final Queue<Statement> statements = new ConcurrentLinkedQueue<>();

    /** As long as it is open, there is the database. */
    private Connection database;

    private Connection in;
    private Connection out;

    /** The connection is lost after so many rows. */
    private volatile int failAfter = Integer.MAX_VALUE;

    @BeforeEach
    void create() throws SQLException {
        rowsRead.set(0);
        batchesWritten.set(0);
        failAfter = Integer.MAX_VALUE;
        statements.clear();
        database = DriverManager.getConnection(URL);
        in = watched(Connection.class, DriverManager.getConnection(URL));
        out = watched(Connection.class, DriverManager.getConnection(URL));
        execute("CREATE TABLE results (id BIGINT PRIMARY KEY, words INT, problem VARCHAR)");
    }

    @AfterEach
    void drop() throws SQLException {
        execute("SHUTDOWN");
    }

    /** What it hands out is watched as well. */
    private <T> T watched(Class<T> type, Object target) {
        return type.cast(Proxy.newProxyInstance(
                DatabaseRowsTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    boolean reads = method.getName().equals("next");
                    if (reads && rowsRead.get() == failAfter) {
                        throw new SQLException("connection lost");
                    }
                    Object result;
                    try {
                        result = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (reads && result.equals(true)) {
                        rowsRead.incrementAndGet();
                    } else if (method.getName().equals("executeBatch")) {
                        batchesWritten.incrementAndGet();
                    } else if (result instanceof Statement statement) {
                        statements.add(statement);
                    }
                    return result instanceof Statement || result instanceof ResultSet
                            ? watched(method.getReturnType(), result)
                            : result;
                }));
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    private void documents(int count) throws SQLException {
        execute("CREATE VIEW documents AS SELECT x AS id, 'text of ' || x AS text FROM SYSTEM_RANGE(1, " + count + ")");
    }

    private List<String> select(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private static int words(DatabaseRows.Row row) {
        if (row.id() % 100 == 7) {
            throw new IllegalArgumentException("no words in " + row.id());
        }
        return row.text().split(" ", -1).length;
    }

    private boolean areAllClosed() throws SQLException {
        for (Statement statement : statements) {
            if (!statement.isClosed()) {
                return false;
            }
        }
        return true;
    }

    @Test
    void everyRowHasItsResult() throws Exception {
        documents(2_345);
        BatchProgress counts = DatabaseRows.run(system, in, out, DatabaseRowsTest::words);
        assertThat(counts).isEqualTo(new BatchProgress(2_345, 2_321, 24, 0, 0, 0));
        assertThat(rowsRead).hasValue(2_345);
        assertThat(batchesWritten).hasValue(24);
        assertThat(statements).hasSize(2);
        assertThat(areAllClosed()).isTrue();
        assertThat(select("SELECT COUNT(*) FROM results")).containsExactly("2345");
        assertThat(select("SELECT COUNT(*) FROM results WHERE words = 3 AND problem IS NULL"))
                .containsExactly("2321");
        assertThat(select("SELECT problem FROM results WHERE words IS NULL ORDER BY id"))
                .hasSize(24)
                .startsWith("no words in 7", "no words in 107")
                .endsWith("no words in 2307");
    }

    @Test
    void noMoreIsReadThanFitsIntoTheWindow() throws Exception {
        documents(10 * WINDOW);
        CountDownLatch others = new CountDownLatch(WINDOW - 1);
        AtomicInteger readMeanwhile = new AtomicInteger();
        DatabaseRows.run(system, in, out, row -> {
            if (row.id() == 1) {
                others.await(); // and no result is delivered before this one
                readMeanwhile.set(rowsRead.get());
            }
            others.countDown();
            return 0;
        });
        assertThat(readMeanwhile).hasValue(WINDOW);
        assertThat(rowsRead).hasValue(10 * WINDOW);
    }

    @Test
    void aWriteThatFailsEndsTheRunAndWhatWasCommittedStays() throws Exception {
        documents(10 * WINDOW);
        execute("INSERT INTO results VALUES (150, 0, 'in the way')");
        assertThatThrownBy(() -> DatabaseRows.run(system, in, out, row -> row.id() > WINDOW ? Handlers.hang() : 0))
                .cause()
                .isInstanceOf(BatchUpdateException.class);
        out.close(); // and what was not committed is rolled back
        assertThat(select("SELECT id FROM results WHERE problem IS NULL ORDER BY id"))
                .hasSize(DatabaseRows.ROWS_PER_BATCH)
                .endsWith("100");
        assertThat(rowsRead).hasValueLessThanOrEqualTo(2 * WINDOW); // the jobs of the second window hang
        await().atMost(LONG).until(this::areAllClosed); // the rows are by their own thread
    }

    @Test
    void aReadThatFailsEndsTheRunAndWhatWasCommittedStays() throws Exception {
        documents(900);
        failAfter = 550;
        assertThatThrownBy(() -> DatabaseRows.run(system, in, out, DatabaseRowsTest::words))
                .cause()
                .cause()
                .isInstanceOf(SQLException.class)
                .hasMessage("connection lost");
        out.close();
        assertThat(select("SELECT MAX(id) FROM results")).containsExactly("500");
        assertThat(areAllClosed()).isTrue();
    }
}
