package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.segment.OutcomeBlock;
import dev.workpool.durable.internal.segment.OutcomeCounts;
import dev.workpool.durable.internal.segment.StoredOutcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;

/**
 * Acknowledges jobs. What has become of the jobs of a segment is written in one transaction with the change of the
 * segment's row, which is found by its lease's token: if the lease has gone to somebody else, nothing is written.
 */
public final class Settling {
    private final Names names;
    private final SegmentTable segments;
    private final Payloads payloads;

    public Settling(Names names) {
        this.names = names;
        this.segments = new SegmentTable(names);
        this.payloads = new Payloads(names);
    }

    /**
     * What has become of the jobs of a segment that is held. Each of its jobs is in one of these.
     *
     * @param queue the queue
     * @param segment as it is stored
     * @param kept those that still run, under the same lease; empty if there are none
     * @param counts of those that have their outcome
     * @param lowest the lowest index of these
     * @param outcomes what is kept of them; empty if nothing
     * @param retries those that are tried again later
     * @param released those that were not begun
     * @param releasedInMs after which others may have them
     * @param dead those that have failed and are kept for somebody to look at
     * @param hasDone whether some may have been acknowledged in transactions of their own
     */
    public record Settlement(
            long queue,
            SegmentRow segment,
            Optional<JobSet> kept,
            OutcomeCounts counts,
            long lowest,
            Optional<byte[]> outcomes,
            List<Retry> retries,
            List<JobSet> released,
            long releasedInMs,
            List<Dead> dead,
            boolean hasDone) {}

    /**
     * Jobs that are tried again.
     *
     * @param jobs which
     * @param attempts how often each has been tried
     * @param delayMs from now on
     * @param failures how the last attempts failed
     */
    public record Retry(JobSet jobs, int attempts, long delayMs, List<StoredOutcome> failures) {}

    /**
     * A dead letter.
     *
     * @param outcome how it failed
     * @param job as it was encoded
     */
    public record Dead(StoredOutcome outcome, byte[] job) {}

    /**
     * Writes settlements.
     *
     * @return for each, whether the lease was still held; if not, nothing of it was written
     */
    public boolean[] settle(Connection connection, List<Settlement> settlements) throws SQLException {
        boolean[] held = new boolean[settlements.size()];
        deleteAll(connection, settlements, held);
        keepAll(connection, settlements, held);
        List<Settlement> written = new ArrayList<>();
        for (int i = 0; i < held.length; i++) {
            if (held[i]) {
                written.add(settlements.get(i));
            }
        }
        insertOutcomes(connection, written);
        insertRest(connection, written);
        for (Settlement each : written) {
            for (Dead dead : each.dead()) {
                insertDead(connection, each.queue(), each.segment(), dead);
            }
            if (each.hasDone()) {
                takeDone(connection, each.segment());
            }
        }
        return held;
    }

    private void deleteAll(Connection connection, List<Settlement> settlements, boolean[] held) throws SQLException {
        List<Integer> places = new ArrayList<>();
        try (PreparedStatement delete = connection.prepareStatement(
                names.sql("DELETE FROM {segment} WHERE batch = ? AND lowest = ? AND lease_token = ?"))) {
            for (int i = 0; i < held.length; i++) {
                SegmentRow segment = settlements.get(i).segment();
                if (settlements.get(i).kept().isEmpty()) {
                    delete.setLong(1, segment.batch());
                    delete.setLong(2, segment.jobs().lowest());
                    delete.setLong(3, segment.token());
                    delete.addBatch();
                    places.add(i);
                }
            }
            tell(places, delete.executeBatch(), held);
        }
    }

    private void keepAll(Connection connection, List<Settlement> settlements, boolean[] held) throws SQLException {
        List<Integer> places = new ArrayList<>();
        try (PreparedStatement update = connection.prepareStatement(names.sql("""
                UPDATE {segment} SET lowest = ?, span = ?, members = ?, jobs = ?
                WHERE batch = ? AND lowest = ? AND lease_token = ?"""))) {
            for (int i = 0; i < held.length; i++) {
                Settlement settlement = settlements.get(i);
                if (settlement.kept().isPresent()) {
                    bindJobs(update, settlement.kept().get(), settlement.segment());
                    update.setLong(7, settlement.segment().token());
                    update.addBatch();
                    places.add(i);
                }
            }
            if (!places.isEmpty()) {
                tell(places, update.executeBatch(), held);
            }
        }
    }

    private static void tell(List<Integer> places, int[] counts, boolean[] held) {
        for (int i = 0; i < counts.length; i++) {
            held[places.get(i)] = counts[i] == 1;
        }
    }

    private static void bindJobs(PreparedStatement update, JobSet jobs, SegmentRow before) throws SQLException {
        update.setLong(1, jobs.lowest());
        update.setInt(2, jobs.span());
        update.setBytes(3, jobs.toBytes());
        update.setInt(4, jobs.size());
        update.setLong(5, before.batch());
        update.setLong(6, before.jobs().lowest());
    }

