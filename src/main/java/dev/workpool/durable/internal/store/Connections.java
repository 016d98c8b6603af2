package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.SQLException;

/** Where connections to the database come from. Thread-safe. */
public interface Connections extends AutoCloseable {
    /**
     * Returns a connection in a new transaction, that nobody else uses until it is given back. Blocks until there is one.
     *
     * @throws SQLException if there is none
     */
    Connection begin() throws SQLException;

    /** Whether a statement may commit itself, which saves ways to the database and back. */
    default boolean canCommitByStatement() {
        return false;
    }

    /**
     * Returns a connection each of whose statements commits itself, that nobody else uses until it is given back.
     *
     * @throws SQLException if there is none
     */
    default Connection outsideTransaction() throws SQLException {
        throw new UnsupportedOperationException();
    }

    /** Ends the transaction. */
    void commit(Connection connection) throws SQLException;

    /** Ends the transaction, and undoes it. */
    void rollBack(Connection connection) throws SQLException;

    /** Takes a connection back, which is in no transaction, unless it is broken. */
    void giveBack(Connection connection);

    /**
     * A number that changes when the transaction writes something. Asked only while the database takes no writes.
     *
     * @param connection in a transaction
     */
    long writes(Connection connection) throws SQLException;

    /** A connection for users' code that writes in a transaction of its own. Closing it gives it back. */
    Connection forUsers() throws SQLException;

    /** What the store is, for messages: never with a password. */
    String description();

    @Override
    void close();
}
