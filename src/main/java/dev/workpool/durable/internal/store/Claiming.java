package dev.workpool.durable.internal.store;

import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.segment.StoredOutcome;
import dev.workpool.durable.internal.store.SegmentTable.Stored;
import dev.workpool.durable.job.StoredFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Leases segments to whoever works on a queue: by priority, then by the time when they are due, then in the order in
 * which they were enqueued. One whose lease has run out is cut into parts, so that a job that ends its process is found
 * among its neighbours.
 */
public final class Claiming {
    /** Into how many parts a segment is cut whose lease has run out. */
    private static final int PARTS_OF_LOST = 32;

    /** How often a job may end its process, while it runs alone, until it is a dead letter. */
    private static final int MOST_STRIKES = 3;

    /** Of what somebody gave back, nobody takes more than one in so many at once, or as many as run at a time. */
    private static final int SHARED = 4;

    private static final String SUSPECT =
            " AND s.jobs = 1 AND (s.lost >= 2 OR s.lost = 1 AND s.lease_token IS NOT NULL)";

    private final Names names;
    private final SegmentTable segments;
    private final Settling settling;
    private final Payloads payloads;
    private final Batches batches;
    private final JobCancellations jobCancellations;

    public Claiming(Names names) {
        this.names = names;
        this.segments = new SegmentTable(names);
        this.settling = new Settling(names);
        this.payloads = new Payloads(names);
        this.batches = new Batches(names);
        this.jobCancellations = new JobCancellations(names);
    }

    /**
     * What somebody asks for.
     *
     * @param queue the queue
     * @param isKeyed whether its jobs are in lanes
     * @param owner who asks, for people
     * @param token random, for what is claimed now; see {@link Claiming#tokenOfLane}
     * @param leaseMs for how long
     * @param workers how many run at a time
     * @param jobs how many at most
     * @param segments how many at most
     * @param codecs those that can be decoded
     * @param held tokens of leases that this process holds, which it does not take from itself
     * @param takesLost whether leases of others that have run out are taken over
     * @param suspectOnly whether nothing runs now, and a suspect is to be claimed and nothing else
     */
    public record Ask(
            long queue,
            boolean isKeyed,
            String owner,
            long token,
            long leaseMs,
            int workers,
            int jobs,
            int segments,
            Collection<Long> codecs,
            Set<Long> held,
            boolean takesLost,
            boolean suspectOnly) {

        /** The same with codecs. */
        public Ask with(Collection<Long> known) {
            return new Ask(
                    queue,
                    isKeyed,
                    owner,
                    token,
                    leaseMs,
                    workers,
                    jobs,
                    segments,
                    known,
                    held,
                    takesLost,
                    suspectOnly);
        }
    }

    /**
     * What was claimed.
     *
     * @param segments under the lease
     * @param isPaused whether the queue is
     * @param isLimited whether it has limits for all processes together
     * @param hasSuspects whether there are jobs that are to run alone
     * @param dueInMs when the next job is due; negative if one is due now, and {@link Long#MAX_VALUE} if there is none
     * @param reaped how many leases of others had run out
     * @param buried jobs that became dead letters, since they end their process
     * @param emptied batches of segments that were found to be over, which may have ended with that
     */
    public record Claimed(
            List<SegmentRow> segments,
            boolean isPaused,
            boolean isLimited,
            boolean hasSuspects,
            long dueInMs,
            int reaped,
            List<Buried> buried,
            Set<Long> emptied) {

        /** The same with other segments. */
        public Claimed with(List<SegmentRow> others) {
            return new Claimed(others, isPaused, isLimited, hasSuspects, dueInMs, reaped, buried, emptied);
        }
    }

    /** A job that became a dead letter: its batch, how it failed, and how often its process has ended. */
    public record Buried(long batch, StoredOutcome outcome, int strikes) {}

