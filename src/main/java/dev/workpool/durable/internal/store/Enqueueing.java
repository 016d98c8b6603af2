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
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Writes batches with their jobs. */
public final class Enqueueing {
    /** How many bytes of jobs are sent at once. */
    private static final long BYTES_AT_ONCE = 1 << 22;

    /** How many rows are sent at once. */
    private static final int ROWS_AT_ONCE = 128;

    private final Names names;
    private final Partitions partitions;
    private final SegmentTable segments;
    private final OneStatementInsert inOneStatement;

    public Enqueueing(Names names) {
        this.names = names;
        this.partitions = new Partitions(names);
        this.segments = new SegmentTable(names);
        this.inOneStatement = new OneStatementInsert(names);
    }

    /**
     * A batch to be written.
     *
     * @param queue its queue
     * @param key names it, so that it is written once; empty if it has none
     * @param token a random number, by which a batch is known that was written although the answer did not arrive
     * @param codec with what its jobs are encoded
     * @param jobs how many
     * @param kept which outcomes are kept
     * @param priority 0 by default
     * @param runAt when its jobs are due, absolutely; null if after a delay
     * @param delayMs from now on
     */
    public record NewBatch(
            long queue,
            Optional<String> key,
            long token,
            long codec,
            long jobs,
            KeptOutcomes kept,
            int priority,
            Long runAt,
            long delayMs) {}

    /**
     * A segment of it.
     *
     * @param jobs which jobs
     * @param lane of a keyed queue; otherwise −1
     * @param block the encoded jobs, all those of the set
     */
    public record NewSegment(JobSet jobs, int lane, byte[] block) {}

    /**
     * Whoever takes the first segments at once.
     *
     * @param segments how many of them
     * @param jobs how many jobs were offered
     */
    public record Taker(String owner, long token, long leaseMs, int segments, int jobs) {
        public static final Taker NONE = new Taker("", 0, 0, 0, 0);
    }

    /**
     * What was written.
     *
     * @param id the batch
     * @param isNew false if somebody else has written it, under the same key
     * @param jobs how many jobs it has
     * @param taken the segments that were taken at once
     */
    public record Written(long id, boolean isNew, long jobs, List<SegmentRow> taken) {}

    /**
     * Writes a batch of one segment in one statement, which may commit itself. Only for PostgreSQL.
     *
     * @return empty if nothing was written, since the batch or its key is there
     */
    public Optional<Written> writeAtOnce(Connection connection, NewBatch batch, NewSegment segment, Taker taker)
            throws SQLException {
        return inOneStatement.write(connection, batch, batch.key().orElse(null), -1, segment, taker);
    }

    /**
     * Writes jobs that came by themselves in one statement, which may commit itself. Only for PostgreSQL.
     *
     * @param key of the first job, which is the only one then; null if no job has one
     * @return empty if nothing was written, since the batch or its key is there
     */
    public Optional<Written> writeSinglesAtOnce(
            Connection connection, NewBatch batch, String key, NewSegment segment, List<JobPlace> places, Taker taker)
            throws SQLException {
        Optional<Written> written = inOneStatement.write(connection, batch, key, 0, segment, taker);
        places.clear();
        for (int i = 0; written.isPresent() && i < batch.jobs(); i++) {
            places.add(new JobPlace(written.get().id(), i, batch.jobs(), true));
        }
        return written;
    }

    /** Writes a batch and its segments, unless it is there. */
    public Written write(Connection connection, NewBatch batch, Iterator<NewSegment> parts, Taker taker)
            throws SQLException {
        int part = partitions.newest(connection);
        Optional<Written> before = batch.key().isPresent() ? byKey(connection, batch, taker) : Optional.empty();
        if (before.isPresent()) {
            return before.get();
        }
        long id = insert(connection, batch, part);
        if (id < 0) {
            return byToken(connection, batch, taker);
        }
        if (batch.key().isPresent()
                && !insertKey(connection, batch.queue(), batch.key().get(), id, -1)) {
            delete(connection, id); // somebody else was faster
            return byKey(connection, batch, taker).orElseThrow();
        }
        return new Written(id, true, batch.jobs(), writeSegments(connection, batch, id, part, parts, taker));
    }

