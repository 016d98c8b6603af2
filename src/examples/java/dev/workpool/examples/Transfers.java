package dev.workpool.examples;

import akka.actor.typed.ActorSystem;
import dev.workpool.WorkerPool;
import dev.workpool.job.JobContext;
import dev.workpool.settings.RetryPolicy;
import dev.workpool.settings.WorkerPoolSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;

/**
 * Moves money between the accounts of a PostgreSQL database: each transfer is a job, and each attempt at it a transaction of its own.
 *
 * <p>A transaction that was in another's way is tried again, as the database asks for; one that can never succeed is not. A statement that takes too long, since
 * it waits for a lock, say, is cancelled when the job's time is over, so that its worker and its connection are free at once.
 */
public final class Transfers implements AutoCloseable {
    /** PostgreSQL's SQLStates of a serialization failure and of a deadlock. Whatever else fails would fail again. */
    private static final Set<String> TRY_AGAIN = Set.of("40001", "40P01");

    private final DataSource dataSource;
    private final WorkerPool<Transfer, Void> pool;

    record Transfer(long id, String from, String to, long cents) {}

    Transfers(ActorSystem<?> system, WorkerPoolSettings settings, DataSource dataSource) {
        this.dataSource = dataSource;
        this.pool = WorkerPool.start(system, settings, this::run);
    }

    /** As many workers as the data source has connections. */
    static WorkerPoolSettings settings(ActorSystem<?> system, int connections) {
        return WorkerPoolSettings.create(system, "transfers")
                .withWorkers(connections)
                .withJobTimeout(Duration.ofSeconds(10))
                .withRetry(RetryPolicy.attempts(10)
                        .withExponentialBackoff(Duration.ofMillis(10), Duration.ofSeconds(1))
                        .retryOnCause(SQLException.class, e -> TRY_AGAIN.contains(e.getSQLState())));
    }

    /** Fails with the database's exception, or with a {@link java.util.concurrent.TimeoutException}. */
    CompletableFuture<Void> submit(Transfer transfer) {
        return pool.submit(transfer);
    }

    WorkerPool<Transfer, Void> pool() {
        return pool;
    }

    private Void run(Transfer transfer, JobContext context) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            try {
                execute(connection, context, "INSERT INTO transfers (id) VALUES (?)", transfer.id());
                String update = "UPDATE accounts SET cents = cents + ? WHERE name = ?";
                execute(connection, context, update, -transfer.cents(), transfer.from());
                execute(connection, context, update, transfer.cents(), transfer.to());
                connection.commit(); // the last step: what fails after it would be done again
                return null;
            } catch (Throwable t) {
                connection.rollback();
                throw t;
            }
        }
    }

    private static void execute(Connection connection, JobContext context, String sql, Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            context.onCancel(statement::cancel); // an interrupt would not do
            if (context.isCancelled()) { // between two statements there was nothing to cancel
                throw new CancellationException("the transfer has no time left");
            }
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
