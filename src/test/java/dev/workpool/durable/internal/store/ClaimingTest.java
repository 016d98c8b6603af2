package dev.workpool.durable.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.segment.OutcomeCounts;
import dev.workpool.durable.internal.store.Claiming.Ask;
import dev.workpool.durable.internal.store.Enqueueing.NewBatch;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.settings.KeptOutcomes;
import dev.workpool.support.NeedsPostgres;
import dev.workpool.support.TestPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimingTest {
    private static final int MANY = 5_000;

    private final Names names = new Names(Dialect.POSTGRES, Optional.empty(), "workpool_");
    private final Names ofSqlite = new Names(Dialect.SQLITE, Optional.empty(), "workpool_");

    @TempDir
    private Path directory;

    /** By the rows that the index leads to. */
    @Test
    @NeedsPostgres
    void whatIsNotDueYetCostsNothing() throws SQLException {
        PooledConnections connections =
                new PooledConnections(TestPostgres.shared().createDatabase(), 10_000);
        try (Database database = new Database(names, connections)) {
            database.prepare(60_000);
            database.transactions().call(connection -> {
                Queues queues = new Queues(names);
                long queue = queues.open(connection, "queue", 0);
                long codec = queues.codec(connection, queue, "codec", 1);
                try (Statement statement = connection.createStatement()) {
                    statement.execute(names.sql("""
                            INSERT INTO {segment} (batch, lowest, queue, lane, priority, run_at, codec, part, first_job, span,
                                jobs, lease_token, lease_until)
                            SELECT i, 0, %d, -1, 0, CASE i WHEN 0 THEN 0 ELSE {now} + 3600000 + i END, %d, 1, 0, 1,
                                1, CASE i WHEN 0 THEN 1 END, CASE i WHEN 0 THEN {now} + 3600000 END
                            FROM generate_series(0, %d) i""".formatted(queue, codec, MANY)));
                    statement.execute(names.sql("ANALYZE {segment}"));
                    long before = fetched(statement);
                    Ask ask = new Ask(
                            queue, false, "owner", 7, 60_000, 2, 100, 10, List.of(codec), Set.of(), true, false);
                    assertThat(new Claiming(names).claim(connection, ask).segments())
                            .isEmpty();
                    assertThat(fetched(statement) - before).isLessThan(MANY / 10);
                }
                return null;
            });
        }
    }

    /** What is done with a queue of lanes in SQLite. */
    @FunctionalInterface
    private interface OfLanes {
        void run(Connection connection, long queue, long codec) throws SQLException;
    }

    /** Batches 1 and 2 have a job each, of the same lane. */
    private void withTwoOfALane(OfLanes test) throws SQLException {
        try (Database database = new Database(ofSqlite, new SqliteConnections(directory.resolve("jobs.db"), 1_000))) {
            database.prepare(60_000);
            database.transactions().call(connection -> {
                Queues queues = new Queues(ofSqlite);
                long queue = queues.open(connection, "queue", 4);
                long codec = queues.codec(connection, queue, "codec", 1);
                enqueue(connection, queue, codec, 1);
                enqueue(connection, queue, codec, 2);
                test.run(connection, queue, codec);
                return null;
            });
        }
    }

    /** A suspect runs alone, and is asked for alone. */
    @Test
    void aSuspectWaitsForWhatIsBeforeItInItsLane() throws SQLException {
        withTwoOfALane((connection, queue, codec) -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("UPDATE workpool_segment SET lost = 2 WHERE batch = 2");
            }
            Ask suspects = new Ask(queue, true, "owner", 7, 60_000, 2, 1, 1, List.of(codec), Set.of(), true, true);
            Ask others = new Ask(queue, true, "owner", 8, 60_000, 2, 100, 10, List.of(codec), Set.of(), true, false);
            Claiming claiming = new Claiming(ofSqlite);
            assertThat(claiming.claim(connection, suspects).segments()).isEmpty();
            assertThat(claiming.claim(connection, others).segments())
                    .extracting(SegmentRow::batch)
                    .containsExactly(1L);
        });
    }

    /** Else they would have ended before the jobs that run again now. */
    @Test
    void whoeverHasLostALaneCannotAcknowledgeWhatIsBehindItsFirst() throws SQLException {
        withTwoOfALane((connection, queue, codec) -> {
            Claiming claiming = new Claiming(ofSqlite);
            List<SegmentRow> held =
                    claiming.claim(connection, lanes(queue, codec, 100)).segments();
            assertThat(held).extracting(SegmentRow::batch).containsExactly(1L, 2L);
            try (Statement statement = connection.createStatement()) {
                statement.execute("UPDATE workpool_lane SET lease_until = 0");
                statement.execute("UPDATE workpool_segment SET lease_until = 0");
            }
            List<SegmentRow> others =
                    claiming.claim(connection, lanes(queue, codec, 200)).segments();
            assertThat(others).extracting(SegmentRow::batch).containsExactly(1L);
            assertThat(acknowledge(connection, queue, held.get(1))).isFalse();
            assertThat(acknowledge(connection, queue, others.get(0))).isTrue();
            new Leases(ofSqlite)
                    .releaseLanes(connection, queue, Set.of(others.get(0).token()));
            assertThat(claiming.claim(connection, lanes(queue, codec, 300)).segments())
                    .extracting(SegmentRow::batch)
                    .containsExactly(2L);
        });
    }

    private Ask lanes(long queue, long codec, long token) {
        return new Ask(queue, true, "owner", token, 60_000, 2, 100, 10, List.of(codec), Set.of(), true, false);
    }

    private boolean acknowledge(Connection connection, long queue, SegmentRow segment) throws SQLException {
        Settling.Settlement settlement = new Settling.Settlement(
                queue,
                segment,
                segment.jobs(),
                segment.jobs().lowest(),
                new OutcomeCounts(1, 0, 0, 0),
                List.of(),
                List.of(),
                List.of(),
                0,
                List.of(),
                false);
        return new Settling(ofSqlite)
                .settle(connection, List.of(settlement))
                .get(0)
                .isPresent();
    }

    private void enqueue(Connection connection, long queue, long codec, long token) throws SQLException {
        JobBlock.Writer block = new JobBlock.Writer();
        block.add(new byte[] {1});
        NewSegment segment = new NewSegment(JobSet.range(0, 1), 3, block.toBytes(1_000));
        new Enqueueing(ofSqlite)
                .write(
                        connection,
                        new NewBatch(queue, Optional.empty(), token, codec, 1, KeptOutcomes.NONE, 0, null, 0),
                        List.of(segment).iterator(),
                        Taker.NONE);
    }

    private long fetched(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = '"
                        + names.table("segment") + "'")) {
            row.next();
            return row.getLong(1);
        }
    }
}
