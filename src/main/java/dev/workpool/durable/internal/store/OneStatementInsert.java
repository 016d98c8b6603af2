package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.store.Enqueueing.NewBatch;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.durable.internal.store.Enqueueing.Written;
import dev.workpool.durable.internal.store.SegmentRow.Origin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;

/**
 * Writes a batch of one segment in one statement of PostgreSQL, where that does what {@link Enqueueing} does in four. It
 * writes all or nothing: nothing, if the batch's key is taken, or the batch is there already. Thread-safe.
 */
final class OneStatementInsert {
    private static final String BATCH =
            "INSERT INTO {batch} (id, queue, name, token, part, codec, jobs, kept, priority, created) OVERRIDING SYSTEM VALUE";

    private static final String VALUES = ", CAST(? AS bigint), CAST(? AS text), CAST(? AS bigint),"
            + " (SELECT max(id) FROM {part}), CAST(? AS bigint), CAST(? AS bigint), CAST(? AS text), CAST(? AS int), {now}";

    private static final String NEXT = "nextval(pg_get_serial_sequence('{batch}', 'id'))";

    private static final String KEY = """
            k AS (INSERT INTO {job_key} (queue, name, batch, idx)
                SELECT n.queue, n.name, %s, CAST(? AS bigint)
                FROM (SELECT CAST(? AS bigint) queue, CAST(? AS text) name) n
                WHERE NOT EXISTS (SELECT 1 FROM {job_key} j WHERE j.queue = n.queue AND j.name = n.name)
                ON CONFLICT DO NOTHING RETURNING batch),
            """.formatted(NEXT);

    private static final String REST = """
             ON CONFLICT (token) DO NOTHING RETURNING id, part),
            p AS (INSERT INTO {payload} (part, batch, first_job, jobs, data)
                SELECT part, id, CAST(? AS bigint), CAST(? AS int), CAST(? AS bytea) FROM b),
            s AS (INSERT INTO {segment} (batch, lowest, queue, lane, priority, run_at, codec, part, first_job, span, members,
                    jobs, lease_token, lease_owner, lease_until)
                SELECT id, CAST(? AS bigint), CAST(? AS bigint), CAST(? AS int), CAST(? AS int),
                    coalesce(CAST(? AS bigint), {now} + CAST(? AS bigint)), CAST(? AS bigint), part, CAST(? AS bigint),
                    CAST(? AS int), CAST(? AS bytea), CAST(? AS int), CAST(? AS bigint), CAST(? AS text),
                    {now} + CAST(? AS bigint) FROM b)
            SELECT id, part FROM b""";

    private final String withoutKey;
    private final String withKey;

    OneStatementInsert(Names names) {
        withoutKey = names.sql("WITH b AS (" + BATCH + " SELECT " + NEXT + VALUES + REST);
        withKey = names.sql("WITH " + KEY + "b AS (" + BATCH + " SELECT k.batch" + VALUES + " FROM k" + REST);
    }

    /**
     * Writes it, unless it is there.
     *
     * @param key to be taken for it; null if it has none
     * @param index of the job that the key names; −1 for the batch
     * @return empty if nothing was written
     */
    Optional<Written> write(
            Connection connection, NewBatch batch, String key, long index, NewSegment segment, Taker taker)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(key == null ? withoutKey : withKey)) {
            Binds binds = new Binds(insert);
            if (key != null) {
                binds.add(index);
                binds.add(batch.queue());
                insert.setString(binds.next(), key);
            }
            bind(binds, batch, segment, taker);
            try (ResultSet row = insert.executeQuery()) {
                return row.next()
                        ? Optional.of(written(row.getLong(1), row.getInt(2), batch, segment, taker))
                        : Optional.empty();
            }
        }
    }

    private static void bind(Binds binds, NewBatch batch, NewSegment segment, Taker taker) throws SQLException {
        JobSet jobs = segment.jobs();
        PreparedStatement insert = binds.statement;
        binds.add(batch.queue());
        insert.setString(binds.next(), batch.key().orElse(null));
        binds.add(batch.token());
        binds.add(batch.codec());
        binds.add(batch.jobs());
        insert.setString(binds.next(), batch.kept().name());
        insert.setInt(binds.next(), batch.priority());
        binds.add(jobs.lowest()); // the payload
        insert.setInt(binds.next(), jobs.span());
        insert.setBytes(binds.next(), segment.block());
        binds.add(jobs.lowest()); // the segment
        binds.add(batch.queue());
        insert.setInt(binds.next(), segment.lane());
        insert.setInt(binds.next(), batch.priority());
        binds.addOrNull(batch.runAt());
        binds.add(batch.delayMs());
        binds.add(batch.codec());
        binds.add(jobs.lowest());
        insert.setInt(binds.next(), jobs.span());
        insert.setBytes(binds.next(), jobs.toBytes());
        insert.setInt(binds.next(), jobs.size());
        boolean isTaken = taker.segments() > 0;
        binds.addOrNull(isTaken ? (Long) taker.token() : null);
        insert.setString(binds.next(), isTaken ? taker.owner() : null);
        binds.addOrNull(isTaken ? (Long) taker.leaseMs() : null);
    }

    private static Written written(long id, int part, NewBatch batch, NewSegment segment, Taker taker) {
        if (taker.segments() == 0) {
            return new Written(id, true, batch.jobs(), List.of());
        }
        Origin origin = new Origin(
                id,
                segment.lane(),
                batch.priority(),
                batch.kept(),
                batch.codec(),
                part,
                segment.jobs().lowest());
        SegmentRow taken = SegmentRow.fresh(origin, segment.jobs(), batch.runAt(), taker.token());
        return new Written(id, true, batch.jobs(), List.of(taken));
    }

    /** Numbers what is bound. */
    private static final class Binds {
        private final PreparedStatement statement;
        private int last;

        Binds(PreparedStatement statement) {
            this.statement = statement;
        }

        int next() {
            return ++last;
        }

        void add(long value) throws SQLException {
            statement.setLong(next(), value);
        }

        void addOrNull(Long value) throws SQLException {
            if (value == null) {
                statement.setNull(next(), Types.BIGINT);
            } else {
                add(value);
            }
        }
    }
}
