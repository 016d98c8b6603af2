package dev.workpool.durable.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements that are prepared once, as if each were prepared anew. */
class KeptStatementsTest {
    private static final String INSERT = "INSERT INTO t (a, b) VALUES (?, ?)";

    @TempDir
    private Path folder;

    private final List<PreparedStatement> prepared = new ArrayList<>();
    private Connection real;
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        real = DriverManager.getConnection(url());
        connection = KeptStatements.of((Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(real, arguments);
                        if (result instanceof PreparedStatement statement) {
                            prepared.add(statement);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
        run("PRAGMA journal_mode = WAL");
        run("CREATE TABLE t (a INTEGER CHECK (a < 100), b TEXT)");
        prepared.clear();
    }

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("a.db");
    }

    @AfterEach
    void close() throws SQLException {
        real.close();
    }

    private void run(String text) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            statement.execute();
        }
    }

    private void insert(int a) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setInt(1, a);
            statement.executeUpdate();
        }
    }

    private List<String> rows() throws SQLException {
        List<String> rows = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement("SELECT a, b FROM t ORDER BY rowid");
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                rows.add(row.getString(1) + row.getString(2));
            }
        }
        return rows;
    }

    @Test
    void aTextIsPreparedOnceAndKnowsNothingOfItsLastUse() throws SQLException {
        try (PreparedStatement first = connection.prepareStatement(INSERT)) {
            first.setInt(1, 1);
            first.setString(2, "x");
            first.addBatch();
            first.executeBatch();
            first.setInt(1, 2);
            first.setString(2, "y");
            first.addBatch(); // and nobody wants it
        }
        insert(3);
        try (PreparedStatement last = connection.prepareStatement(INSERT)) {
            assertThat(last.executeBatch()).isEmpty();
        }
        assertThat(rows()).containsExactly("1x", "3null");
        assertThat(rows()).hasSize(2);
        assertThat(prepared).hasSize(2);
    }

    @Test
    void twoUsesOfATextAtATimeAreTwoStatements() throws SQLException {
        insert(1);
        insert(2);
        try (PreparedStatement one = connection.prepareStatement("SELECT a FROM t");
                PreparedStatement two = connection.prepareStatement("SELECT a FROM t");
                ResultSet ofOne = one.executeQuery();
                ResultSet ofTwo = two.executeQuery()) {
            assertThat(ofOne.next()).isTrue();
            assertThat(ofTwo.next()).isTrue();
            assertThat(ofOne.next()).isTrue();
            assertThat(ofTwo.getInt(1)).isEqualTo(1);
            assertThat(ofOne.getInt(1)).isEqualTo(2);
        }
    }

    /** Otherwise the connection would go on to see what it saw, and could not write after somebody else. */
    @Test
    void rowsThatNobodyHasReadOrClosedKeepNoSnapshot() throws SQLException {
        insert(1);
        insert(2);
        ResultSet row;
        try (PreparedStatement query = connection.prepareStatement("SELECT a FROM t")) {
            row = query.executeQuery();
            assertThat(row.next()).isTrue();
        }
        assertThat(row.isClosed()).isTrue();
        try (Connection other = DriverManager.getConnection(url());
                PreparedStatement write = other.prepareStatement("INSERT INTO t (a) VALUES (3)")) {
            write.executeUpdate();
        }
        run("BEGIN IMMEDIATE");
        assertThat(rows()).hasSize(3);
        run("COMMIT");
    }

    @Test
    void whatHasFailedIsNotKept() throws SQLException {
        assertThatThrownBy(() -> insert(100)).isInstanceOf(SQLException.class);
        assertThat(prepared)
                .singleElement()
                .satisfies(each -> assertThat(each.isClosed()).isTrue());
        insert(1);
        assertThat(rows()).containsExactly("1null");
    }

    @Test
    void aStatementThatIsClosedIsUsedByNobodyElse() throws SQLException {
        PreparedStatement statement = connection.prepareStatement(INSERT);
        statement.close();
        statement.close();
        assertThat(statement.isClosed()).isTrue();
        assertThatThrownBy(statement::executeUpdate).hasMessageContaining("the statement is closed");
        insert(1);
        assertThat(prepared).hasSize(1);
    }

    @Test
    void tablesThatChangeAreNoticed() throws SQLException {
        insert(1);
        assertThat(rows()).containsExactly("1null");
        run("DROP TABLE t");
        run("CREATE TABLE t (b TEXT DEFAULT 'new', a INTEGER, c TEXT)");
        insert(1);
        assertThat(rows()).containsExactly("1null");
        run("DROP TABLE t");
        assertThatThrownBy(() -> insert(1)).hasMessageContaining("no such table");
    }

    @Test
    void textsThatAreNotUsedAnyMoreAreForgotten() throws SQLException {
        for (int i = 0; i < 1_000; i++) {
            run("SELECT " + i);
            insert(1);
        }
        assertThat(prepared).hasSize(1_001);
        assertThat(prepared.stream().filter(KeptStatementsTest::isOpen)).hasSizeLessThanOrEqualTo(201);
        assertThat(isOpen(prepared.get(1))).isTrue();
    }

    private static boolean isOpen(PreparedStatement statement) {
        try {
            return !statement.isClosed();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
