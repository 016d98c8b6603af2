package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.segment.StoredOutcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Jobs that are cancelled by themselves, while the others of their batch go on. That somebody wants it is written down
 * first, by the number of the job, and then the job is settled if nobody holds it. Otherwise whoever holds it is told;
 * if it comes back to the store nevertheless, the next claim settles it. So it is seen wherever the job is meanwhile.
 */
public final class JobCancellations {
    private final Names names;
    private final Settling settling;

    public JobCancellations(Names names) {
        this.names = names;
        this.settling = new Settling(names);
    }

    /**
     * Writes down that a job is to be cancelled, and settles it if nobody holds it.
     *
     * @param isKeyed whether the numbers of the queue's jobs are others than their indices
     * @return its number, if somebody may hold it; empty if it has its outcome
     */
    public OptionalLong cancel(Connection connection, long batch, long index, boolean isKeyed) throws SQLException {
        if (!mark(connection, batch)) {
            return OptionalLong.empty();
        }
        OptionalLong number = isKeyed ? numberOf(connection, batch, index) : OptionalLong.of(index);
        if (number.isEmpty()) {
            return number;
        }
        try (PreparedStatement insert = connection.prepareStatement(
                names.sql("INSERT INTO {cancelled_job} (batch, number) VALUES (?, ?) ON CONFLICT DO NOTHING"))) {
            insert.setLong(1, batch);
            insert.setLong(2, number.getAsLong());
            insert.executeUpdate();
        }
        Optional<SegmentRow> unheld = unheld(connection, batch, number.getAsLong());
        if (unheld.isEmpty()) {
            return number;
        }
        settle(connection, unheld.get(), Set.of(number.getAsLong()));
        return OptionalLong.empty();
    }

    /** Whoever claims jobs of the batch is to look for those that are cancelled. False if the batch has ended. */
    private boolean mark(Connection connection, long batch) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                names.sql("UPDATE {batch} SET cancels_jobs = 1 WHERE id = ? AND ended IS NULL"))) {
            update.setLong(1, batch);
            return update.executeUpdate() == 1;
        }
    }

    /** Empty if the job's block is gone, since all of its jobs have ended. */
    private OptionalLong numberOf(Connection connection, long batch, long index) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                names.sql(
                        "SELECT first_job, data FROM {payload} WHERE part = (SELECT part FROM {batch} WHERE id = ?) AND batch = ?"))) {
            query.setLong(1, batch);
            query.setLong(2, batch);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    long first = rows.getLong(1);
                    JobBlock block = JobBlock.read(rows.getBytes(2));
                    for (int place = 0; place < block.size(); place++) {
                        if (block.index(first, place) == index) {
                            return OptionalLong.of(first + place);
                        }
                    }
                }
            }
        }
        return OptionalLong.empty();
    }

    /** The segment of a job that nobody holds, nor is about to. One whose lease has run out is for those who claim. */
    private Optional<SegmentRow> unheld(Connection connection, long batch, long number) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("SELECT " + SegmentTable.COLUMNS
                + " FROM {segment} s WHERE s.batch = ? AND s.lowest <= ? AND s.lowest + s.span > ?"
                + " AND s.lease_token IS NULL{skip}"))) {
            query.setLong(1, batch);
            query.setLong(2, number);
            query.setLong(3, number);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    SegmentRow segment = SegmentTable.read(rows).segment();
                    if (segment.jobs().contains(number)) { // others may be in between
                        return Optional.of(segment);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Settles the jobs of a segment that are cancelled. The segment is locked, nobody holds it, and none of its jobs is
     * done.
     *
     * @return what is left of it; empty if that is nothing
     */
    Optional<SegmentRow> settle(Connection connection, SegmentRow segment) throws SQLException {
        Set<Long> cancelled = new HashSet<>();
        try (PreparedStatement query = connection.prepareStatement(
                names.sql("SELECT number FROM {cancelled_job} WHERE batch = ? AND number >= ? AND number < ?"))) {
            query.setLong(1, segment.batch());
            query.setLong(2, segment.jobs().lowest());
            query.setLong(3, segment.jobs().lowest() + segment.jobs().span());
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    cancelled.add(rows.getLong(1));
                }
            }
        }
        cancelled.removeIf(number -> !segment.jobs().contains(number));
        return cancelled.isEmpty() ? Optional.of(segment) : settle(connection, segment, cancelled);
    }

    private Optional<SegmentRow> settle(Connection connection, SegmentRow segment, Set<Long> numbers)
            throws SQLException {
        settling.insertOutcomes(
                connection,
                segment,
                numbers.stream()
                        .sorted()
                        .map(number -> StoredOutcome.cancelled(number, segment.attempts()))
                        .toList());
        BitSet left = new BitSet();
        segment.jobs().forEach(number -> {
            if (!numbers.contains(number)) {
                left.set((int) (number - segment.jobs().lowest()));
            }
        });
        if (left.isEmpty()) {
            settling.delete(connection, segment);
            return Optional.empty();
        }
        SegmentRow rest = segment.with(JobSet.of(segment.jobs().lowest(), left));
        settling.shrink(connection, segment, rest.jobs());
        return Optional.of(rest);
    }

    /** The numbers of the jobs of some batches that somebody wants cancelled, by their batch. */
    public Map<Long, Set<Long>> of(Connection connection, Collection<Long> batches) throws SQLException {
        Map<Long, Set<Long>> found = new HashMap<>();
        if (batches.isEmpty()) {
            return found;
        }
        String list = batches.stream().map(String::valueOf).collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        names.sql("SELECT batch, number FROM {cancelled_job} WHERE batch IN (" + list + ")"))) {
            while (rows.next()) {
                found.computeIfAbsent(rows.getLong(1), key -> new HashSet<>()).add(rows.getLong(2));
            }
        }
        return found;
    }
}
