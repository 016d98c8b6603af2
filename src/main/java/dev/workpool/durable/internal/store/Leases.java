package dev.workpool.durable.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Keeps leases, and gives back those of lanes. A lease that has run out is kept as long as nobody else has taken it. */
public final class Leases {
    private final Names names;

    public Leases(Names names) {
        this.names = names;
    }

    /**
     * Renews the leases on segments.
     *
     * @return for each, whether it was still held
     */
    public boolean[] renew(Connection connection, List<SegmentRow> held, long leaseMs) throws SQLException {
        boolean[] renewed = new boolean[held.size()];
        try (PreparedStatement update = connection.prepareStatement(names.sql("""
                UPDATE {segment} SET lease_until = {now} + ?
                WHERE batch = ? AND lowest = ? AND lease_token = ?"""))) {
            for (SegmentRow each : held) {
                update.setLong(1, leaseMs);
                update.setLong(2, each.batch());
                update.setLong(3, each.jobs().lowest());
                update.setLong(4, each.token());
                update.addBatch();
            }
            int[] counts = update.executeBatch();
            for (int i = 0; i < counts.length; i++) {
                renewed[i] = counts[i] == 1;
            }
        }
        return renewed;
    }

    /** Renews the leases on the lanes that were claimed with these tokens. */
    public void renewLanes(Connection connection, long queue, Collection<Long> tokens, long leaseMs)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                names.sql("UPDATE {lane} SET lease_until = {now} + ? WHERE queue = ? AND lease_token = ?"))) {
            for (long token : tokens) {
                update.setLong(1, leaseMs);
                update.setLong(2, queue);
                update.setLong(3, token);
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    /** Gives back the lanes that were claimed with these tokens, for whoever comes next. */
    public void releaseLanes(Connection connection, long queue, Collection<Long> tokens) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(names.sql(
                "UPDATE {lane} SET lease_token = NULL, lease_until = {now} WHERE queue = ? AND lease_token = ?"))) {
            for (long token : tokens) {
                update.setLong(1, queue);
                update.setLong(2, token);
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    /**
     * Ends the leases of those who are not among the living, and what they had of limits.
     *
     * @param living the processes, as the owners of leases name them
     */
    void endThoseOfOthersThan(Connection connection, Set<String> living) throws SQLException {
        String isTheirs = living.stream()
                .map(each -> "instr(coalesce(%1$s, ''), '-" + each + ".') = 0")
                .collect(Collectors.joining(" AND "));
        String isOfTheDead = " AND " + isTheirs.formatted("lease_owner");
        try (Statement update = connection.createStatement()) {
            update.executeUpdate(names.sql(
                    "UPDATE {segment} SET lease_until = {now} - 1 WHERE lease_token IS NOT NULL" + isOfTheDead));
            update.executeUpdate(
                    names.sql("UPDATE {lane} SET lease_until = {now} - 1 WHERE lease_token IS NOT NULL" + isOfTheDead));
            update.executeUpdate(
                    names.sql("UPDATE {worker} SET hungry_until = 0, seen_until = min(seen_until, {now} - 1) WHERE "
                            + isTheirs.formatted("owner")));
        }
    }

    /** Makes the lanes of a queue, unless they are there. */
    void createLanes(Connection connection, long queue, int lanes) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                names.sql("INSERT INTO {lane} (queue, lane) VALUES (?, ?) ON CONFLICT DO NOTHING"))) {
            for (int lane = 0; lane < lanes; lane++) {
                insert.setLong(1, queue);
                insert.setInt(2, lane);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Says that a worker has nothing to do, for a time. */
    public void reportHungry(Connection connection, long queue, String owner, long hungryMs) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(names.sql("""
                INSERT INTO {worker} (queue, owner, share, wants, hungry_until, seen_until)
                VALUES (?, ?, 0, 0, {now} + ?, {now}) ON CONFLICT (queue, owner) DO UPDATE SET
                    hungry_until = excluded.hungry_until"""))) {
            upsert.setLong(1, queue);
            upsert.setString(2, owner);
            upsert.setLong(3, hungryMs);
            upsert.executeUpdate();
        }
    }

    /** Whether another worker of the queue has nothing to do. */
    public boolean othersAreHungry(Connection connection, long queue, String owner) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                names.sql("SELECT 1 FROM {worker} WHERE queue = ? AND owner <> ? AND hungry_until > {now} LIMIT 1"))) {
            query.setLong(1, queue);
            query.setString(2, owner);
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Forgets a worker that has ended, and those that have not been heard of for long. */
    public void leave(Connection connection, long queue, String owner) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                names.sql(
                        "DELETE FROM {worker} WHERE queue = ? AND (owner = ? OR seen_until + 600000 < {now} AND hungry_until < {now})"))) {
            delete.setLong(1, queue);
            delete.setString(2, owner);
            delete.executeUpdate();
        }
    }
}
