package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections of a data source to PostgreSQL. Each is taken for one transaction. One that does not answer is given up
 * after a time, so that a connection that hangs cannot hold a thread for ever; and the server gives up a transaction that
 * hears nothing more, so that a process that is stopped in the middle of one cannot hold its locks for ever.
 */
public final class PooledConnections implements Connections {
    private static final Logger log = LoggerFactory.getLogger(PooledConnections.class);

    /** PostgreSQL's driver arms a time-out itself, and hands nothing to an executor. */
    private static final Executor NONE = Runnable::run;

    private final DataSource dataSource;
    private final AutoCloseable owned;
    private final int networkTimeoutMs;
    private final Attempt attempt;

    /** For the transaction alone: the connections, and perhaps the server's sessions, are others' as well. */
    private final String limitIdle;

    /** Whether the server let us in when it was asked last. Any thread. */
    private volatile boolean wasLetIn;

    private final Sessions sessions = new Sessions();

    /** Connects once, without a pool that would try for seconds. */
    @FunctionalInterface
    public interface Attempt {
        /** Fails as the driver does. */
        void run() throws SQLException;
    }

    /**
     * Takes connections from a data source.
     *
     * @param owned closed at the end; null if the data source is the user's to close
     * @param networkTimeoutMs how long the server may take to answer, and waits for more of a transaction
     * @param attempt made before the data source is asked, at first and after it had no connection to give
     */
    public PooledConnections(DataSource dataSource, AutoCloseable owned, int networkTimeoutMs, Attempt attempt) {
        this.dataSource = dataSource;
        this.owned = owned;
        this.networkTimeoutMs = networkTimeoutMs;
        this.attempt = attempt;
        this.limitIdle = "SET LOCAL idle_in_transaction_session_timeout = " + networkTimeoutMs;
    }

    /** Takes connections from a data source of the user's. */
    public PooledConnections(DataSource dataSource, int networkTimeoutMs) {
        this(dataSource, null, networkTimeoutMs, () -> {});
    }

    /** Takes a connection, and fails with what the driver says. */
    private Connection take() throws SQLException {
        if (!wasLetIn) {
            attempt.run();
            wasLetIn = true;
        }
        try {
            return dataSource.getConnection();
        } catch (SQLTransientConnectionException e) { // a pool says that it has none, and the driver, as its cause, why
            wasLetIn = false;
            if (e.getCause() instanceof SQLException cause) {
                throw new SQLTransientConnectionException(
                        e.getMessage() + ": " + cause.getMessage(), cause.getSQLState(), e);
            }
            throw e;
        } catch (RuntimeException e) { // of a pool of HikariCP that connects only now
            if (e.getCause() instanceof SQLException cause) {
                throw new SQLException(cause.getMessage(), cause.getSQLState(), e);
            }
            throw e;
        }
    }

    @Override
    public Connection begin() throws SQLException {
        Connection connection = take(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(limitIdle);
            return connection;
        } catch (SQLException | RuntimeException | Error e) {
            giveBack(connection);
            throw e;
        }
    }

    @Override
    public boolean canCommitByStatement() {
        return true;
    }

    @Override
    public Connection outsideTransaction() throws SQLException {
        return take(true);
    }

    private Connection take(boolean commitsByStatement) throws SQLException {
        Connection connection = take();
        try {
            sessions.begin(connection);
            connection.setNetworkTimeout(NONE, networkTimeoutMs);
            connection.setAutoCommit(commitsByStatement);
            return connection;
        } catch (SQLException | RuntimeException | Error e) {
            giveBack(connection);
            throw e;
        }
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        connection.commit();
    }

    @Override
    public void rollBack(Connection connection) throws SQLException {
        connection.rollback();
    }

    @Override
    public void giveBack(Connection connection) {
        try {
            connection.setAutoCommit(true);
            sessions.end(connection);
        } catch (SQLException e) {
            log.debug("a connection is not as it was", e);
        }
        try {
            connection.close();
        } catch (SQLException e) {
            log.debug("a connection could not be closed", e);
        }
    }

    /** A transaction of PostgreSQL has a number once it has written. */
    @Override
    public long writes(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT coalesce(pg_current_xact_id_if_assigned()::text::bigint, 0)")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public Connection forUsers() throws SQLException {
        return take();
    }

    Sessions sessions() {
        return sessions;
    }

    /** The data source, for those that keep a connection of their own. */
    DataSource dataSource() {
        return dataSource;
    }

    int networkTimeoutMs() {
        return networkTimeoutMs;
    }

    @Override
    public String description() {
        return "PostgreSQL";
    }

    @Override
    public void close() {
        if (owned != null) {
            try {
                owned.close();
            } catch (Exception e) {
                log.warn("the connections of a job store could not be closed", e);
            }
        }
    }
}
