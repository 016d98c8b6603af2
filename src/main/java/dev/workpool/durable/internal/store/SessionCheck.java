package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postgresql.PGConnection;

/**
 * Finds out whether a data source gives as many connections as a store needs, and whether a connection is the same
 * session of the server from one transaction to the next. PgBouncer in transaction mode, and what is like it, give each
 * transaction another session: then notifications reach nobody.
 */
final class SessionCheck {
    /** One is kept to hear of new jobs. */
    private static final int LEAST = 2;

    private static final int SECOND_WITHIN_S = 5;
    private static final int ROUNDS = 3;

    private final PooledConnections connections;

    SessionCheck(PooledConnections connections) {
        this.connections = connections;
    }

    /**
     * Checks that there can be a second connection, as far as that is known without waiting for one.
     *
     * @throws IllegalStateException if there cannot
     */
    void checkSize() {
        OptionalInt size = PoolSize.of(connections.dataSource());
        if (size.isPresent() && size.getAsInt() < LEAST) {
            throw new IllegalStateException("the pool of connections has a maximum of " + size.getAsInt()
                    + "; allowed for a job store: " + LEAST
                    + " or more, better 4, since one is kept to hear of new jobs");
        }
    }

    /**
     * Checks the server, and tells whether connections keep their sessions. Takes two of them for that.
     *
     * @throws IllegalStateException if the server is not as a store needs it
     * @throws SQLException if there are none; also if there is no second one while one is in use
     */
    boolean areKept() throws SQLException {
        Connection one = connections.begin();
        try {
            ServerCheck.check(one);
            boolean isServers = pid(one) == toldPid(one);
            connections.commit(one);
            Connection other = second();
            try {
                return isServers || areKept(one, other);
            } finally {
                rollBackAndGiveBack(other);
            }
        } finally {
            rollBackAndGiveBack(one);
        }
    }

    /** While one is in the middle of a transaction, the other one cannot be given its session. */
    private boolean areKept(Connection one, Connection other) throws SQLException {
        for (int round = 0; round < ROUNDS; round++) {
            int first = pid(one);
            connections.commit(one);
            if (pid(other) == first) {
                return false;
            }
            int second = pid(one);
            connections.commit(one);
            connections.commit(other);
            if (second != first) {
                return false;
            }
        }
        return true;
    }

    private void rollBackAndGiveBack(Connection connection) {
        try {
            connections.rollBack(connection);
        } catch (SQLException e) { // it is broken, which whoever uses it next is told by its pool
            return;
        } finally {
            connections.giveBack(connection);
        }
    }

    /** Which process of the server serves a connection now. */
    static int pid(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Which process of the server the driver was told of when it connected. A pooler tells what it likes. */
    private static int toldPid(Connection connection) {
        try {
            return connection.unwrap(PGConnection.class).getBackendPID();
        } catch (SQLException e) {
            return -1; // a data source that hides the driver's connection
        }
    }

    /** A pool of one has its users wait for each other, for as long as it likes. */
    private Connection second() throws SQLException {
        CompletableFuture<Connection> taken = new CompletableFuture<>();
        Thread taker = new Thread(
                () -> {
                    try {
                        Connection second = connections.begin();
                        if (!taken.complete(second)) {
                            connections.giveBack(second);
                        }
                    } catch (SQLException | RuntimeException | Error e) {
                        taken.completeExceptionally(e);
                    }
                },
                "workpool-store-second-connection");
        taker.setDaemon(true);
        taker.start();
        SQLTransientConnectionException none = new SQLTransientConnectionException(
                "the data source gave one connection, and no second one within " + SECOND_WITHIN_S
                        + " s; a job store needs " + LEAST
                        + " or more, better 4, since one is kept to hear of new jobs");
        try {
            return taken.get(SECOND_WITHIN_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            // it says nothing more
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException failure && !Failures.isPassing(failure)) {
                throw failure;
            }
            none.initCause(e.getCause());
        }
        if (!taken.completeExceptionally(none) && !taken.isCompletedExceptionally()) {
            return taken.join(); // it came just now
        }
        throw none;
    }
}