    /** One claim, in its transaction. */
    private final class Claim {
        private final Connection connection;
        private final Ask ask;
        private final List<SegmentRow> claimed = new ArrayList<>();
        private final List<SegmentRow> unchanged = new ArrayList<>();
        /** Of the lease that is given next: one for all, or one for each lane, so that it is given back by itself. */
        private long token;

        private int room;
        private boolean hasSuspects;
        private int reaped;
        private final List<Buried> buried = new ArrayList<>();
        private final Set<Long> emptied = new HashSet<>();

        Claim(Connection connection, Ask ask) {
            this.connection = connection;
            this.ask = ask;
            this.token = ask.token();
            this.room = ask.jobs();
        }

        boolean isFull() {
            return room <= 0 || claimed.size() >= ask.segments();
        }

        /** Takes rows that are locked, in order, as far as there is room. */
        void take(List<Stored> rows) throws SQLException {
            Map<Long, Batches.Brief> batches = batches(rows);
            try (SegmentTable.Inserts rest = segments.new Inserts(connection)) {
                for (Stored bare : rows) {
                    Batches.Brief batch = batches.get(bare.segment().batch());
                    if (isFull()) {
                        break;
                    }
                    Stored row = withoutCancelled(
                            new Stored(bare.segment().keeping(batch.kept()), bare.isLost(), bare.isStarted()), batch);
                    if (row != null && take(row, batch, rest)) {
                        break; // what was cut off comes before the next
                    }
                }
                rest.run();
            }
            leaseUnchanged();
        }

        /** Returns whether a part of it is left that comes before all others of its lane. */
        private boolean take(Stored row, Batches.Brief batch, SegmentTable.Inserts rest) throws SQLException {
            if (batch.isCancelled()) {
                settling.cancel(connection, row.segment());
                emptied.add(row.segment().batch());
            } else if (row.isLost()) {
                if (!ask.held().contains(row.segment().token())) { // else it runs here, and is late to be renewed
                    takeLost(row, batch, rest);
                }
            } else if (row.segment().isSuspect() != ask.suspectOnly()) {
                hasSuspects |= row.segment().isSuspect();
            } else {
                return lease(row.segment(), rest, false) && ask.isKeyed();
            }
            return false;
        }

        /** Of one whose lease has run out, some may be done, which is looked for first. */
        private Stored withoutCancelled(Stored row, Batches.Brief batch) throws SQLException {
            if (!batch.cancelsJobs() || batch.isCancelled() || row.isLost()) {
                return row;
            }
            SegmentRow rest = leftOfCancelled(row.segment());
            return rest == null ? null : new Stored(rest, false, row.isStarted());
        }

        private SegmentRow leftOfCancelled(SegmentRow row) throws SQLException {
            Optional<SegmentRow> rest = jobCancellations.settle(connection, row);
            if (rest.isEmpty()) {
                emptied.add(row.batch());
            }
            return rest.orElse(null);
        }

        private void takeLost(Stored row, Batches.Brief batch, SegmentTable.Inserts rest) throws SQLException {
            SegmentRow lost = row.segment().afterLoss(row.isStarted());
            if (lost.isSuspect() != ask.suspectOnly()) {
                hasSuspects |= lost.isSuspect();
                return;
            }
            reaped++;
            SegmentRow undone = withoutDone(lost);
            if (undone != null && batch.cancelsJobs()) {
                undone = leftOfCancelled(undone);
            }
            if (undone == null) {
                return;
            } else if (undone.strikes() >= MOST_STRIKES) {
                bury(undone);
                return;
            }
            int most = undone.lost() == 1 ? Math.max(1, (undone.jobs().size() + PARTS_OF_LOST - 1) / PARTS_OF_LOST) : 1;
            List<JobSet> parts = undone.jobs().parts(most);
            for (JobSet other : parts.subList(1, parts.size())) {
                insertRest(rest, undone, other);
            }
            SegmentRow first = undone.with(parts.get(0));
            if (first.isSuspect() == ask.suspectOnly()) {
                lease(first, rest, true);
            } else {
                hasSuspects = true;
                store(first, false);
            }
        }

