package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;

/**
 * Whether jobs of a cancelled batch may still begin somewhere. Each process that holds some confirms in their rows that
 * it begins none any more. One that does not answer loses its leases, and begins none after that by itself. What nobody
 * holds is settled here, and what is claimed later is found to be cancelled by the claim.
 */
public final class Cancellations {
    private final Names names;
    private final Batches batches;

    public Cancellations(Names names) {
        this.names = names;
        this.batches = new Batches(names);
    }

    /** How far the cancellation of a batch is. */
    public enum Progress {
        /** It is not cancelled, and has not ended. */
        NOT_CANCELLED,
        /** Some process may still begin a job of it. */
        SPREADING,
        /** None does any more. */
        CONFIRMED,
        /** Each job has its outcome, or the batch is forgotten. */
        ENDED
    }

    /** Looks how far it is, and settles jobs that nobody holds. */
    public Progress look(Connection connection, long batch) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                names.sql("SELECT cancelled FROM {batch} WHERE id = ? AND ended IS NULL"))) {
            query.setLong(1, batch);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return Progress.ENDED;
                } else if (row.getObject(1) == null) {
                    return Progress.NOT_CANCELLED;
                }
            }
        }
        while (batches.cancelWaiting(connection, batch)) {
            // so many at a time
        }
        return mayBegin(connection, batch) ? Progress.SPREADING : Progress.CONFIRMED;
    }

    /** Also by a row that nobody seems to hold: somebody may be claiming it who has not seen that it is cancelled. */
    private boolean mayBegin(Connection connection, long batch) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql(
                "SELECT 1 FROM {segment} WHERE batch = ? AND (lease_token IS NULL OR cancel_seen IS NULL) LIMIT 1"))) {
            query.setLong(1, batch);
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Confirms that no job of a batch begins that is held under these tokens. */
    public void confirm(Connection connection, long batch, Collection<Long> tokens) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                names.sql("UPDATE {segment} SET cancel_seen = 1 WHERE batch = ? AND lease_token = ?"))) {
            for (long token : tokens) {
                update.setLong(1, batch);
                update.setLong(2, token);
                update.addBatch();
            }
            update.executeBatch();
        }
    }
}
