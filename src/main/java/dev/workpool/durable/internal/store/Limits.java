package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.store.Sharing.Claimant;
import dev.workpool.durable.internal.store.Sharing.Given;
import dev.workpool.settings.RateLimit;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The limits of a queue for all processes together. Each process leases its part of them about once a second, under a
 * lock of the queue's row. The part of one that has died is free once its time has run out.
 */
public final class Limits {
    /** What cannot be divided goes to the next for so long. */
    private static final long TURN_MS = 5_000;

    private final Names names;

    public Limits(Names names) {
        this.names = names;
    }

    /** Sets how many jobs run at a time; empty for any number. */
    public void setConcurrency(Connection connection, long queue, OptionalInt most) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(names.sql("UPDATE {queue} SET concurrency = ? WHERE id = ?"))) {
            if (most.isPresent()) {
                update.setInt(1, most.getAsInt());
            } else {
                update.setNull(1, Types.INTEGER);
            }
            update.setLong(2, queue);
            update.executeUpdate();
        }
    }

    /** Sets how many jobs begin per second; empty for any number. */
    public void setRate(Connection connection, long queue, Optional<RateLimit> rate) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                names.sql("UPDATE {queue} SET rate = ?, burst = ?, next_slot = 0 WHERE id = ?"))) {
            if (rate.isPresent()) {
                update.setDouble(1, rate.get().perSecond());
                update.setInt(2, rate.get().burst());
            } else {
                update.setNull(1, Types.DOUBLE);
                update.setNull(2, Types.INTEGER);
            }
            update.setLong(3, queue);
            update.executeUpdate();
        }
    }

    /**
     * What somebody asks for.
     *
     * @param owner who works
     * @param holds how many jobs it may be running now
     * @param wants how many it could run
     * @param slots how many more jobs it could begin within a second or so
     * @param hasNoSlot whether it has no moment left to begin one at
     * @param leaseMs for how long its part is kept if it is not heard of
     */
    public record Ask(long queue, String owner, int holds, int wants, int slots, boolean hasNoSlot, long leaseMs) {}

    /**
     * What it gets.
     *
     * @param concurrency its part; empty if there is no limit
     * @param rate the queue's; empty if there is none
     * @param slots moments at which it may begin jobs; null if there is no rate
     * @param nowMs the database's time
     */
    public record Leased(Optional<Given> concurrency, Optional<RateLimit> rate, SlotTimes slots, double nowMs) {
        public boolean isLimited() {
            return concurrency.isPresent() || rate.isPresent();
        }
    }

    /** Renews somebody's part, which may become larger or smaller. */
    public Leased lease(Connection connection, Ask ask) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                names.sql("SELECT s.concurrency, s.rate, s.burst, s.next_slot FROM {queue} s WHERE s.id = ?{lock}"))) {
            query.setLong(1, ask.queue());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                int most = row.getInt(1);
                boolean hasMost = !row.wasNull();
                double perSecond = row.getDouble(2);
                Optional<RateLimit> rate =
                        row.wasNull() ? Optional.empty() : Optional.of(new RateLimit(perSecond, row.getInt(3)));
                double nextSlot = row.getDouble(4);
                if (!hasMost && rate.isEmpty()) {
                    return new Leased(Optional.empty(), rate, null, 0);
                }
                double now = now(connection); // after the wait for the lock
                List<Claimant> others = others(connection, ask);
                Optional<Given> given = hasMost
                        ? Optional.of(Sharing.give(
                                most,
                                new Claimant(ask.owner(), ask.holds(), ask.wants()),
                                others,
                                (long) now / TURN_MS))
                        : Optional.empty();
                SlotTimes slots =
                        rate.isPresent() ? takeSlots(connection, ask, rate.get(), nextSlot, now, others) : null;
                write(connection, ask, given.map(Given::share).orElse(ask.holds()));
                return new Leased(given, rate, slots, now);
            }
        }
    }

    private double now(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("SELECT {now}"));
                ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private List<Claimant> others(Connection connection, Ask ask) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                SELECT owner, share, wants FROM {worker} WHERE queue = ? AND owner <> ? AND seen_until >= {now}"""))) {
            query.setLong(1, ask.queue());
            query.setString(2, ask.owner());
            List<Claimant> others = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    others.add(new Claimant(rows.getString(1), rows.getInt(2), rows.getInt(3)));
                }
            }
            return others;
        }
    }

    private SlotTimes takeSlots(
            Connection connection, Ask ask, RateLimit rate, double next, double now, List<Claimant> others)
            throws SQLException {
        int asking = 1 + (int) others.stream().filter(each -> each.wants() > 0).count();
        SlotTimes taken = SlotTimes.take(rate, next, now, ask.slots(), ask.hasNoSlot(), asking);
        if (taken.count() > 0) {
            try (PreparedStatement update =
                    connection.prepareStatement(names.sql("UPDATE {queue} SET next_slot = ? WHERE id = ?"))) {
                update.setDouble(1, taken.next());
                update.setLong(2, ask.queue());
                update.executeUpdate();
            }
        }
        return taken;
    }

    private void write(Connection connection, Ask ask, int share) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(names.sql("""
                INSERT INTO {worker} (queue, owner, share, wants, hungry_until, seen_until)
                VALUES (?, ?, ?, ?, 0, {now} + ?) ON CONFLICT (queue, owner) DO UPDATE SET
                    share = excluded.share, wants = excluded.wants, seen_until = excluded.seen_until"""))) {
            upsert.setLong(1, ask.queue());
            upsert.setString(2, ask.owner());
            upsert.setInt(3, share);
            upsert.setInt(4, ask.wants());
            upsert.setLong(5, ask.leaseMs());
            upsert.executeUpdate();
        }
    }
}