    /**
     * Writes jobs that came by themselves as one batch. A job whose key is there already is left out.
     *
     * @param batch the batch, of as many jobs
     * @param keys for the job at each index; null for a job without one
     * @param pack makes segments of the jobs at these indices
     * @param places where each job is: in this batch, or where the first of its key is
     */
    public Written writeSingles(
            Connection connection,
            NewBatch batch,
            List<String> keys,
            Function<BitSet, List<NewSegment>> pack,
            List<JobPlace> places,
            Taker taker)
            throws SQLException {
        places.clear();
        int part = partitions.newest(connection);
        long id = insert(connection, batch, part);
        if (id < 0) { // written before, but the answer did not arrive
            Written before = byToken(connection, batch, taker);
            for (int i = 0; i < keys.size(); i++) {
                JobPlace here = new JobPlace(before.id(), i, before.jobs(), true);
                places.add(placeOf(connection, batch.queue(), keys.get(i))
                        .filter(place -> place.batch() != here.batch() || place.index() != here.index())
                        .orElse(here));
            }
            return before;
        }
        places.addAll(takeKeys(connection, batch.queue(), id, keys));
        BitSet mine = new BitSet();
        for (int i = 0; i < places.size(); i++) {
            mine.set(i, places.get(i).isNew());
        }
        if (mine.isEmpty()) {
            delete(connection, id);
            return new Written(id, false, 0, List.of());
        } else if (mine.cardinality() < keys.size()) {
            setJobs(connection, id, mine.cardinality());
        }
        List<SegmentRow> taken =
                writeSegments(connection, batch, id, part, pack.apply(mine).iterator(), taker);
        return new Written(id, true, mine.cardinality(), taken);
    }

