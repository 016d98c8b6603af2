package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.OutcomeBlock;
import dev.workpool.durable.internal.segment.OutcomeCounts;
import dev.workpool.durable.internal.segment.StoredOutcome;
import dev.workpool.durable.internal.store.Settling.Settlement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Settles batches whose jobs all end at once, as those of jobs that came by themselves do: then whoever settles them
 * knows that the batch has ended, and need not look for other segments. PostgreSQL does all of it in one statement.
 * Thread-safe.
 */
public final class WholeBatches {
    private static final String ENDED = "ended = {now}, succeeded = ?, failed = ?, timed_out = ?, cancelled_jobs = ?";

    private final String end;
    private final String settle;

    public WholeBatches(Names names) {
        end = names.sql("UPDATE {batch} SET " + ENDED + " WHERE id = ? AND jobs = ? AND ended IS NULL");
        settle = names.sql("""
                WITH s AS (DELETE FROM {segment} WHERE batch = ? AND lowest = ? AND lease_token = ? RETURNING batch),
                o AS (INSERT INTO {outcome} (part, batch, lowest, succeeded, failed, timed_out, cancelled, data)
                    SELECT CAST(? AS int), batch, CAST(? AS bigint), CAST(? AS int), CAST(? AS int), CAST(? AS int),
                        CAST(? AS int), CAST(? AS bytea) FROM s),
                b AS (UPDATE {batch} SET %s FROM s WHERE id = s.batch AND jobs = ? AND ended IS NULL RETURNING id)
                SELECT (SELECT count(*) FROM s), (SELECT count(*) FROM b)""".formatted(ENDED));
    }

    /**
     * What was written.
     *
     * @param settlements what was written of each; empty if the lease was not held any more, and nothing was
     * @param ended batches that have ended with that
     */
    public record Result(List<Optional<Settlement>> settlements, Set<Long> ended) {}

    /** Whether all jobs of a segment have their outcome, and no others of its batch need be left. */
    private static boolean mayEnd(Settlement settlement) {
        return settlement.segment().jobs().lowest() == 0
                && settlement.counts().total() == settlement.segment().jobs().size();
    }

    /**
     * Writes a settlement in one statement, which may commit itself. Only for PostgreSQL.
     *
     * @return empty if nothing was written, since it takes more than that
     */
    public Optional<Result> settleAtOnce(Connection connection, Settlement settlement) throws SQLException {
        if (!mayEnd(settlement) || settlement.hasDone() || !settlement.dead().isEmpty()) {
            return Optional.empty();
        }
        SegmentRow segment = settlement.segment();
        OutcomeCounts counts = settlement.counts();
        List<StoredOutcome> kept = Settling.kept(segment, settlement.outcomes());
        try (PreparedStatement statement = connection.prepareStatement(settle)) {
            statement.setLong(1, segment.batch());
            statement.setLong(2, segment.jobs().lowest());
            statement.setLong(3, segment.token());
            statement.setInt(4, segment.part());
            statement.setLong(5, settlement.lowest());
            bind(statement, 6, counts);
            statement.setBytes(10, kept.isEmpty() ? null : OutcomeBlock.write(kept));
            bind(statement, 11, counts);
            statement.setLong(15, counts.total());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                boolean isHeld = row.getLong(1) == 1;
                boolean hasEnded = row.getLong(2) == 1;
                return Optional.of(new Result(
                        List.of(isHeld ? Optional.of(settlement) : Optional.empty()),
                        hasEnded ? Set.of(segment.batch()) : Set.of()));
            }
        }
    }

    private static void bind(PreparedStatement statement, int from, OutcomeCounts counts) throws SQLException {
        statement.setLong(from, counts.succeeded());
        statement.setLong(from + 1, counts.failed());
        statement.setLong(from + 2, counts.timedOut());
        statement.setLong(from + 3, counts.cancelled());
    }

    /** Ends the batches that settlements have ended as a whole, in the transaction that wrote them. */
    public Result end(Connection connection, List<Optional<Settlement>> written) throws SQLException {
        List<Long> asked = new ArrayList<>();
        Set<Long> ended = new HashSet<>();
        try (PreparedStatement update = connection.prepareStatement(end)) {
            for (Optional<Settlement> each : written) {
                if (each.isPresent() && mayEnd(each.get())) {
                    OutcomeCounts counts = each.get().counts();
                    bind(update, 1, counts);
                    update.setLong(5, each.get().segment().batch());
                    update.setLong(6, counts.total());
                    update.addBatch();
                    asked.add(each.get().segment().batch());
                }
            }
            int[] updated = asked.isEmpty() ? new int[0] : update.executeBatch();
            for (int i = 0; i < updated.length; i++) {
                if (updated[i] == 1) {
                    ended.add(asked.get(i));
                }
            }
        }
        return new Result(written, ended);
    }
}