        /** Jobs that were acknowledged in their own transactions are over, whatever became of the process. */
        private SegmentRow withoutDone(SegmentRow lost) throws SQLException {
            List<StoredOutcome> done = settling.takeDone(connection, lost);
            if (done.isEmpty()) {
                return lost;
            }
            BitSet left = new BitSet();
            Set<Long> doneIndices = done.stream().map(StoredOutcome::index).collect(Collectors.toSet());
            lost.jobs().forEach(index -> {
                if (!doneIndices.contains(index)) {
                    left.set((int) (index - lost.jobs().lowest()));
                }
            });
            settling.insertOutcomes(connection, lost, done);
            if (left.isEmpty()) {
                settling.delete(connection, lost);
                emptied.add(lost.batch());
                return null;
            }
            SegmentRow undone = lost.with(JobSet.of(lost.jobs().lowest(), left));
            settling.shrink(connection, lost, undone.jobs());
            return undone;
        }

        private void bury(SegmentRow poison) throws SQLException {
            int place = (int) (poison.jobs().lowest() - poison.firstJob());
            JobBlock block =
                    JobBlock.read(payloads.read(connection, List.of(poison)).get(0));
            StoredOutcome outcome = StoredOutcome.failed(
                    poison.jobs().lowest(),
                    poison.attempts() + poison.strikes(),
                    new StoredFailure(
                            "dev.workpool.durable.Poison",
                            "its process has ended " + poison.strikes() + " times while this job ran alone",
                            ""));
            settling.insertOutcomes(connection, poison, List.of(outcome));
            StoredOutcome atIndex = outcome.at(block.index(poison.firstJob(), place));
            settling.insertDead(connection, ask.queue(), poison, new Settling.Dead(atIndex, block.job(place)));
            settling.delete(connection, poison);
            buried.add(new Buried(poison.batch(), atIndex, poison.strikes()));
            emptied.add(poison.batch());
        }

        /** Returns whether a part was cut off, which somebody else may have. */
        private boolean lease(SegmentRow row, SegmentTable.Inserts rest, boolean isChanged) throws SQLException {
            SegmentRow mine = row;
            int most = row.isShared()
                    ? Math.min(room, Math.max(ask.workers(), row.jobs().size() / SHARED))
                    : room;
            boolean isCut = row.jobs().size() > most;
            if (isCut) {
                List<JobSet> halves = row.jobs().split(most);
                insertRest(rest, row, halves.get(1));
                mine = row.with(halves.get(0));
            }
            room -= mine.jobs().size();
            SegmentRow leased = mine.leasedBy(token);
            claimed.add(leased);
            if (isChanged || isCut) {
                store(leased, true);
            } else {
                unchanged.add(leased);
            }
            return isCut;
        }

        private void insertRest(SegmentTable.Inserts rest, SegmentRow row, JobSet jobs) throws SQLException {
            rest.add(ask.queue(), row.with(jobs), 0); // due when it was, else it would fall behind all that waits
        }

        /** Stores what was cut off, with a lease or without. */
        private void store(SegmentRow row, boolean isLeased) throws SQLException {
            try (PreparedStatement update = connection.prepareStatement(names.sql("""
                    UPDATE {segment} SET lease_token = %s, lease_owner = ?, lease_until = %s, lost = ?,
                        strikes = ?, started = 0, span = ?, members = ?, jobs = ? WHERE batch = ? AND lowest = ?""".formatted(
                            isLeased ? String.valueOf(row.token()) : "NULL",
                            isLeased ? "{now} + " + ask.leaseMs() : "NULL")))) {
                update.setString(1, isLeased ? ask.owner() : null);
                update.setInt(2, row.lost());
                update.setInt(3, row.strikes());
                update.setInt(4, row.jobs().span());
                update.setBytes(5, row.jobs().toBytes());
                update.setInt(6, row.jobs().size());
                update.setLong(7, row.batch());
                update.setLong(8, row.jobs().lowest());
                update.executeUpdate();
            }
        }

