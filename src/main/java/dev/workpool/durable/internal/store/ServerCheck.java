package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Checks that a server of PostgreSQL can be written to, and as a store needs it. */
final class ServerCheck {
    private ServerCheck() {}

    /**
     * Checks the server at the other end of a connection, in its transaction.
     *
     * @throws SQLException if it takes no writes: a standby may be the primary soon, when another one fails
     * @throws IllegalStateException if its transactions are isolated in another way
     */
    static void check(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT pg_is_in_recovery(), current_setting('transaction_read_only'), current_setting('transaction_isolation')")) {
            row.next();
            if (row.getBoolean(1)) {
                throw new SQLException(
                        "the server is a standby, which takes no writes (pg_is_in_recovery() is true); allowed for a job"
                                + " store: the primary, such as by targetServerType=primary in a URL that names both",
                        Failures.READ_ONLY);
            } else if (row.getString(2).equals("on")) {
                throw new SQLException(
                        "connections of the data source are read-only (transaction_read_only is on); allowed for a job"
                                + " store: those that write, without default_transaction_read_only or readOnly=true",
                        Failures.READ_ONLY);
            } else if (!row.getString(3).equals("read committed")) {
                // Each statement is to see what was committed before it; a claim that sees old leases breaks its
                // promise.
                throw new IllegalStateException("connections of the data source are in transaction isolation \""
                        + row.getString(3) + "\"; allowed for a job store: \"read committed\"");
            }
        }
    }
}
