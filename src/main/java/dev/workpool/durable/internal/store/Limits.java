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

    /** Sets how many jobs begin per second; empty for any number. The rate that there is stays as it has been used. */
    public void setRate(Connection connection, long queue, Optional<RateLimit> rate) throws SQLException {
        if (rate.equals(lockRate(connection, queue))) {
            return; // else units that processes hold would be given to others as well
        }
        try (PreparedStatement update = connection.prepareStatement(names.sql("""
                UPDATE {queue} SET rate = ?, burst = ?, free_units = ?, tokens = ?, tokens_at = {now} WHERE id = ?"""))) {
            if (rate.isPresent()) {
                update.setDouble(1, rate.get().perSecond());
                update.setInt(2, rate.get().burst());
            } else {
                update.setNull(1, Types.DOUBLE);
                update.setNull(2, Types.INTEGER);
            }
            update.setInt(3, rate.map(RateLimit::burst).orElse(0));
            update.setDouble(4, rate.map(RateLimit::burst).orElse(0));
            update.setLong(5, queue);
            update.executeUpdate();
        }
        try (PreparedStatement update =
                connection.prepareStatement(names.sql("UPDATE {worker} SET units = 0 WHERE queue = ?"))) {
            update.setLong(1, queue);
            update.executeUpdate();
        }
    }

    private Optional<RateLimit> lockRate(Connection connection, long queue) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(names.sql("SELECT s.rate, s.burst FROM {queue} s WHERE s.id = ?{lock}"))) {
            query.setLong(1, queue);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                double perSecond = row.getDouble(1);
                return row.wasNull() ? Optional.empty() : Optional.of(new RateLimit(perSecond, row.getInt(2)));
            }
        }
    }

    /**
     * What somebody asks for.
     *
     * @param owner who works
     * @param holds how many jobs it may be running now
     * @param wants how many it could run
     * @param rate of which rate it has units; empty if of none
     * @param units how many units of that it may be using now
     * @param wantsUnits how many it could use
     * @param returned tokens of units that it uses no more
     * @param leaseMs for how long its part is kept if it is not heard of
     */
    public record Ask(
            long queue,
            String owner,
            int holds,
            int wants,
            Optional<RateLimit> rate,
            int units,
            int wantsUnits,
            double returned,
            long leaseMs) {}

    /**
     * A part of a rate.
     *
     * @param limit the queue's rate
     * @param units how many units of it, of which there are as many as the burst
     * @param tokens how many tokens come with those that are new
     */
    public record RatePart(RateLimit limit, Given units, double tokens) {}

    /**
     * What it gets.
     *
     * @param concurrency its part; empty if there is no limit
     * @param rate its part; empty if there is no limit
     */
    public record Leased(Optional<Given> concurrency, Optional<RatePart> rate) {
        public boolean isLimited() {
            return concurrency.isPresent() || rate.isPresent();
        }
    }

    /** Somebody else who works on the queue. */
    private record Other(Claimant jobs, Claimant units) {}

    /** Renews somebody's part, which may become larger or smaller. */
    public Leased lease(Connection connection, Ask ask) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                SELECT s.concurrency, s.rate, s.burst, s.free_units, s.tokens, s.tokens_at
                FROM {queue} s WHERE s.id = ?{lock}"""))) {
            query.setLong(1, ask.queue());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                int most = row.getInt(1);
                boolean hasMost = !row.wasNull();
                double perSecond = row.getDouble(2);
                boolean hasRate = !row.wasNull();
                if (!hasMost && !hasRate) {
                    return new Leased(Optional.empty(), Optional.empty());
                }
                long now = now(connection); // after the wait for the lock
                List<Other> others = others(connection, ask);
                Optional<Given> given = hasMost
                        ? Optional.of(Sharing.give(
                                most,
                                new Claimant(ask.owner(), ask.holds(), ask.wants()),
                                others.stream().map(Other::jobs).toList(),
                                now / TURN_MS))
                        : Optional.empty();
                Optional<RatePart> part = Optional.empty();
                if (hasRate) {
                    RateLimit limit = new RateLimit(perSecond, row.getInt(3));
                    RateBucket bucket = new RateBucket(limit, row.getInt(4), row.getDouble(5), row.getLong(6));
                    part = Optional.of(take(connection, ask, bucket, others, now));
                }
                write(
                        connection,
                        ask,
                        given.map(Given::share).orElse(ask.holds()),
                        part.map(each -> each.units().share()).orElse(0));
                return new Leased(given, part);
            }
        }
    }

    private RatePart take(Connection connection, Ask ask, RateBucket bucket, List<Other> others, long now)
            throws SQLException {
        boolean isSame = ask.rate().equals(Optional.of(bucket.limit())); // units of another rate are none of this one
        RateBucket.Taken taken = bucket.give(
                new Claimant(ask.owner(), isSame ? ask.units() : 0, ask.wantsUnits()),
                isSame ? ask.returned() : 0,
                others.stream().map(Other::units).toList(),
                now / TURN_MS,
                now);
        try (PreparedStatement update = connection.prepareStatement(
                names.sql("UPDATE {queue} SET free_units = ?, tokens = ?, tokens_at = ? WHERE id = ?"))) {
            update.setInt(1, taken.left().freeUnits());
            update.setDouble(2, taken.left().tokens());
            update.setLong(3, taken.left().atMs());
            update.setLong(4, ask.queue());
            update.executeUpdate();
        }
        return taken.part();
    }

    private long now(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("SELECT {now}"));
                ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private List<Other> others(Connection connection, Ask ask) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                SELECT owner, share, wants, units, wanted_units FROM {worker}
                WHERE queue = ? AND owner <> ? AND seen_until >= {now}"""))) {
            query.setLong(1, ask.queue());
            query.setString(2, ask.owner());
            List<Other> others = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    String owner = rows.getString(1);
                    others.add(new Other(
                            new Claimant(owner, rows.getInt(2), rows.getInt(3)),
                            new Claimant(owner, rows.getInt(4), rows.getInt(5))));
                }
            }
            return others;
        }
    }

    private void write(Connection connection, Ask ask, int share, int units) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(names.sql("""
                INSERT INTO {worker} (queue, owner, share, wants, units, wanted_units, hungry_until, seen_until)
                VALUES (?, ?, ?, ?, ?, ?, 0, {now} + ?) ON CONFLICT (queue, owner) DO UPDATE SET
                    share = excluded.share, wants = excluded.wants, units = excluded.units,
                    wanted_units = excluded.wanted_units, seen_until = excluded.seen_until"""))) {
            upsert.setLong(1, ask.queue());
            upsert.setString(2, ask.owner());
            upsert.setInt(3, share);
            upsert.setInt(4, ask.wants());
            upsert.setInt(5, units);
            upsert.setInt(6, ask.wantsUnits());
            upsert.setLong(7, ask.leaseMs());
            upsert.executeUpdate();
        }
    }
}
