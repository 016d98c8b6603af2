package dev.workpool.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workpool.Batch;
import dev.workpool.examples.Transfers.Transfer;
import dev.workpool.job.BatchResult;
import dev.workpool.job.Outcome;
import dev.workpool.settings.BatchOptions;
import dev.workpool.settings.WorkerPoolSettings;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.PoolTest;
import dev.workpool.support.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a PostgreSQL, where another client gets in the way of the jobs at will. */
@Timeout(120)
@NeedsPostgres
class TransfersTest extends PoolTest {
    private static final String WAITING =
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name <> 'other'"
                    + " AND datname = current_database()";

    private DataSource database;

    @BeforeEach
    void create() throws SQLException {
        database = TestPostgres.shared().createDatabase();
        try (Other other = new Other()) {
            other.execute("CREATE TABLE accounts (name TEXT PRIMARY KEY, cents BIGINT)");
            other.execute("CREATE TABLE transfers (id BIGINT PRIMARY KEY)");
            other.execute("INSERT INTO accounts VALUES ('a', 1000), ('b', 1000), ('c', 1000), ('d', 1000)");
        }
    }

    /** Another client of the database. */
    private final class Other implements AutoCloseable {
        private final Connection connection;
        private final Statement statement;

        Other() throws SQLException {
            connection = database.getConnection();
            statement = connection.createStatement();
            execute("SET application_name = 'other'");
        }

        void begin() throws SQLException {
            connection.setAutoCommit(false);
        }

        void execute(String sql) throws SQLException {
            statement.execute(sql);
        }

        long number(String sql) throws SQLException {
            try (ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getLong(1);
            }
        }

        long cents(String account) throws SQLException {
            return number("SELECT cents FROM accounts WHERE name = '" + account + "'");
        }

        @Override
        public void close() throws SQLException {
            connection.close(); // which rolls back
        }
    }

    /** Since a transaction that waits must not ask, by a connection of its own. */
    private void awaitAJobThatWaitsForALock() {
        await().atMost(LONG).until(() -> {
            try (Other observer = new Other()) {
                return observer.number(WAITING) == 1;
            }
        });
    }

    private Transfers transfers(int workers) {
        WorkerPoolSettings settings =
                Transfers.settings(system, workers).withJobTimeout(LONG); // whatever runs beside it
        return new Transfers(system, settings, database);
    }

    private static Batch<Void> submit(Transfers transfers, Transfer... jobs) {
        return transfers.pool().submitAll(List.of(jobs), BatchOptions.named("transfers"));
    }

    @Test
    void aTransactionThatCannotBeSerializedIsTriedAgain() throws Exception {
        try (Transfers transfers = transfers(1);
                Other other = new Other()) {
            other.begin();
            other.execute("UPDATE accounts SET cents = 500 WHERE name = 'a'");
            Batch<Void> batch = submit(transfers, new Transfer(1, "a", "b", 100));
            awaitAJobThatWaitsForALock();
            other.connection.commit(); // so that what the job has seen is no longer so
            assertThat(get(batch.result()).outcomes()).containsExactly(new Outcome.Succeeded<>(null, 2));
            assertThat(other.cents("a")).isEqualTo(400);
            assertThat(other.cents("b")).isEqualTo(1100);
        }
    }

    @Test
    void aTransactionThatWasChosenToResolveADeadlockIsTriedAgain() throws Exception {
        try (Transfers transfers = transfers(1);
                Other other = new Other()) {
            other.begin();
            Outcome<Void> outcome;
            long id = 0;
            do { // if the job has waited for long before the circle was closed, the server chooses the other
                other.execute("SET deadlock_timeout = '20s'");
                other.execute("SELECT 1 FROM accounts WHERE name = 'a' FOR UPDATE");
                Batch<Void> batch = submit(transfers, new Transfer(++id, "b", "a", 100));
                awaitAJobThatWaitsForALock();
                try {
                    other.execute("SELECT 1 FROM accounts WHERE name = 'b' FOR UPDATE");
                } catch (SQLException e) {
                    assertThat(e.getSQLState()).isEqualTo("40P01");
                }
                other.connection.rollback();
                outcome = get(batch.result()).outcomes().get(0);
                assertThat(outcome.isSuccess()).isTrue();
            } while (outcome.attempts() == 1);
            assertThat(outcome.attempts()).isEqualTo(2);
            assertThat(other.cents("a")).isEqualTo(1000 + 100 * id);
        }
    }

    @Test
    void aTransferThatWasMadeBeforeIsNotTriedAgain() throws Exception {
        try (Transfers transfers = transfers(1);
                Other other = new Other()) {
            get(transfers.submit(new Transfer(7, "a", "b", 100)));
            assertThatThrownBy(() -> get(transfers.submit(new Transfer(7, "a", "b", 100))))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState())
                                    .as("unique_violation")
                                    .isEqualTo("23505"));
            Outcome<Void> outcome = get(submit(transfers, new Transfer(7, "a", "b", 100))
                            .result())
                    .outcomes()
                    .get(0);
            assertThat(outcome).isInstanceOf(Outcome.Failed.class);
            assertThat(outcome.attempts()).isEqualTo(1);
            assertThat(other.cents("a")).isEqualTo(900);
        }
    }

    /** Without the statement's cancellation the worker would be gone for the hour of the grace. */
    @Test
    void aStatementThatHangsIsCancelledAtTheEndOfItsTimeAndItsWorkerIsFree() throws Exception {
        WorkerPoolSettings settings = Transfers.settings(system, 1)
                .withJobTimeout(Duration.ofSeconds(3))
                .withCancelGrace(Duration.ofHours(1));
        try (Other other = new Other();
                Transfers transfers = new Transfers(system, settings, database)) {
            other.begin();
            other.execute("SELECT 1 FROM accounts WHERE name = 'a' FOR UPDATE");
            assertThatThrownBy(() -> get(transfers.submit(new Transfer(1, "a", "b", 100))))
                    .hasCauseInstanceOf(TimeoutException.class);
            get(transfers.submit(new Transfer(2, "c", "d", 100)));
            assertThat(get(transfers.pool().stats()).abandoned()).isZero();
            assertThat(other.number(WAITING)).isZero();
            assertThat(other.cents("b")).isEqualTo(1000);
            assertThat(other.cents("d")).isEqualTo(1100);
        }
    }

    /** Whatever order they get their locks in. */
    @Test
    void manyTransfersInEachOthersWayAddUp() throws Exception {
        List<String> accounts = List.of("a", "b", "c", "d");
        try (Transfers transfers = transfers(4);
                Other other = new Other()) {
            Transfer[] jobs = IntStream.range(0, 60)
                    .mapToObj(i -> new Transfer(i, accounts.get(i % 4), accounts.get(i * 7 % 3), 10))
                    .toArray(Transfer[]::new);
            BatchResult<Void> result = get(submit(transfers, jobs).result());
            assertThat(result.size()).isEqualTo(60);
            assertThat(result.outcomes())
                    .as("nothing but bad luck ends a transfer")
                    .allMatch(outcome -> outcome.isSuccess() || outcome.attempts() == 10);
            assertThat(other.number("SELECT sum(cents) FROM accounts")).isEqualTo(4000);
            assertThat(other.number("SELECT count(*) FROM transfers")).isEqualTo(result.succeeded());
        }
    }
}
