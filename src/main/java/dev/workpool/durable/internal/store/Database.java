package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.SQLException;

/** A store's database: its connections, its names, and everything that is done to its tables. Thread-safe. */
public final class Database implements AutoCloseable {
    private final Names names;
    private final Connections connections;
    private final Transactions transactions;

    public Database(Names names, Connections connections) {
        this.names = names;
        this.connections = connections;
        this.transactions = new Transactions(connections, connections.description());
    }

    /**
     * Makes the tables, or brings them up to date.
     *
     * @throws SQLException if the database does not answer, or does not allow it
     * @throws IllegalStateException if the tables are newer than this code
     */
    public void prepare(long partitionMs) throws SQLException {
        transactions.call(connection -> {
            new Schema(names).migrate(connection);
            new Partitions(names).rotate(connection, partitionMs);
            return null;
        });
    }

    /** Begins a new part when it is time, and drops those that no batch needs. */
    public void tidyParts(Connection connection, long partitionMs) throws SQLException {
        Partitions partitions = new Partitions(names);
        partitions.rotate(connection, partitionMs);
        partitions.dropUnused(connection, partitionMs);
    }

    public Names names() {
        return names;
    }

    public Connections connections() {
        return connections;
    }

    public Transactions transactions() {
        return transactions;
    }

    public boolean isPostgres() {
        return names.dialect().isPostgres();
    }

    @Override
    public void close() {
        transactions.close();
    }
}