        private void leaseUnchanged() throws SQLException {
            if (unchanged.isEmpty()) {
                return;
            }
            try (PreparedStatement update = connection.prepareStatement(names.sql("""
                    UPDATE {segment} SET lease_token = ?, lease_owner = ?, lease_until = {now} + ?
                    WHERE batch = ? AND lowest = ?"""))) {
                for (SegmentRow row : unchanged) {
                    update.setLong(1, row.token());
                    update.setString(2, ask.owner());
                    update.setLong(3, ask.leaseMs());
                    update.setLong(4, row.batch());
                    update.setLong(5, row.jobs().lowest());
                    update.addBatch();
                }
                update.executeBatch();
            }
            unchanged.clear();
        }

        private Map<Long, Batches.Brief> batches(List<Stored> rows) throws SQLException {
            Set<Long> ids = new TreeSet<>();
            rows.forEach(row -> ids.add(row.segment().batch()));
            return Claiming.this.batches.brief(connection, ids);
        }
    }

    /** Claims what is due. */
    public Claimed claim(Connection connection, Ask ask) throws SQLException {
        State state = state(connection, ask.queue());
        if (state.isPaused()) {
            return new Claimed(List.of(), true, state.isLimited(), false, Long.MAX_VALUE, 0, List.of(), Set.of());
        }
        Claim claim = new Claim(connection, ask);
        long dueInMs;
        if (ask.isKeyed()) {
            claimLanes(claim);
            dueInMs = claim.isFull() ? -1 : Long.MAX_VALUE;
        } else {
            dueInMs = claimByPriority(claim);
        }
        return new Claimed(
                claim.claimed,
                false,
                state.isLimited(),
                claim.hasSuspects,
                dueInMs,
                claim.reaped,
                claim.buried,
                claim.emptied);
    }

    private record State(boolean isPaused, boolean isLimited) {}

