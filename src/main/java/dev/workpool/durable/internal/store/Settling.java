package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.segment.OutcomeBlock;
import dev.workpool.durable.internal.segment.OutcomeCounts;
import dev.workpool.durable.internal.segment.StoredOutcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
     * What has become of jobs of a segment that is held. Each of the jobs is in one of these.
     *
     * @param queue the queue
     * @param segment as it is stored
     * @param jobs those that are settled; the others still run, under the same lease
     * @param lowest the lowest of those that have their outcome
     * @param counts of those that have their outcome
     * @param outcomes of these, as far as they are kept; all of them if some may be done in their own transactions
     * @param retries those that are tried again later
     * @param released those that were not begun
     * @param releasedInMs after which others may have them
     * @param dead those that have failed and are kept for somebody to look at
     * @param hasDone whether jobs were acknowledged in transactions of their own
     */
    public record Settlement(
            long queue,
            SegmentRow segment,
            JobSet jobs,
            long lowest,
            OutcomeCounts counts,
            List<StoredOutcome> outcomes,
            List<Retry> retries,
            List<JobSet> released,
            long releasedInMs,
            List<Dead> dead,
            boolean hasDone) {

        Optional<JobSet> running() {
            return segment.jobs().without(jobs);
        }

        /** Jobs that are done have succeeded, whatever their pool has seen of them: what they wrote is committed. */
        Settlement withDone(List<StoredOutcome> done, LongUnaryOperator indices) {
            if (done.isEmpty()) {
                return this;
            }
            Map<Long, StoredOutcome> changed = new TreeMap<>();
            outcomes.forEach(each -> changed.put(each.index(), each));
            List<Retry> retriesLeft = retries;
            List<JobSet> releasedLeft = released;
            Set<Long> doneIndices = new HashSet<>();
            long least = counts.total() == 0 ? Long.MAX_VALUE : lowest;
            for (StoredOutcome each : done) {
                long index = indices.applyAsLong(each.index());
                changed.put(index, each.at(index));
                doneIndices.add(index);
                least = Math.min(least, each.index());
                JobSet job = JobSet.range(each.index(), 1);
                retriesLeft = retriesLeft.stream()
                        .flatMap(retry -> retry.jobs().without(job).stream()
                                .map(rest -> new Retry(rest, retry.attempts(), retry.delayMs(), retry.failures())))
                        .toList();
                releasedLeft = releasedLeft.stream()
                        .flatMap(set -> set.without(job).stream())
                        .toList();
            }
            return new Settlement(
                    queue,
                    segment,
                    jobs,
                    least,
                    changed.values().stream().map(StoredOutcome::count).reduce(OutcomeCounts.NONE, OutcomeCounts::plus),
                    List.copyOf(changed.values()),
                    retriesLeft,
                    releasedLeft,
                    releasedInMs,
                    dead.stream()
                            .filter(each -> !doneIndices.contains(each.outcome().index()))
                            .toList(),
                    true);
        }
    }

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
     * @return for each, what was written of it; empty if the lease was not held any more, and nothing was
     */
    public List<Optional<Settlement>> settle(Connection connection, List<Settlement> settlements) throws SQLException {
        boolean[] held = new boolean[settlements.size()];
        waitForTransactions(connection, settlements);
        deleteAll(connection, settlements, held);
        keepAll(connection, settlements, held);
        List<Optional<Settlement>> all = new ArrayList<>();
        for (int i = 0; i < held.length; i++) {
            Settlement each = settlements.get(i);
            Settlement known = held[i] && each.hasDone() ? withDone(connection, each) : each;
            all.add(held[i] ? Optional.of(known) : Optional.empty());
        }
        List<Settlement> written = all.stream().flatMap(Optional::stream).toList();
        insertOutcomes(connection, written);
        insertRest(connection, written);
        for (Settlement each : written) {
            for (Dead dead : each.dead()) {
                insertDead(connection, each.queue(), each.segment(), dead);
            }
        }
        return all;
    }

    /** Jobs that are acknowledged in their own transactions lock their segment until these have ended. */
    private void waitForTransactions(Connection connection, List<Settlement> settlements) throws SQLException {
        if (settlements.stream().noneMatch(Settlement::hasDone)
                || !names.dialect().isPostgres()) {
            return;
        }
        try (PreparedStatement lock = connection.prepareStatement(
                names.sql("SELECT 1 FROM {segment} WHERE batch = ? AND lowest = ? AND lease_token = ? FOR UPDATE"))) {
            for (Settlement each : settlements) {
                lock.setLong(1, each.segment().batch());
                lock.setLong(2, each.segment().jobs().lowest());
                lock.setLong(3, each.segment().token());
                lock.execute();
            }
        }
    }

    private Settlement withDone(Connection connection, Settlement settlement) throws SQLException {
        return settlement.withDone(
                takeDone(connection, settlement.segment(), settlement.jobs()),
                payloads.indices(connection, settlement.segment()));
    }

    private void deleteAll(Connection connection, List<Settlement> settlements, boolean[] held) throws SQLException {
        List<Integer> places = new ArrayList<>();
        try (PreparedStatement delete = connection.prepareStatement(
                names.sql("DELETE FROM {segment} WHERE batch = ? AND lowest = ? AND lease_token = ?"))) {
            for (int i = 0; i < held.length; i++) {
                SegmentRow segment = settlements.get(i).segment();
                if (settlements.get(i).running().isEmpty()) {
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
                WHERE batch = ? AND lowest = ? AND lease_token = ? AND jobs = ?"""))) {
            for (int i = 0; i < held.length; i++) {
                SegmentRow segment = settlements.get(i).segment();
                Optional<JobSet> running = settlements.get(i).running();
                if (running.isPresent()) {
                    bindJobs(update, running.get(), segment);
                    update.setLong(7, segment.token());
                    update.setInt(8, segment.jobs().size()); // fewer are left if it was written, and nobody heard of it
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
                    bindOutcome(insert, each.segment(), each.lowest(), each.counts(), each.outcomes());
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
            PreparedStatement insert,
            SegmentRow segment,
            long lowest,
            OutcomeCounts counts,
            List<StoredOutcome> outcomes)
            throws SQLException {
        List<StoredOutcome> kept = kept(segment, outcomes);
        insert.setInt(1, segment.part());
        insert.setLong(2, segment.batch());
        insert.setLong(3, lowest);
        insert.setLong(4, counts.succeeded());
        insert.setLong(5, counts.failed());
        insert.setLong(6, counts.timedOut());
        insert.setLong(7, counts.cancelled());
        insert.setBytes(8, kept.isEmpty() ? null : OutcomeBlock.write(kept));
    }

    /** Those of the outcomes of a segment's jobs that are kept. */
    static List<StoredOutcome> kept(SegmentRow segment, List<StoredOutcome> outcomes) {
        return switch (segment.kept()) {
            case NONE -> List.of();
            case FAILURES ->
                outcomes.stream()
                        .filter(each -> each.kind() != StoredOutcome.Kind.SUCCEEDED)
                        .toList();
            case ALL -> outcomes;
        };
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
                    boolean isDelayed = each.releasedInMs() > 0;
                    inserts.add(each.queue(), each.segment().givenBack(released, isDelayed), each.releasedInMs());
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
            bindOutcome(insert, segment, byNumber.get(0).index(), counts, outcomes);
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

    /** Deletes a segment that is locked and over, and what was encoded of its jobs. */
    void delete(Connection connection, SegmentRow segment) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement(names.sql("DELETE FROM {segment} WHERE batch = ? AND lowest = ?"))) {
            delete.setLong(1, segment.batch());
            delete.setLong(2, segment.jobs().lowest());
            delete.executeUpdate();
        }
        payloads.dropEnded(connection, List.of(segment));
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
                INSERT INTO {dead} (queue, batch, idx, died, attempts, strikes, priority, codec, job, history)
                VALUES (?, ?, ?, {now}, ?, ?, ?, ?, ?, ?)"""))) {
            insert.setLong(1, queue);
            insert.setLong(2, segment.batch());
            insert.setLong(3, dead.outcome().index());
            insert.setInt(4, dead.outcome().attempts());
            insert.setInt(5, segment.strikes());
            insert.setInt(6, segment.priority());
            insert.setLong(7, segment.codec());
            insert.setBytes(8, dead.job());
            insert.setBytes(9, OutcomeBlock.write(history));
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
        return takeDone(connection, segment, segment.jobs());
    }

    private List<StoredOutcome> takeDone(Connection connection, SegmentRow segment, JobSet jobs) throws SQLException {
        List<StoredOutcome> done = done(connection, segment, jobs);
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

    private List<StoredOutcome> done(Connection connection, SegmentRow segment, JobSet jobs) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql(
                "SELECT idx, attempts, result FROM {done} WHERE batch = ? AND idx >= ? AND idx < ? ORDER BY idx"))) {
            query.setLong(1, segment.batch());
            query.setLong(2, jobs.lowest());
            query.setLong(3, jobs.lowest() + jobs.span());
            List<StoredOutcome> done = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    if (jobs.contains(rows.getLong(1))) { // others may be in between
                        done.add(StoredOutcome.succeeded(rows.getLong(1), rows.getInt(2), rows.getBytes(3)));
                    }
                }
            }
            return done;
        }
    }
}
