package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections of a data source to PostgreSQL. Each is taken for one transaction. One that does not answer is given up
 * after a time, so that a connection that hangs cannot hold a thread for ever.
 */
public final class PooledConnections implements Connections {
    private static final Logger log = LoggerFactory.getLogger(PooledConnections.class);

    /** PostgreSQL's driver arms a time-out itself, and hands nothing to an executor. */
    private static final Executor NONE = Runnable::run;

    private final DataSource dataSource;
    private final AutoCloseable owned;
    private final int networkTimeoutMs;

    /**
     * Takes connections from a data source.
     *
     * @param owned closed at the end; null if the data source is the user's to close
     * @param networkTimeoutMs how long the server may take to answer
     */
    public PooledConnections(DataSource dataSource, AutoCloseable owned, int networkTimeoutMs) {
        this.dataSource = dataSource;
        this.owned = owned;
        this.networkTimeoutMs = networkTimeoutMs;
    }

    @Override
    public Connection begin() throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            connection.setNetworkTimeout(NONE, networkTimeoutMs);
            connection.setAutoCommit(false);
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
        } catch (SQLException e) {
            log.debug("a connection is not as it was", e);
        }
        try {
            connection.close();
        } catch (SQLException e) {
            log.debug("a connection could not be closed", e);
        }
    }

    @Override
    public Connection forUsers() throws SQLException {
        return dataSource.getConnection();
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
