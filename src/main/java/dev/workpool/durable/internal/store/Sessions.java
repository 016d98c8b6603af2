package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * Whether a connection is the same session of the server from one transaction to the next, and what follows from that. A
 * statement that the driver prepared by name in one session is unknown to the next, or is there already; so it prepares
 * none by name unless sessions are known to be kept. Thread-safe.
 */
final class Sessions {
    private enum Kind {
        UNKNOWN,
        KEPT,
        CHANGING
    }

    private volatile Kind kind = Kind.UNKNOWN;

    /** What the data source's connections are set to; any thread may write it, and writes the same. */
    private volatile int usersThreshold;

    boolean areChanging() {
        return kind == Kind.CHANGING;
    }

    void areKept(boolean kept) {
        kind = kept ? Kind.KEPT : Kind.CHANGING;
    }

    /** To be called before a connection is used. */
    void begin(Connection connection) throws SQLException {
        if (kind != Kind.KEPT) {
            PGConnection driver = connection.unwrap(PGConnection.class);
            if (driver.getPrepareThreshold() != 0) {
                usersThreshold = driver.getPrepareThreshold();
                driver.setPrepareThreshold(0);
            }
        }
    }

    /** Leaves a connection as it was. */
    void end(Connection connection) throws SQLException {
        if (usersThreshold != 0 && !connection.isClosed()) {
            PGConnection driver = connection.unwrap(PGConnection.class);
            if (driver.getPrepareThreshold() == 0) {
                driver.setPrepareThreshold(usersThreshold);
            }
        }
    }
}
