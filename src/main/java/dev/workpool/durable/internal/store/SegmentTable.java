package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.store.SegmentRow.Origin;
import dev.workpool.settings.KeptOutcomes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

/** Reads and inserts rows of segments. */
final class SegmentTable {
    static final String COLUMNS = "s.batch, s.lowest, s.lane, s.priority, s.codec, s.part, s.first_job, s.span,"
            + " s.members, s.attempts, s.lost, s.strikes, s.started, s.lease_token, s.run_at, s.shared";

    private final Names names;

    SegmentTable(Names names) {
        this.names = names;
    }

    /**
     * A row as it is stored: with the token of a lease that has run out, if there is one, and without what only its
     * batch knows.
     */
    record Stored(SegmentRow segment, boolean isLost, boolean isStarted) {
        /** Whether it is to run alone by whoever takes it now. */
        boolean isSuspect() {
            return (isLost ? segment.afterLoss(isStarted) : segment).isSuspect();
        }
    }

    /** Reads the columns above. */
    static Stored read(ResultSet row) throws SQLException {
        long token = row.getLong(14);
        boolean isLost = !row.wasNull();
        return new Stored(
                new SegmentRow(
                        new Origin(
                                row.getLong(1),
                                row.getInt(3),
                                row.getInt(4),
                                KeptOutcomes.ALL,
                                row.getLong(5),
                                row.getInt(6),
                                row.getLong(7)),
                        JobSet.read(row.getLong(2), row.getInt(8), row.getBytes(9)),
                        row.getLong(15),
                        row.getInt(10),
                        row.getInt(11),
                        row.getInt(12),
                        row.getInt(16) != 0,
                        token),
                isLost,
                row.getInt(13) != 0);
    }

    /** Those of a batch that are leased by a token, in the order of their jobs. */
    List<SegmentRow> leased(Connection connection, long batch, long token) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql(
                "SELECT " + COLUMNS + " FROM {segment} s WHERE s.batch = ? AND s.lease_token = ? ORDER BY s.lowest"))) {
            query.setLong(1, batch);
            query.setLong(2, token);
            List<SegmentRow> found = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    found.add(read(rows).segment());
                }
            }
            return found;
        }
    }

    /** Inserts many rows at once. */
    final class Inserts implements AutoCloseable {
        private final PreparedStatement insert;
        private boolean some;

        Inserts(Connection connection) throws SQLException {
            insert = connection.prepareStatement(names.sql("""
                            INSERT INTO {segment} (batch, lowest, queue, lane, priority, run_at, codec, part, first_job,
                                span, members, jobs, attempts, lost, strikes, shared, lease_token, lease_owner, lease_until)
                            VALUES (?, ?, ?, ?, ?, coalesce(CAST(? AS bigint), {now} + ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                                {now} + CAST(? AS bigint))"""));
        }

        /**
         * Inserts a segment that nobody holds.
         *
         * @param delayMs from now on, if it does not say when it is due
         */
        void add(long queue, SegmentRow segment, long delayMs) throws SQLException {
            put(queue, segment, delayMs, null, null);
        }

        /** Inserts a segment under a lease, with its token. */
        void addLeased(long queue, SegmentRow segment, String owner, long leaseMs) throws SQLException {
            put(queue, segment, 0, owner, leaseMs);
        }

        private void put(long queue, SegmentRow segment, long delayMs, String owner, Long leaseMs) throws SQLException {
            JobSet jobs = segment.jobs();
            insert.setLong(1, segment.batch());
            insert.setLong(2, jobs.lowest());
            insert.setLong(3, queue);
            insert.setInt(4, segment.lane());
            insert.setInt(5, segment.priority());
            setLong(insert, 6, segment.runAt());
            insert.setLong(7, delayMs);
            insert.setLong(8, segment.codec());
            insert.setInt(9, segment.part());
            insert.setLong(10, segment.firstJob());
            insert.setInt(11, jobs.span());
            insert.setBytes(12, jobs.toBytes());
            insert.setInt(13, jobs.size());
            insert.setInt(14, segment.attempts());
            insert.setInt(15, segment.lost());
            insert.setInt(16, segment.strikes());
            insert.setInt(17, segment.isShared() ? 1 : 0);
            setLong(insert, 18, owner == null ? null : (Long) segment.token());
            insert.setString(19, owner);
            setLong(insert, 20, leaseMs);
            insert.addBatch();
            some = true;
        }

        void run() throws SQLException {
            if (some) {
                insert.executeBatch();
                some = false;
            }
        }

        @Override
        public void close() throws SQLException {
            insert.close();
        }
    }

    private static void setLong(PreparedStatement statement, int place, Long value) throws SQLException {
        if (value == null) {
            statement.setNull(place, Types.BIGINT);
        } else {
            statement.setLong(place, value);
        }
    }
}
