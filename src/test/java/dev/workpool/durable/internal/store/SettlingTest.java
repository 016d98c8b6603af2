package dev.workpool.durable.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workpool.durable.internal.segment.JobBlock;
import dev.workpool.durable.internal.segment.JobSet;
import dev.workpool.durable.internal.segment.OutcomeCounts;
import dev.workpool.durable.internal.store.Claiming.Ask;
import dev.workpool.durable.internal.store.Enqueueing.NewBatch;
import dev.workpool.durable.internal.store.Enqueueing.NewSegment;
import dev.workpool.durable.internal.store.Enqueueing.Taker;
import dev.workpool.durable.internal.store.Settling.Retry;
import dev.workpool.durable.internal.store.Settling.Settlement;
import dev.workpool.settings.KeptOutcomes;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettlingTest {
    private static final int SECOND_AND_LAST = 0b10010;

    private final Names names = new Names(Dialect.SQLITE, Optional.empty(), "workpool_");
    private final Settling settling = new Settling(names);

    @TempDir
    private Path directory;

    private Database database;
    private SegmentRow segment;

    /** Five jobs, all of them claimed. */
    @BeforeEach
    void claim() throws SQLException {
        database = new Database(names, new SqliteConnections(directory.resolve("jobs.db"), 1_000));
        database.prepare(60_000);
        segment = database.transactions().call(connection -> {
            Queues queues = new Queues(names);
            long queue = queues.open(connection, "queue", 0);
            long codec = queues.codec(connection, queue, "codec", 1);
            JobBlock.Writer block = new JobBlock.Writer();
            for (byte i = 0; i < 5; i++) {
                block.add(new byte[] {i});
            }
            new Enqueueing(names)
                    .write(
                            connection,
                            new NewBatch(queue, Optional.empty(), 1, codec, 5, KeptOutcomes.NONE, 0, null, 0),
                            List.of(new NewSegment(JobSet.range(0, 5), -1, block.toBytes(1_000)))
                                    .iterator(),
                            Taker.NONE);
            Ask ask = new Ask(queue, false, "owner", 7, 60_000, 2, 100, 10, List.of(codec), Set.of(), true, false);
            return new Claiming(names).claim(connection, ask).segments().get(0);
        });
    }

    @AfterEach
    void close() {
        database.close();
    }

    private boolean settle(JobSet jobs) throws SQLException {
        Settlement settlement = new Settlement(
                1,
                segment,
                jobs,
                jobs.lowest(),
                new OutcomeCounts(jobs.size(), 0, 0, 0),
                List.of(),
                List.of(),
                List.of(),
                0,
                List.of(),
                false);
        return database.transactions()
                .call(connection -> settling.settle(connection, List.of(settlement)))
                .get(0)
                .isPresent();
    }

    /** Somebody tries again whose commit got no answer. */
    @Test
    void whatIsWrittenAlreadyIsRefused() throws SQLException {
        assertThat(settle(segment.jobs())).isTrue();
        assertThat(settle(segment.jobs())).isFalse();
    }

    /** The first job still runs, so the segment has the same name as before. */
    @Test
    void aPartThatIsWrittenAlreadyIsRefused() throws SQLException {
        JobSet part = JobSet.of(0, BitSet.valueOf(new long[] {SECOND_AND_LAST}));
        assertThat(settle(part)).isTrue();
        assertThat(settle(part)).isFalse();
        segment = segment.with(segment.jobs().without(part).orElseThrow());
        assertThat(settle(segment.jobs())).isTrue();
    }

    private long payloads() throws SQLException {
        return database.transactions().call(connection -> {
            new Payloads(names).dropEnded(connection, List.of(segment));
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(names.sql("SELECT count(*) FROM {payload}"))) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Test
    void whatIsEncodedGoesWithTheLastOfItsJobs() throws SQLException {
        assertThat(payloads()).isEqualTo(1);
        JobSet part = JobSet.of(0, BitSet.valueOf(new long[] {SECOND_AND_LAST}));
        assertThat(settle(part)).isTrue();
        assertThat(payloads()).as("others still run").isEqualTo(1);
        SegmentRow whole = segment;
        segment = whole.with(whole.jobs().without(part).orElseThrow());
        assertThat(settle(segment.jobs())).isTrue();
        assertThat(payloads()).isZero();
    }

    /** The row has another name than the block, and no job of it is the block's first. */
    @Test
    void whatIsEncodedStaysForJobsThatAreTriedAgain() throws SQLException {
        Retry retry = new Retry(JobSet.range(3, 2), 1, 60_000, List.of());
        Settlement settlement = new Settlement(
                1,
                segment,
                segment.jobs(),
                0,
                new OutcomeCounts(3, 0, 0, 0),
                List.of(),
                List.of(retry),
                List.of(),
                0,
                List.of(),
                false);
        database.transactions().call(connection -> settling.settle(connection, List.of(settlement)));
        assertThat(payloads()).isEqualTo(1);
    }

    /** Its holder was stopped between the claim and the reading, for longer than its lease. */
    @Test
    void aBlockThatIsGoneIsMissedByItsHolderAlone() throws SQLException {
        Payloads payloads = new Payloads(names);
        execute("DELETE FROM {payload}");
        assertThatThrownBy(() ->
                        database.transactions().call(connection -> payloads.readHeld(connection, List.of(segment))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("somebody has deleted them");
        execute("DELETE FROM {segment}");
        List<byte[]> found =
                database.transactions().call(connection -> payloads.readHeld(connection, List.of(segment)));
        assertThat(found).containsExactly((byte[]) null);
    }

    private void execute(String sql) throws SQLException {
        database.transactions().call(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate(names.sql(sql));
            }
        });
    }
}