    private State state(Connection connection, long queue) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                names.sql("SELECT paused, concurrency IS NOT NULL OR rate IS NOT NULL FROM {queue} WHERE id = ?"))) {
            query.setLong(1, queue);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? new State(row.getInt(1) != 0, row.getBoolean(2)) : new State(false, false);
            }
        }
    }

    /** When the first job of a priority is or was due, and the first of those that are not yet. */
    private record Due(int priority, long inMs, long nextInMs) {}

    private long claimByPriority(Claim claim) throws SQLException {
        long nextMs = Long.MAX_VALUE;
        for (Due due : priorities(claim.connection, claim.ask.queue())) {
            nextMs = Math.min(nextMs, due.nextInMs());
            if (due.inMs() <= 0 && !claim.isFull()) {
                claim.take(due(claim, due.priority()));
            }
        }
        return claim.isFull() ? -1 : nextMs;
    }

    /** From one priority to the next, each by a look into the index: however many jobs are not due yet. */
    private List<Due> priorities(Connection connection, long queue) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(names.sql("""
                WITH RECURSIVE p (priority) AS (
                    SELECT max(priority) FROM {segment} WHERE queue = ?
                    UNION ALL
                    SELECT (SELECT max(s.priority) FROM {segment} s WHERE s.queue = ? AND s.priority < p.priority)
                    FROM p WHERE p.priority IS NOT NULL)
                SELECT priority,
                    (SELECT min(run_at) FROM {segment} s WHERE s.queue = ? AND s.priority = p.priority) - {now},
                    (SELECT min(run_at) FROM {segment} s WHERE s.queue = ? AND s.priority = p.priority
                        AND s.run_at > (SELECT {now})) - {now}
                FROM p WHERE priority IS NOT NULL"""))) {
            query.setLong(1, queue);
            query.setLong(2, queue);
            query.setLong(3, queue);
            query.setLong(4, queue);
            List<Due> found = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    long nextInMs = rows.getLong(3);
                    found.add(new Due(rows.getInt(1), rows.getLong(2), rows.wasNull() ? Long.MAX_VALUE : nextInMs));
                }
            }
            return found;
        }
    }

    /** The time is a query of its own, so that it is asked for once: then the index leads past all that is not due yet. */
    private List<Stored> due(Claim claim, int priority) throws SQLException {
        Ask ask = claim.ask;
        try (PreparedStatement query = claim.connection.prepareStatement(names.sql("SELECT " + SegmentTable.COLUMNS
                + " FROM {segment} s WHERE s.queue = ? AND s.priority = ? AND s.run_at <= (SELECT {now}) AND "
                + free(ask) + (ask.suspectOnly() ? SUSPECT : "") + " AND s.codec IN (" + codecs(ask)
                + ") ORDER BY s.run_at, s.batch, s.lowest LIMIT ?{skip}"))) {
            query.setLong(1, ask.queue());
            query.setInt(2, priority);
            query.setInt(3, ask.segments() - claim.claimed.size());
            return read(query);
        }
    }

    /** A lease that has run out is free, too; but not for somebody who has just been away itself. */
    private String free(Ask ask) {
        return ask.takesLost() ? "(s.lease_until IS NULL OR s.lease_until < {now})" : "s.lease_until IS NULL";
    }

    private static String codecs(Ask ask) {
        return ask.codecs().isEmpty()
                ? "-1"
                : ask.codecs().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static List<Stored> read(PreparedStatement query) throws SQLException {
        List<Stored> rows = new ArrayList<>();
        try (ResultSet found = query.executeQuery()) {
            while (found.next()) {
                rows.add(SegmentTable.read(found));
            }
        }
        return rows;
    }

    /** The token of the lease on a lane, by that of the claim. */
    public static long tokenOfLane(long token, long lane) {
        return (token + lane) & Long.MAX_VALUE;
    }

    /** The lanes that have waited longest, each with its next segments in order, and each under a lease of its own. */
    private void claimLanes(Claim claim) throws SQLException {
        Ask ask = claim.ask;
        List<FreeLane> lanes = freeLanes(claim);
        int share = lanes.isEmpty() ? 0 : Math.max(1, ask.segments() / lanes.size());
        for (FreeLane lane : lanes) {
            if (claim.isFull()) {
                return;
            }
            claim.token = tokenOfLane(ask.token(), lane.number());
            int before = claim.claimed.size();
            int most = Math.min(share, ask.segments() - before);
            if (lane.isLost()) {
                nextOfLane(claim, lane.number(), most); // waits for whoever had it and is giving back what is first
            }
            claim.take(nextOfLane(
                    claim, lane.number(), most)); // a new statement sees that, and the one that waited does not
            if (claim.claimed.size() > before) {
                if (lane.isLost()) {
                    refuseWhoeverHad(claim, lane);
                }
                leaseLane(claim, lane.number());
            }
        }
    }

    /** A lane that nobody holds, or whose lease has run out. */
    private record FreeLane(int number, OptionalLong lostToken) {
        boolean isLost() {
            return lostToken.isPresent();
        }
    }

    private List<FreeLane> freeLanes(Claim claim) throws SQLException {
        Ask ask = claim.ask;
        try (PreparedStatement query = claim.connection.prepareStatement(
                names.sql("""
                SELECT s.lane, s.lease_token FROM {lane} s WHERE s.queue = ?
                    AND (s.lease_token IS NULL%s)
                    AND EXISTS (SELECT 1 FROM {segment} j WHERE j.queue = s.queue AND j.lane = s.lane)
                ORDER BY coalesce(s.lease_until, 0) LIMIT ?{skip}""".formatted(ask.takesLost() ? " OR s.lease_until < {now}" : "")))) {
            query.setLong(1, ask.queue());
            query.setInt(2, ask.segments());
            List<FreeLane> lanes = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    long token = rows.getLong(2);
                    boolean isLost = !rows.wasNull();
                    if (!isLost || !ask.held().contains(token)) {
                        lanes.add(new FreeLane(rows.getInt(1), isLost ? OptionalLong.of(token) : OptionalLong.empty()));
                    }
                }
            }
            return lanes;
        }
    }

    /** None if the first of the lane is not due, or cannot be decoded: what is behind it has to wait for it. */
    private List<Stored> nextOfLane(Claim claim, int lane, int most) throws SQLException {
        Ask ask = claim.ask;
        try (PreparedStatement query = claim.connection.prepareStatement(
                names.sql("SELECT " + SegmentTable.COLUMNS + ", s.run_at <= {now} AND s.codec IN (" + codecs(ask)
                        + ") FROM {segment} s WHERE s.queue = ? AND s.lane = ?"
                        + " ORDER BY s.batch, s.lowest LIMIT ?{lock}"))) {
            query.setLong(1, ask.queue());
            query.setInt(2, lane);
            query.setInt(3, most);
            List<Stored> rows = new ArrayList<>();
            try (ResultSet found = query.executeQuery()) {
                while (found.next() && found.getBoolean(17)) {
                    Stored row = SegmentTable.read(found);
                    if (row.isSuspect() != ask.suspectOnly()) {
                        claim.hasSuspects |= row.isSuspect();
                        break; // nothing behind it may begin before it
                    }
                    rows.add(row);
                    if (row.isLost()) {
                        break; // it may be cut, and what is cut off comes before the next
                    }
                }
            }
            return rows;
        }
    }

    /**
     * What is behind the segments that were claimed has a token that nobody has: an outcome of it, from whoever had the lane, would come before
     * that of the jobs before it. The token is not taken away, since one that is there says that the lease was lost.
     */
    private void refuseWhoeverHad(Claim claim, FreeLane lane) throws SQLException {
        try (PreparedStatement update = claim.connection.prepareStatement(
                names.sql(
                        "UPDATE {segment} SET lease_token = -1, lease_until = {now} - 1 WHERE queue = ? AND lane = ? AND lease_token = ?"))) {
            update.setLong(1, claim.ask.queue());
            update.setInt(2, lane.number());
            update.setLong(3, lane.lostToken().getAsLong());
            update.executeUpdate();
        }
    }

    private void leaseLane(Claim claim, int lane) throws SQLException {
        try (PreparedStatement update = claim.connection.prepareStatement(
                names.sql(
                        "UPDATE {lane} SET lease_token = ?, lease_owner = ?, lease_until = {now} + ? WHERE queue = ? AND lane = ?"))) {
            update.setLong(1, claim.token);
            update.setString(2, claim.ask.owner());
            update.setLong(3, claim.ask.leaseMs());
            update.setLong(4, claim.ask.queue());
            update.setInt(5, lane);
            update.executeUpdate();
        }
    }

    /** Writes down that a suspect begins, before it does. False if its lease was lost. */
    public boolean start(Connection connection, SegmentRow suspect) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                names.sql("UPDATE {segment} SET started = 1 WHERE batch = ? AND lowest = ? AND lease_token = ?"))) {
            update.setLong(1, suspect.batch());
            update.setLong(2, suspect.jobs().lowest());
            update.setLong(3, suspect.token());
            return update.executeUpdate() == 1;
        }
    }

    /** How many jobs wait that were encoded by codecs which are not among these. */
    public long undecodable(Connection connection, long queue, Collection<Long> codecs) throws SQLException {
        String known =
                codecs.isEmpty() ? "-1" : codecs.stream().map(String::valueOf).collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(names.sql("SELECT coalesce(sum(jobs), 0) FROM {segment} WHERE queue = "
                                + queue + " AND codec NOT IN (" + known + ")"))) {
            row.next();
            return row.getLong(1);
        }
    }
}
