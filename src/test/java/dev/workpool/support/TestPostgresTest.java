package dev.workpool.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@NeedsPostgres
class TestPostgresTest {
    @Test
    void whatIsCommittedIsSynced() throws SQLException {
        TestPostgres server = TestPostgres.shared();
        assertThat(server.setting("fsync")).isEqualTo("on");
        assertThat(server.setting("synchronous_commit")).isEqualTo("on");
        assertThat(server.setting("listen_addresses")).isEqualTo("127.0.0.1");
    }

    @Test
    void eachDatabaseIsEmpty() throws SQLException {
        for (int i = 0; i < 2; i++) {
            DataSource database = TestPostgres.shared().createDatabase();
            execute(database, "CREATE TABLE t (i INT)");
            assertThat(count(database)).isZero();
        }
    }

    @Test
    void aServerThatIsStoppedAtOnceKeepsWhatWasCommitted() throws Exception {
        try (TestPostgres server = TestPostgres.start()) {
            DataSource database = server.createDatabase();
            execute(database, "CREATE TABLE t (i INT)");
            try (Connection open = database.getConnection();
                    Statement statement = open.createStatement()) {
                statement.execute("INSERT INTO t VALUES (1)");
                open.setAutoCommit(false);
                statement.execute("INSERT INTO t VALUES (2)");
                server.stopImmediately();
                assertThatThrownBy(open::commit).isInstanceOf(SQLException.class);
            }
            assertThatThrownBy(database::getConnection).isInstanceOf(SQLException.class);
            server.startAgain();
            assertThat(count(database)).isEqualTo(1);
            assertThat(server.setting("fsync")).isEqualTo("on");
        }
    }

    private static void execute(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