    private void insertOutcomes(Connection connection, List<Settlement> settlements) throws SQLException {
        try (PreparedStatement insert = outcomeInsert(connection)) {
            boolean some = false;
            for (Settlement each : settlements) {
                if (each.counts().total() > 0) {
                    bindOutcome(
                            insert,
                            each.segment(),
                            each.lowest(),
                            each.counts(),
                            each.outcomes().orElse(null));
                    insert.addBatch();
                    some = true;
                }
            }
            if (some) {
                insert.executeBatch();
            }
        }
    }

    private PreparedStatement outcomeInsert(Connection connection) throws SQLException {
        return connection.prepareStatement(names.sql("""
                INSERT INTO {outcome} (part, batch, lowest, succeeded, failed, timed_out, cancelled, data)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""));
    }

    private static void bindOutcome(
            PreparedStatement insert, SegmentRow segment, long lowest, OutcomeCounts counts, byte[] data)
            throws SQLException {
        insert.setInt(1, segment.part());
        insert.setLong(2, segment.batch());
        insert.setLong(3, lowest);
        insert.setLong(4, counts.succeeded());
        insert.setLong(5, counts.failed());
        insert.setLong(6, counts.timedOut());
        insert.setLong(7, counts.cancelled());
        insert.setBytes(8, data);
    }

    private void insertRest(Connection connection, List<Settlement> settlements) throws SQLException {
        try (SegmentTable.Inserts inserts = segments.new Inserts(connection)) {
            for (Settlement each : settlements) {
                for (Retry retry : each.retries()) {
                    inserts.add(
                            each.queue(),
                            each.segment().afterAttempts(retry.jobs(), retry.attempts()),
                            retry.delayMs());
                    insertAttempts(connection, each.segment(), retry);
                }
                for (JobSet released : each.released()) {
                    SegmentRow row = each.segment().with(released);
                    inserts.add(each.queue(), each.releasedInMs() == 0 ? row : row.dueLater(), each.releasedInMs());
                }
            }
            inserts.run();
        }
    }

    private void insertAttempts(Connection connection, SegmentRow segment, Retry retry) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(names.sql(
                "INSERT INTO {attempt} (part, batch, lowest, attempts, at, data) VALUES (?, ?, ?, ?, {now}, ?)"))) {
            insert.setInt(1, segment.part());
            insert.setLong(2, segment.batch());
            insert.setLong(3, retry.jobs().lowest());
            insert.setInt(4, retry.attempts());
            insert.setBytes(5, OutcomeBlock.write(retry.failures()));
            insert.executeUpdate();
        }
    }

    /** Writes outcomes, by the numbers of their jobs, of a segment that is locked. */
    void insertOutcomes(Connection connection, SegmentRow segment, List<StoredOutcome> byNumber) throws SQLException {
        LongUnaryOperator indices = payloads.indices(connection, segment);
        OutcomeCounts counts = OutcomeCounts.NONE;
        List<StoredOutcome> outcomes = new ArrayList<>();
        for (StoredOutcome each : byNumber) {
            counts = counts.plus(each.count());
            outcomes.add(each.at(indices.applyAsLong(each.index())));
        }
        try (PreparedStatement insert = outcomeInsert(connection)) {
            bindOutcome(insert, segment, byNumber.get(0).index(), counts, OutcomeBlock.write(outcomes));
            insert.executeUpdate();
        }
    }

    /** Ends a segment that is locked and that nobody works on: its jobs are cancelled, but for those that are done. */
    void cancel(Connection connection, SegmentRow segment) throws SQLException {
        List<StoredOutcome> outcomes = new ArrayList<>(takeDone(connection, segment));
        Set<Long> done = outcomes.stream().map(StoredOutcome::index).collect(Collectors.toSet());
        segment.jobs().forEach(number -> {
            if (!done.contains(number)) {
                outcomes.add(StoredOutcome.cancelled(number, segment.attempts()));
            }
        });
        outcomes.sort(Comparator.comparingLong(StoredOutcome::index));
        insertOutcomes(connection, segment, outcomes);
        delete(connection, segment);
    }

    void delete(Connection connection, SegmentRow segment) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement(names.sql("DELETE FROM {segment} WHERE batch = ? AND lowest = ?"))) {
            delete.setLong(1, segment.batch());
            delete.setLong(2, segment.jobs().lowest());
            delete.executeUpdate();
        }
    }

    /** Leaves only some of its jobs in a segment that is locked. */
    void shrink(Connection connection, SegmentRow segment, JobSet jobs) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(names.sql(
                "UPDATE {segment} SET lowest = ?, span = ?, members = ?, jobs = ? WHERE batch = ? AND lowest = ?"))) {
            bindJobs(update, jobs, segment);
            update.executeUpdate();
        }
    }

    /** Writes a dead letter with the failures that came before its last. */
    void insertDead(Connection connection, long queue, SegmentRow segment, Dead dead) throws SQLException {
        List<StoredOutcome> history =
                new ArrayList<>(attemptsAt(connection, segment, dead.outcome().index()));
        history.add(dead.outcome());
        try (PreparedStatement insert = connection.prepareStatement(names.sql("""
                INSERT INTO {dead} (queue, batch, idx, died, kind, attempts, strikes, priority, codec, job, history)
                VALUES (?, ?, ?, {now}, ?, ?, ?, ?, ?, ?, ?)"""))) {
            insert.setLong(1, queue);
            insert.setLong(2, segment.batch());
            insert.setLong(3, dead.outcome().index());
            insert.setInt(4, dead.outcome().kind().ordinal());
            insert.setInt(5, dead.outcome().attempts());
            insert.setInt(6, segment.strikes());
            insert.setInt(7, segment.priority());
            insert.setLong(8, segment.codec());
            insert.setBytes(9, dead.job());
            insert.setBytes(10, OutcomeBlock.write(history));
            insert.executeUpdate();
        }
    }

    private List<StoredOutcome> attemptsAt(Connection connection, SegmentRow segment, long index) throws SQLException {
        if (segment.attempts() == 0) {
            return List.of();
        }
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                SELECT data FROM {attempt} WHERE part = ? AND batch = ? AND lowest >= ? AND lowest <= ?
                ORDER BY attempts"""))) {
            query.setInt(1, segment.part());
            query.setLong(2, segment.batch());
            query.setLong(3, segment.firstJob());
            query.setLong(4, index);
            List<StoredOutcome> attempts = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    OutcomeBlock.read(rows.getBytes(1)).stream()
                            .filter(each -> each.index() == index)
                            .forEach(attempts::add);
                }
            }
            return attempts;
        }
    }

    /** Those of the batches that were cancelled. */
    public Set<Long> cancelled(Connection connection, Collection<Long> batches) throws SQLException {
        if (batches.isEmpty()) {
            return Set.of();
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(names.sql("SELECT id FROM {batch} WHERE id IN ("
                        + batches.stream().map(String::valueOf).collect(Collectors.joining(", "))
                        + ") AND cancelled IS NOT NULL"))) {
            Set<Long> found = new HashSet<>();
            while (rows.next()) {
                found.add(rows.getLong(1));
            }
            return found;
        }
    }

    /**
     * Acknowledges one job in the transaction of what its handler wrote. Its segment cannot be taken over until that
     * transaction has ended.
     *
     * @return false if its lease is lost; then the transaction must be rolled back
     */
    public boolean acknowledge(Connection connection, SegmentRow segment, long number, int attempts, byte[] result)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                names.sql("""
                INSERT INTO {done} (batch, idx, attempts, result)
                SELECT CAST(? AS bigint), CAST(? AS bigint), CAST(? AS int), CAST(? AS {bytes}) FROM (SELECT 1 FROM {segment}
                    WHERE batch = ? AND lease_token = ? AND lowest <= ? AND lowest + span > ?%s) held""".formatted(names.dialect().isPostgres() ? " FOR KEY SHARE" : "")))) {
            insert.setLong(1, segment.batch());
            insert.setLong(2, number);
            insert.setInt(3, attempts);
            insert.setBytes(4, result);
            insert.setLong(5, segment.batch());
            insert.setLong(6, segment.token());
            insert.setLong(7, number);
            insert.setLong(8, number);
            return insert.executeUpdate() == 1;
        }
    }

    /** Takes out what was acknowledged by {@link #acknowledge} of a segment that is locked, by the numbers of the jobs. */
    List<StoredOutcome> takeDone(Connection connection, SegmentRow segment) throws SQLException {
        List<StoredOutcome> done = done(connection, segment);
        if (!done.isEmpty()) {
            try (PreparedStatement delete =
                    connection.prepareStatement(names.sql("DELETE FROM {done} WHERE batch = ? AND idx = ?"))) {
                for (StoredOutcome each : done) {
                    delete.setLong(1, segment.batch());
                    delete.setLong(2, each.index());
                    delete.addBatch();
                }
                delete.executeBatch();
            }
        }
        return done;
    }

    private List<StoredOutcome> done(Connection connection, SegmentRow segment) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql(
                "SELECT idx, attempts, result FROM {done} WHERE batch = ? AND idx >= ? AND idx < ? ORDER BY idx"))) {
            query.setLong(1, segment.batch());
            query.setLong(2, segment.jobs().lowest());
            query.setLong(3, segment.jobs().lowest() + segment.jobs().span());
            List<StoredOutcome> done = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    if (segment.jobs().contains(rows.getLong(1))) { // others may be in between
                        done.add(StoredOutcome.succeeded(rows.getLong(1), rows.getInt(2), rows.getBytes(3)));
                    }
                }
            }
            return done;
        }
    }
}
