package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.store.Enqueueing.NewBatch;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.durable.job.RecurringJob;
import dev.workpool.settings.KeptOutcomes;
import dev.workpool.settings.MissedRuns;
import dev.workpool.settings.Schedule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/** Jobs that are enqueued by a schedule: each run once, in the transaction that says when the next one is due. */
public final class Recurring {
    private final Names names;
    private final Enqueueing enqueueing;

    /**
     * Checks the name of a recurring job.
     *
     * @throws IllegalArgumentException if it is not allowed
     */
    public static void checkName(String name) {
        if (name.isEmpty() || name.length() > 200 || !Names.isKept(name)) {
            throw new IllegalArgumentException("name of a recurring job = \"" + name.replace("\0", "\\0")
                    + "\"; allowed: 1 to 200 characters, none of them NUL or half of a surrogate pair");
        }
    }

    public Recurring(Names names) {
        this.names = names;
        this.enqueueing = new Enqueueing(names);
    }

    /**
     * What is to be enqueued.
     *
     * @param lane of a keyed queue; otherwise −1
     * @param codec with what it is encoded
     */
    public record Template(byte[] job, int lane, int priority, long codec) {}

    /** Makes a job recur, or changes it. When it is due next stays as it is, if the schedule does. */
    public void put(
            Connection connection, long queue, String name, Schedule schedule, MissedRuns missed, Template template)
            throws SQLException {
        Instant now = now(connection);
        try (PreparedStatement upsert = connection.prepareStatement(names.sql("""
                INSERT INTO {recurring} AS r (queue, name, schedule, zone, missed, priority, lane, codec, job, due)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (queue, name) DO UPDATE SET
                    due = CASE WHEN r.schedule = excluded.schedule AND r.zone = excluded.zone THEN r.due
                        ELSE excluded.due END,
                    schedule = excluded.schedule, zone = excluded.zone, missed = excluded.missed,
                    priority = excluded.priority, lane = excluded.lane, codec = excluded.codec,
                    job = excluded.job"""))) {
            upsert.setLong(1, queue);
            upsert.setString(2, name);
            upsert.setString(3, schedule.text());
            upsert.setString(4, schedule.zone());
            upsert.setString(5, missed.name());
            upsert.setInt(6, template.priority());
            upsert.setInt(7, template.lane());
            upsert.setLong(8, template.codec());
            upsert.setBytes(9, template.job());
            setTime(upsert, 10, schedule.next(now));
            upsert.executeUpdate();
        }
    }

    private Instant now(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("SELECT {now}"));
                ResultSet row = query.executeQuery()) {
            row.next();
            return Instant.ofEpochMilli(row.getLong(1));
        }
    }

    private static void setTime(PreparedStatement statement, int place, Optional<Instant> time) throws SQLException {
        if (time.isPresent()) {
            statement.setLong(place, time.get().toEpochMilli());
        } else {
            statement.setNull(place, Types.BIGINT);
        }
    }

    /** Whether there was one. */
    public boolean remove(Connection connection, long queue, String name) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement(names.sql("DELETE FROM {recurring} WHERE queue = ? AND name = ?"))) {
            delete.setLong(1, queue);
            delete.setString(2, name);
            return delete.executeUpdate() == 1;
        }
    }

    /** All of a queue, by name. */
    public List<RecurringJob> list(Connection connection, long queue) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                SELECT name, schedule, zone, missed, priority, runs, due FROM {recurring} WHERE queue = ?
                ORDER BY name"""))) {
            query.setLong(1, queue);
            List<RecurringJob> found = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    long due = rows.getLong(7);
                    found.add(new RecurringJob(
                            rows.getString(1),
                            Schedule.read(rows.getString(2), rows.getString(3)),
                            MissedRuns.valueOf(rows.getString(4)),
                            rows.getInt(5),
                            rows.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(due)),
                            rows.getLong(6)));
                }
            }
            return found;
        }
    }

    /**
     * What is due in a queue.
     *
     * @param names those that are due
     * @param nextInMs after which another one is; {@link Long#MAX_VALUE} if there is none
     */
    public record Due(List<String> names, long nextInMs) {}

    public Due due(Connection connection, long queue) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                SELECT name, due - {now} FROM {recurring} WHERE queue = ? AND due IS NOT NULL ORDER BY due"""))) {
            query.setLong(1, queue);
            List<String> due = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    if (rows.getLong(2) > 0) {
                        return new Due(due, rows.getLong(2));
                    }
                    due.add(rows.getString(1));
                }
            }
            return new Due(due, Long.MAX_VALUE);
        }
    }

    /**
     * Enqueues what is due of a recurring job, unless another process is at it.
     *
     * @param kept which outcomes are kept
     * @param compressFrom how large a job is compressed
     * @return how many jobs were enqueued; empty if another process is at it
     * @throws IllegalStateException if the schedule needs a library that is missing
     */
    public OptionalInt enqueue(Connection connection, long queue, String name, KeptOutcomes kept, int compressFrom)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                SELECT s.schedule, s.zone, s.missed, s.job, s.lane, s.priority, s.codec, s.due, {now}
                FROM {recurring} s WHERE s.queue = ? AND s.name = ? AND s.due <= {now}{skip}"""))) {
            query.setLong(1, queue);
            query.setString(2, name);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return OptionalInt.empty();
                }
                DueRuns due = DueRuns.at(
                        Instant.ofEpochMilli(row.getLong(9)),
                        Instant.ofEpochMilli(row.getLong(8)),
                        Schedule.read(row.getString(1), row.getString(2)),
                        MissedRuns.valueOf(row.getString(3)));
                Template template = new Template(row.getBytes(4), row.getInt(5), row.getInt(6), row.getLong(7));
                for (Instant run : due.runs()) {
                    write(connection, queue, name + "@" + run, template, kept, compressFrom);
                }
                setNext(connection, queue, name, due);
                return OptionalInt.of(due.runs().size());
            }
        }
    }

    private void write(
            Connection connection, long queue, String key, Template template, KeptOutcomes kept, int compressFrom)
            throws SQLException {
        JobBlock.Writer block = new JobBlock.Writer();
        if (template.lane() >= 0) {
            block.add(0, template.job());
        } else {
            block.add(template.job());
        }
        NewBatch batch = new NewBatch(
                queue,
                Optional.of(key),
                ThreadLocalRandom.current().nextLong() >>> 1,
                template.codec(),
                1,
                kept,
                template.priority(),
                null,
                0);
        NewSegment segment = new NewSegment(JobSet.range(0, 1), template.lane(), block.toBytes(compressFrom));
        enqueueing.write(connection, batch, List.of(segment).iterator(), Taker.NONE);
    }

    private void setNext(Connection connection, long queue, String name, DueRuns due) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                names.sql("UPDATE {recurring} SET due = ?, runs = runs + ? WHERE queue = ? AND name = ?"))) {
            setTime(update, 1, due.next());
            update.setInt(2, due.runs().size());
            update.setLong(3, queue);
            update.setString(4, name);
            update.executeUpdate();
        }
    }
}
