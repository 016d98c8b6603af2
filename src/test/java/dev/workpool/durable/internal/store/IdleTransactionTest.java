package dev.workpool.durable.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** A process that stands still in the middle of a transaction, or whose machine is gone. */
@Timeout(60)
@NeedsPostgres
class IdleTransactionTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static int add(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("UPDATE counted SET total = total + 1");
        }
    }

    private static Transactions transactions(PGSimpleDataSource database, String name) {
        return new Transactions(new PooledConnections(database, 1_000), name);
    }

    @Test
    void keepsNobodyWaitingForItsLocksAndIsDoneAgain() throws Exception {
        PGSimpleDataSource database = TestPostgres.shared().createDatabase();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE counted AS SELECT 0 AS total");
        }
        CountDownLatch hasLocked = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        AtomicInteger tries = new AtomicInteger();
        try (Transactions stopped = transactions(database, "stopped");
                Transactions others = transactions(database, "others")) {
            CompletableFuture<Integer> first = stopped.patiently(PATIENCE, connection -> {
                add(connection);
                if (tries.incrementAndGet() == 1) {
                    hasLocked.countDown();
                    awaitQuietly(goesOn);
                }
                return add(connection);
            });
            hasLocked.await();
            assertThat(others.patiently(PATIENCE, IdleTransactionTest::add).get(30, TimeUnit.SECONDS))
                    .isEqualTo(1);
            goesOn.countDown();
            assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(tries).hasValue(2);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            var row = statement.executeQuery("SELECT total FROM counted");
            row.next();
            assertThat(row.getInt(1)).isEqualTo(3);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