    private void setJobs(Connection connection, long batch, int jobs) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(names.sql("UPDATE {batch} SET jobs = ? WHERE id = ?"))) {
            update.setInt(1, jobs);
            update.setLong(2, batch);
            update.executeUpdate();
        }
    }

    /**
     * Takes the keys of jobs for a batch, as far as they are free.
     *
     * @param keys for the job at each index; null for a job without one
     * @return for each index, where the job of its key is: in this batch, if it was free
     */
    private List<JobPlace> takeKeys(Connection connection, long queue, long batch, List<String> keys)
            throws SQLException {
        List<JobPlace> places = new ArrayList<>();
        try (PreparedStatement insert = connection.prepareStatement(names.sql(
                "INSERT INTO {job_key} (queue, name, batch, idx) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"))) {
            for (int i = 0; i < keys.size(); i++) {
                String key = keys.get(i);
                if (key != null) {
                    insert.setLong(1, queue);
                    insert.setString(2, key);
                    insert.setLong(3, batch);
                    insert.setLong(4, i);
                    insert.addBatch();
                }
                places.add(new JobPlace(batch, i, keys.size(), true));
            }
            int[] inserted = keys.stream().allMatch(Objects::isNull) ? new int[0] : insert.executeBatch();
            int n = 0;
            for (int i = 0; i < keys.size(); i++) {
                if (keys.get(i) != null && inserted[n++] == 0) {
                    places.set(i, placeOf(connection, queue, keys.get(i)).orElseThrow());
                }
            }
        }
        return places;
    }

    /**
     * Where a job is.
     *
     * @param batch its batch
     * @param index its index there; −1 for a batch as a whole
     * @param jobs of the batch, as far as is known
     * @param isNew false if it was there before
     */
    public record JobPlace(long batch, long index, long jobs, boolean isNew) {}

    /** The job, or the batch with index −1, that was enqueued under a key. */
    public Optional<JobPlace> placeOf(Connection connection, long queue, String key) throws SQLException {
        if (key == null) {
            return Optional.empty();
        }
        try (PreparedStatement query = connection.prepareStatement(
                names.sql(
                        "SELECT k.batch, k.idx, b.jobs FROM {job_key} k JOIN {batch} b ON b.id = k.batch WHERE k.queue = ? AND k.name = ?"))) {
            query.setLong(1, queue);
            query.setString(2, key);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(new JobPlace(row.getLong(1), row.getLong(2), row.getLong(3), false))
                        : Optional.empty();
            }
        }
    }

    private List<SegmentRow> writeSegments(
            Connection connection, NewBatch batch, long id, int part, Iterator<NewSegment> parts, Taker taker)
            throws SQLException {
        List<SegmentRow> taken = new ArrayList<>();
        try (PreparedStatement payload = connection.prepareStatement(names.sql(
                        "INSERT INTO {payload} (part, batch, first_job, jobs, data) VALUES (?, ?, ?, ?, ?)"));
                SegmentTable.Inserts inserts = segments.new Inserts(connection)) {
            long bytes = 0;
            int rows = 0;
            while (parts.hasNext()) {
                NewSegment next = parts.next();
                long firstJob = next.jobs().lowest();
                payload.setInt(1, part);
                payload.setLong(2, id);
                payload.setLong(3, firstJob);
                payload.setInt(4, next.jobs().span());
                payload.setBytes(5, next.block());
                payload.addBatch();
                SegmentRow row = SegmentRow.fresh(
                        new Origin(id, next.lane(), batch.priority(), batch.kept(), batch.codec(), part, firstJob),
                        next.jobs(),
                        batch.runAt(),
                        taker.token());
                if (taken.size() < taker.segments()) {
                    inserts.addLeased(batch.queue(), row, taker.owner(), taker.leaseMs());
                    taken.add(row);
                } else {
                    inserts.add(batch.queue(), row, batch.delayMs());
                }
                bytes += next.block().length;
                if (bytes >= BYTES_AT_ONCE || ++rows >= ROWS_AT_ONCE) {
                    payload.executeBatch();
                    inserts.run();
                    bytes = 0;
                    rows = 0;
                }
            }
            if (bytes > 0) {
                payload.executeBatch();
                inserts.run();
            }
        }
        return taken;
    }

    /** The new batch's id; −1 if one with its token is there. */
    private long insert(Connection connection, NewBatch batch, int part) throws SQLException {
        boolean isEmpty = batch.jobs() == 0;
        try (PreparedStatement insert = connection.prepareStatement(
                names.sql("""
                INSERT INTO {batch} (queue, name, token, part, codec, jobs, kept, priority, created, ended,
                    succeeded, failed, timed_out, cancelled_jobs)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, {now}, %s) ON CONFLICT (token) DO NOTHING RETURNING id""".formatted(isEmpty ? "{now}, 0, 0, 0, 0" : "NULL, NULL, NULL, NULL, NULL")))) {
            insert.setLong(1, batch.queue());
            if (batch.key().isPresent()) {
                insert.setString(2, batch.key().get());
            } else {
                insert.setNull(2, Types.VARCHAR);
            }
            insert.setLong(3, batch.token());
            insert.setInt(4, part);
            insert.setLong(5, batch.codec());
            insert.setLong(6, batch.jobs());
            insert.setString(7, batch.kept().name());
            insert.setInt(8, batch.priority());
            try (ResultSet row = insert.executeQuery()) {
                return row.next() ? row.getLong(1) : -1;
            }
        }
    }

    private Written byToken(Connection connection, NewBatch batch, Taker taker) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(names.sql("SELECT id, jobs, token FROM {batch} WHERE token = ?"))) {
            query.setLong(1, batch.token());
            return before(connection, query, batch, taker).orElseThrow();
        }
    }

    private Optional<Written> byKey(Connection connection, NewBatch batch, Taker taker) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                SELECT b.id, b.jobs, b.token FROM {job_key} k JOIN {batch} b ON b.id = k.batch
                WHERE k.queue = ? AND k.name = ?"""))) {
            query.setLong(1, batch.queue());
            query.setString(2, batch.key().orElseThrow());
            return before(connection, query, batch, taker);
        }
    }

    /** A batch that is there already; perhaps written by the same call, whose answer did not arrive. */
    private Optional<Written> before(Connection connection, PreparedStatement query, NewBatch batch, Taker taker)
            throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            long id = row.getLong(1);
            boolean isMine = row.getLong(3) == batch.token();
            List<SegmentRow> taken = isMine && taker.segments() > 0
                    ? segments.leased(connection, id, taker.token()).stream()
                            .map(each -> each.keeping(batch.kept()))
                            .toList()
                    : List.of();
            return Optional.of(new Written(id, isMine, row.getLong(2), taken));
        }
    }

    /** Whether the key was free. Waits for a transaction that is about to take it. */
    private boolean insertKey(Connection connection, long queue, String key, long batch, long index)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(names.sql(
                "INSERT INTO {job_key} (queue, name, batch, idx) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"))) {
            insert.setLong(1, queue);
            insert.setString(2, key);
            insert.setLong(3, batch);
            insert.setLong(4, index);
            return insert.executeUpdate() == 1;
        }
    }

    private void delete(Connection connection, long batch) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(names.sql("DELETE FROM {batch} WHERE id = ?"))) {
            delete.setLong(1, batch);
            delete.executeUpdate();
        }
    }
}
